//! What users write: every form of function, argument and handle builds the graph it should.

use std::{fmt::Display, io, path::Path};

use graph_core::{Delayed, Handle, Shared, defer, delayed, value};

/// Adds one.
#[delayed]
pub fn slowinc(x: i64) -> i64 {
    x + 1
}

#[delayed]
fn slowadd(x: i64, y: i64) -> i64 {
    x + y
}

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

#[delayed]
fn read(path: &Path) -> io::Result<String> {
    std::fs::read_to_string(path)
}

#[delayed]
fn say(text: &str, times: usize) -> String {
    text.repeat(times)
}

#[delayed]
fn note(_: i64, mut text: String) {
    text.push('!');
}

#[delayed]
fn show<T: Display, U>(x: T, other: &U) -> String
where
    U: Display,
{
    format!("{x} {other}")
}

#[delayed]
fn first<'a, const N: usize>(words: &'a [&'a str; N], _other: &'a str) -> Option<String> {
    words.first().map(|word| (*word).to_owned())
}

#[delayed]
fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

#[delayed]
fn same_name_as_parameter(same_name_as_parameter: i64) -> i64 {
    same_name_as_parameter
}

#[delayed(infallible)]
fn kept(x: i64) -> Result<i64, String> {
    Ok(x)
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

#[delayed(fallible)]
fn outcome(x: i64) -> Outcome<i64> {
    Ok(x)
}

#[delayed]
fn r#match(x: i64) -> i64 {
    x
}

#[delayed(crate = ::graph_core)]
#[expect(clippy::too_many_arguments, reason = "the lint is what the test is about")]
#[inline(never)]
fn many(a: i8, b: i8, c: i8, d: i8, e: i8, f: i8, g: i8, h: i8, i: i8) -> i8 {
    a + b + c + d + e + f + g + h + i
}

fn name_of(handle: &impl std::fmt::Debug) -> String {
    format!("{handle:?}")
}

#[test]
fn a_loop_of_tasks_feeds_one() {
    let parts: Vec<Delayed<i64>> = (0..8).map(slowinc).collect();
    let sum: Delayed<i64> = total(parts);
    assert!(name_of(&sum).starts_with("Delayed<i64>(total at"));
}

#[test]
fn a_fold_makes_a_chain() {
    let sum = (0..8).map(slowinc).fold(slowinc(0), slowadd);
    assert!(name_of(&sum).contains("slowadd"));
}

#[test]
fn a_task_knows_where_it_was_built_and_its_function_where_it_was_defined() {
    let here = slowinc(1);
    assert_eq!(here.built_at().line, line!() - 1);
    let by_iterator = (0..1).map(slowinc).next().unwrap();
    assert_eq!((by_iterator.built_at().line, by_iterator.built_at().column), (9, 8));
}

#[test]
fn a_result_hands_on_what_is_in_ok() {
    let text: Delayed<String> = read("ibm.json");
    let again: Delayed<String> = say(text, 2);
    let value: Delayed<i64> = outcome(1);
    let result: Delayed<Result<i64, String>> = kept(1);
    drop((again, value, result));
}

