//! What users write: every form of function, argument and handle builds the graph it should.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Display,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use graph_core::{Delayed, Handle, Shared, delayed, value};

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
    assert_eq!((by_iterator.built_at().line, by_iterator.built_at().column), (17, 8));
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
