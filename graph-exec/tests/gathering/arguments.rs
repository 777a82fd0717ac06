//! Handles inside arguments.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use graph_exec::{
    IntoArg,
    input::Constant,
    prelude::*,
    shape::{Each, IntoShapedArg, IntoShapedRef, One},
};

use crate::size;

#[delayed]
fn inc(x: i64) -> i64 {
    x + 1
}

#[delayed]
fn pair(pair: (i64, i64)) -> i64 {
    10 * pair.0 + pair.1
}

#[delayed]
fn deep(rows: Vec<(String, Vec<f64>)>) -> String {
    format!("{rows:?}")
}

fn plain(rows: &[(&str, &[f64])]) -> String {
    format!("{rows:?}")
}

#[test]
fn every_mix_of_constants_and_handles_in_a_tuple_gives_what_plain_values_give()
-> Result<(), graph_exec::Error> {
    let shared = inc(4).shared();
    let tens = || [inc(4)];
    let [ten] = tens();
    assert_eq!(pair((5, 5)).compute()?, 55);
    assert_eq!(pair((ten, 5)).compute()?, 55);
    assert_eq!(pair((5, inc(4))).compute()?, 55);
    assert_eq!(pair((inc(4), inc(4))).compute()?, 55);
    assert_eq!(pair((&shared, inc(4))).compute()?, 55);
    assert_eq!(pair((&shared, &shared)).compute()?, 55);
    assert_eq!(pair((shared.clone(), 5)).compute()?, 55);
    assert_eq!(pair(value((5, 5))).compute()?, 55);
    let handle = value((5, 5)).shared();
    assert_eq!(pair(&handle).compute()?, 55);
    Ok(())
}

#[test]
fn containers_nest_to_any_depth_with_any_mix() -> Result<(), graph_exec::Error> {
    let expected = plain(&[("a", &[1.0, 2.0]), ("b", &[])]);
    let shared = value(vec![1.0, 2.0]).shared();
    let none = || Vec::<f64>::new();
    let forms = [
        deep(vec![("a", vec![1.0, 2.0]), ("b", vec![])]),
        deep(vec![("a".to_owned(), vec![1.0, 2.0]), ("b".to_owned(), none())]),
        deep(vec![(value("a"), vec![1.0, 2.0]), (value("b"), none())]),
        deep(vec![("a", vec![value(1.0), value(2.0)]), ("b", vec![])]),
        deep(vec![("a", value(vec![1.0, 2.0])), ("b", value(none()))]),
        deep(vec![value(("a".to_owned(), vec![1.0, 2.0])), value(("b".to_owned(), none()))]),
        deep(vec![("a", &shared), ("b", &value(none()).shared())]),
        deep(value(vec![("a".to_owned(), vec![1.0, 2.0]), ("b".to_owned(), none())])),
    ];
    for form in forms {
        assert_eq!(form.compute()?, expected);
    }
    Ok(())
}

#[delayed]
fn twelve(t: (i8, i16, i32, i64, u8, u16, u32, u64, f32, f64, bool, char)) -> String {
    format!("{t:?}")
}

#[delayed]
fn single(t: (i64,)) -> i64 {
    t.0
}

#[test]
fn tuples_have_up_to_twelve_elements() -> Result<(), graph_exec::Error> {
    let handles = twelve((
        value(1),
        2,
        value(3),
        4,
        value(5),
        6,
        value(7),
        8,
        value(9.0),
        10.0,
        value(true),
        value('c'),
    ));
    assert_eq!(size(&vec![handles]), (8, 7));
    let handles = twelve((
        value(1),
        2,
        value(3),
        4,
        value(5),
        6,
        value(7),
        8,
        value(9.0),
        10.0,
        value(true),
        'c',
    ));
    assert_eq!(handles.compute()?, format!("{:?}", (1, 2, 3, 4, 5, 6, 7, 8, 9.0, 10.0, true, 'c')));
    assert_eq!(single((inc(1),)).compute()?, 2);
    Ok(())
}

#[delayed]
fn queue(items: VecDeque<i64>) -> Vec<i64> {
    items.into()
}
#[delayed]
fn boxed(items: Box<[i64]>) -> Vec<i64> {
    items.into()
}
#[delayed]
fn maybe(items: Option<Vec<i64>>) -> Vec<i64> {
    items.unwrap_or_default()
}
#[delayed]
fn table(items: HashMap<&'static str, Vec<i64>>) -> i64 {
    items["a"].iter().sum()
}
#[delayed]
fn sorted(items: BTreeMap<u8, (i64, i64)>) -> Vec<i64> {
    items.into_values().map(|(a, b)| a * b).collect()
}
#[delayed]
fn grid(rows: [[i64; 2]; 2]) -> Vec<i64> {
    rows.concat()
}
#[delayed]
fn counted(rows: Vec<(u8, Arc<Vec<i64>>)>) -> usize {
    rows.iter().map(|row| row.1.len()).sum()
}