#[test]
fn parameters_and_generics_of_every_form() {
    let () = { drop::<Delayed<()>>(note(1, "text")) };
    drop(show(1, 2.5));
    drop(show::<i64, String>(slowinc(1), value("x".to_owned())));
    drop(first(["a", "b"], "c"));
    drop(factorial(5));
    drop(same_name_as_parameter(slowinc(1)));
    assert!(name_of(&r#match(1)).contains("(match at"));
    drop(many(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

struct Model {
    slope: f64,
}

#[delayed]
impl Model {
    /// Docs.
    pub(crate) fn predict(&self, x: f64) -> f64 {
        self.slope * x
    }

    pub(crate) fn try_predict(&self, text: &str) -> Result<f64, std::num::ParseFloatError> {
        Ok(self.predict(text.parse()?))
    }

    pub(crate) fn merged(&self, other: &Self) -> Self {
        Model { slope: self.slope + other.slope }
    }

    #[delayed(infallible)]
    pub(crate) fn kept<K: Clone>(&self, key: K) -> Result<K, String> {
        Ok(key)
    }

    #[delayed]
    pub(crate) fn new(slope: f64) -> Self {
        Model { slope }
    }

    fn helper(&self) -> &f64 {
        &self.slope
    }
}

struct Column<T> {
    values: Vec<T>,
}

#[delayed(trait = ColumnTasks)]
impl<T> Column<T>
where
    T: Copy + Sync,
{
    fn pick(&self, index: usize) -> Option<T> {
        self.values.get(index).copied()
    }
}

impl<T: Copy + Send + 'static> Column<T> {
    #[delayed]
    fn filled(value: T, rows: usize) -> Self {
        Column { values: vec![value; rows] }
    }

    #[delayed]
    fn first(&self) -> Option<T> {
        self.values.first().copied()
    }

    #[delayed]
    fn joined(mut self, other: Self) -> Self {
        self.values.extend(other.values);
        self
    }
}

#[test]
fn methods_are_called_on_handles() {
    let model: Shared<Model> = Model::new(2.0).shared();
    let a: Delayed<f64> = model.predict(1.0);
    let b: Delayed<f64> = model.try_predict("2");
    let c: Delayed<Model> = Model::new(value(1.5)).merged(&model);
    let d: Delayed<Result<u8, String>> = model.kept(1_u8);
    assert_eq!(*Model { slope: 1.0 }.helper(), 1.0);
    assert_eq!(d.built_at().line, line!() - 2);
    assert!(name_of(&a).contains("(predict at"));
    drop((a, b, c, d));
}

#[test]
fn associated_functions_see_their_impl() {
    let column = Column::filled(1.0, value(3));
    let joined = Column::joined(column, Column::filled(2.0, 3)).shared();
    let first: Delayed<Option<f64>> = Column::first(&joined);
    let second: Delayed<Option<f64>> = joined.pick(1);
    drop((first, second));
}

mod foreign {
    pub(crate) mod deep {
        pub(crate) fn nothing() {}
        pub(crate) fn six(a: u8, b: i16, c: f32, d: &str, e: String, f: &[u64]) -> usize {
            usize::from(a) + d.len() + e.len() + f.len() + c as usize + b as usize
        }
        pub(crate) fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
            text.parse()
        }
        pub(crate) fn total(parts: &[i64]) -> i64 {
            parts.iter().sum()
        }
        pub(crate) fn total_vec(parts: Vec<i64>) -> i64 {
            parts.iter().sum()
        }
        pub(crate) fn config(config: &Config) -> u8 {
            config.0
        }
        pub(crate) fn write(path: &std::path::Path) -> bool {
            path.exists()
        }
        pub(crate) struct Config(pub u8);
        impl Config {
            pub(crate) fn level(&self, plus: u8) -> u8 {
                self.0 + plus
            }
            pub(crate) fn raise(&mut self) -> u8 {
                self.0 += 1;
                self.0
            }
            pub(crate) fn taken(self, other: &Config) -> u8 {
                self.0 + other.0
            }
        }
    }
}

#[test]
fn any_function_can_be_deferred() {
    use foreign::deep;
    use std::cmp::max;
    let six: Delayed<usize> = defer!(foreign::deep::six(1, 2, 3.0, &"four", "five", &vec![6]));
    assert!(name_of(&six).contains("(six at"));
    assert_eq!(six.built_at().line, line!() - 2);
    let none: Delayed<()> = defer!(deep::nothing());
    let parsed: Delayed<i64> = defer!(deep::parse(&"42")?);
    let greatest: Delayed<i64> = defer!(max::<i64>(parsed, 7));
    let parts = vec![greatest, slowinc(1)];
    let sum: Delayed<i64> = defer!(deep::total(&parts));
    let sums = vec![sum.shared()];
    let all: Delayed<i64> = defer!(deep::total_vec(sums));
    let table = value(vec![1_i64, 2]).shared();
    let (low, high) = (defer!(deep::total(&table)), defer!(deep::total(&table)));
    let config = deep::Config(1);
    let level: Delayed<u8> = defer!(deep::config(&{ config }));
    let exists = defer!(deep::write(&"a.txt"));
    let here = |x: i64| x + 1;
    let local: Delayed<i64> = defer!(here(slowinc(1)));
    drop((six, none, all, low, high, level, exists, local));
}

#[test]
fn methods_of_results_can_be_deferred() {
    use foreign::deep::Config;
    let config = value(Config(1)).shared();
    let a: Delayed<u8> = defer!(config.level(2));
    let b: Delayed<u8> = defer!(config.level(value(3)));
    let c: Delayed<u8> = defer!(value(Config(1)).raise());
    let d: Delayed<u8> = defer!(value(Config(1)).taken(&config));
    let e: Delayed<f64> = defer!(value("2.5").parse::<f64>()?);
    let f: Delayed<usize> = defer!(value(vec![1, 2]).len());
    assert!(name_of(&e).contains("(parse at"));
    drop((a, b, c, d, e, f));
}