#[test]
fn every_container_takes_handles() -> Result<(), graph_exec::Error> {
    let shared = inc(1).shared();
    assert_eq!(queue((0..3).map(inc).collect::<VecDeque<_>>()).compute()?, [1, 2, 3]);
    assert_eq!(queue(VecDeque::from([shared.clone()])).compute()?, [2]);
    assert_eq!(queue(VecDeque::from([1, 2])).compute()?, [1, 2]);
    assert_eq!(boxed((0..3).map(inc).collect::<Box<[_]>>()).compute()?, [1, 2, 3]);
    assert_eq!(boxed(Box::<[_]>::from([&shared])).compute()?, [2]);
    assert_eq!(maybe(Some(vec![inc(1), inc(2)])).compute()?, [2, 3]);
    assert_eq!(maybe(Some(value(vec![1]))).compute()?, [1]);
    assert_eq!(maybe(None::<Vec<i64>>).compute()?, [0; 0]);
    assert_eq!(table(HashMap::from([("a", vec![inc(1), inc(2)])])).compute()?, 5);
    assert_eq!(sorted(BTreeMap::from([(2, (inc(1), 3)), (1, (inc(4), 1))])).compute()?, [5, 6]);
    assert_eq!(grid([[inc(0), inc(1)], [inc(2), inc(3)]]).compute()?, [1, 2, 3, 4]);
    assert_eq!(grid([[1, 2], [3, 4]]).compute()?, [1, 2, 3, 4]);
    assert_eq!(counted(vec![(1, value(vec![1, 2]).shared())]).compute()?, 2);
    Ok(())
}

#[delayed]
fn slice(rows: &[(String, f64)]) -> String {
    format!("{rows:?}")
}
#[delayed]
fn rows(rows: &[Vec<i64>]) -> i64 {
    rows.iter().flatten().sum()
}
#[delayed]
fn lent_pair(pair: &(i64, Vec<i64>)) -> i64 {
    pair.0 * pair.1.len() as i64
}
#[delayed]
fn lent_option(rows: &Option<Vec<i64>>) -> usize {
    rows.as_ref().map_or(0, Vec::len)
}

#[test]
fn parameters_by_reference_take_the_same_containers() -> Result<(), graph_exec::Error> {
    let expected = format!("{:?}", [("a", 1.0)]);
    assert_eq!(slice(vec![("a", value(1.0))]).compute()?, expected);
    assert_eq!(slice([(value("a"), 1.0)]).compute()?, expected);
    assert_eq!(slice(vec![("a".to_owned(), 1.0)]).compute()?, expected);
    let whole = || vec![("a".to_owned(), 1.0)];
    assert_eq!(slice(value(whole())).compute()?, expected);
    let handle = value(whole()).shared();
    assert_eq!(slice(&handle).compute()?, expected);
    assert_eq!(slice(Arc::new(value(whole()).compute()?)).compute()?, expected);
    assert_eq!(rows(vec![vec![inc(1)], vec![inc(2), inc(3)]]).compute()?, 9);
    assert_eq!(rows([value(vec![1, 2]), value(vec![])]).compute()?, 3);
    assert_eq!(rows(vec![vec![1], vec![2]]).compute()?, 3);
    assert_eq!(lent_pair((inc(1), vec![inc(1), inc(2)])).compute()?, 4);
    assert_eq!(lent_pair((2, vec![0, 0])).compute()?, 4);
    assert_eq!(lent_option(Some(vec![inc(1)])).compute()?, 1);
    Ok(())
}

#[test]
fn a_graph_has_one_task_a_handle_and_one_edge_each() {
    for n in [1, 10, 1000] {
        let rows: Vec<_> = (0..n).map(|i| (format!("row {i}"), vec![value(0.5)])).collect();
        assert_eq!(size(&deep(rows)), (n + 1, n));
        let rows: Vec<_> = (0..n).map(|i| (value("x"), value(vec![i as f64]))).collect();
        assert_eq!(size(&deep(rows)), (2 * n + 1, 2 * n));
    }
    // What is shared is one task, however often it is passed.
    let shared = value(1).shared();
    assert_eq!(size(&pair((&shared, &shared))).0, 2);
}

#[test]
fn a_plain_value_is_kept_as_it_is() -> Result<(), graph_exec::Error> {
    let rows = vec![("a".to_owned(), vec![1.0]); 3];
    let text = rows[0].0.as_ptr();
    let kept = keep(rows).compute()?;
    assert_eq!(kept[0].0.as_ptr(), text);
    assert_eq!(size(&deep(vec![("a", vec![1.0])])), (1, 0));
    Ok(())
}

#[delayed]
fn keep(rows: Vec<(String, Vec<f64>)>) -> Vec<(String, Vec<f64>)> {
    rows
}

type Alias = (i64, i64);

#[delayed]
fn behind_alias(pair: Alias) -> i64 {
    pair.0 + pair.1
}
#[delayed]
fn generic<T>(pair: (T, T)) -> T {
    pair.0
}
struct Holder<T>(std::marker::PhantomData<T>);
impl<T: Send + 'static> Holder<T> {
    #[delayed]
    fn second(pair: (T, T)) -> T {
        let _: Option<Self> = None;
        pair.1
    }
}

#[test]
fn behind_an_alias_and_with_type_parameters_it_is_the_whole_that_is_taken()
-> Result<(), graph_exec::Error> {
    assert_eq!(behind_alias((1, 2)).compute()?, 3);
    assert_eq!(behind_alias(gather((inc(0), 2_i64))).compute()?, 3);
    assert_eq!(generic((1, 2)).compute()?, 1);
    assert_eq!(generic::<i64>(gather((inc(0), 2_i64))).compute()?, 1);
    assert_eq!(Holder::second((1, 2)).compute()?, 2);
    Ok(())
}

fn helper(x: impl IntoArg<f64>, rows: impl IntoArg<Vec<f64>>) -> Delayed<f64> {
    add_all(x, rows)
}
#[delayed]
fn add_all(x: f64, rows: Vec<f64>) -> f64 {
    x + rows.iter().sum::<f64>()
}
fn helper_of_pairs(
    rows: impl IntoShapedArg<Vec<(String, Vec<f64>)>, Each<Each<(One, Each<One>)>>>,
) -> Delayed<String> {
    deep(rows)
}

/// A type of the user's that owns rows and their unit.
struct Series(Vec<f64>, Delayed<String>);
impl<S> IntoShapedRef<(Vec<f64>, String), S> for Series {
    type Input = (Constant<Vec<f64>>, Delayed<String>);
    fn into_shaped_ref(self) -> Self::Input {
        (Constant(self.0), self.1)
    }
}
#[delayed]
fn describe(series: &(Vec<f64>, String)) -> String {
    format!("{} in {}", series.0.len(), series.1)
}

#[test]
fn functions_of_the_users_pass_such_arguments_on() -> Result<(), graph_exec::Error> {
    assert_eq!(helper(1.0, vec![value(2.0)]).compute()?, 3.0);
    assert_eq!(helper(value(1.0), vec![2.0]).compute()?, 3.0);
    assert_eq!(helper_of_pairs(vec![("a", vec![value(1.0)])]).compute()?, plain(&[("a", &[1.0])]));
    assert_eq!(describe(Series(vec![0.0; 3], value("K".to_owned()))).compute()?, "3 in K");
    Ok(())
}

#[test]
fn functions_can_be_passed_where_closures_can() -> Result<(), graph_exec::Error> {
    let pairs: Vec<Delayed<i64>> = (0..3).zip(1..4).map(pair).collect();
    assert_eq!(compute(pairs)?, [1, 12, 23]);
    let mixed: Vec<Delayed<i64>> = (0..3).map(|i| pair((inc(i), i))).collect();
    assert_eq!(compute(mixed)?, [10, 21, 32]);
    Ok(())
}

#[delayed]
fn fallible(rows: (i64, Vec<i64>), factor: i64) -> Result<i64, String> {
    Ok(rows.1.iter().sum::<i64>() * rows.0 * factor)
}
fn bytes_of(rows: &(i64, Vec<i64>), _: &i64) -> usize {
    8 * rows.1.len()
}
#[delayed(retries = 2, bytes = bytes_of)]
fn with_options(rows: (i64, Vec<i64>), factor: i64) -> Result<i64, String> {
    Ok(rows.1.iter().sum::<i64>() * rows.0 * factor)
}
struct Model(i64);
#[delayed]
impl Model {
    fn score(&self, rows: &[(i64, i64)]) -> i64 {
        rows.iter().map(|(a, b)| a * b * self.0).sum()
    }
}

#[test]
fn options_and_methods_take_them_too() -> Result<(), graph_exec::Error> {
    assert_eq!(fallible((inc(1), vec![inc(2)]), 2).compute()?, 12);
    assert_eq!(with_options((inc(1), vec![inc(2)]), 2).compute()?, 12);
    let model = value(Model(2)).shared();
    assert_eq!(model.score(vec![(inc(1), 3)]).compute()?, 12);
    Ok(())
}
