//! Every way to write a task gives the value that the plain call gives.

use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::Path,
    sync::Arc,
};

use graph_exec::prelude::*;

#[delayed]
fn scale(factor: f64, values: &[f64]) -> Vec<f64> {
    values.iter().map(|value| factor * value).collect()
}

#[delayed]
fn size(path: &Path) -> io::Result<u64> {
    Ok(std::fs::metadata(path)?.len())
}

#[delayed]
fn largest<T>(values: &[T]) -> Option<T>
where
    T: Ord + Clone + Sync,
{
    values.iter().max().cloned()
}

#[delayed]
fn joined(words: Vec<String>, separator: &str) -> String {
    words.join(separator)
}

#[delayed]
fn sum_of_map(prices: &HashMap<String, i64>) -> i64 {
    prices.values().sum()
}

#[delayed]
fn first_key(prices: BTreeMap<u8, i64>) -> Option<u8> {
    prices.keys().next().copied()
}

#[delayed(infallible)]
fn checked(x: i32) -> Result<i32, String> {
    if x > 0 { Ok(x) } else { Err("not positive".into()) }
}

#[delayed]
fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

#[derive(Clone)]
struct Model {
    slope: f64,
}

#[delayed]
impl Model {
    fn predict(&self, x: f64) -> f64 {
        self.slope * x
    }

    fn steeper(mut self, by: f64) -> Self {
        self.slope += by;
        self
    }
}

impl Model {
    #[delayed]
    fn fit(points: &[(f64, f64)]) -> Self {
        Model { slope: points.iter().map(|(x, y)| y / x).sum::<f64>() / points.len() as f64 }
    }
}

#[test]
fn functions_by_value_and_by_reference() {
    let values = scale(2.0, vec![1.0, 2.5]);
    assert_eq!(scale(value(2.0), values).compute().unwrap(), [4.0, 10.0]);
    let words = vec![value("a".to_owned()), value("b".to_owned())];
    assert_eq!(joined(words, "-").compute().unwrap(), "a-b");
    assert_eq!(factorial(5).compute().unwrap(), 120);
    let numbers: Vec<Delayed<u8>> = [3, 9, 4].map(value).into();
    assert_eq!(largest::<u8>(numbers).compute().unwrap(), Some(9));
}

#[test]
fn maps_of_handles() {
    let prices: HashMap<String, Delayed<i64>> =
        [("ibm".to_owned(), value(3)), ("hp".to_owned(), value(4))].into();
    assert_eq!(sum_of_map(prices).compute().unwrap(), 7);
    let prices: BTreeMap<u8, Delayed<i64>> = [(7, value(1)), (2, value(1))].into();
    assert_eq!(first_key(prices).compute().unwrap(), Some(2));
}

#[test]
fn fallible_functions_keep_the_error_for_the_caller() {
    assert!(size(file!().replace("graph-exec/", "")).compute().unwrap() > 0);
    let error = size("no such file").compute().unwrap_err();
    let cause = std::error::Error::source(&error).unwrap();
    let cause = cause.downcast_ref::<io::Error>().unwrap();
    assert_eq!(cause.kind(), io::ErrorKind::NotFound);
    assert_eq!(checked(-1).compute().unwrap(), Err("not positive".to_owned()));
}

#[test]
fn methods_of_handles() {
    let model = Model::fit(vec![(1.0, 2.0), (2.0, 4.0)]).shared();
    let (one, two) = (model.predict(1.0), model.predict(value(2.0)));
    assert_eq!(compute((one, two)).unwrap(), (2.0, 4.0));
    assert_eq!(Model::fit(vec![(1.0, 3.0)]).predict(1.0).compute().unwrap(), 3.0);
    // By value: an unshared one moves, a shared one is cloned.
    let steeper = (model.steeper(value(1.0)).predict(1.0), model.predict(1.0));
    assert_eq!(compute(steeper).unwrap(), (3.0, 2.0));
    let fit = Model::fit(vec![(1.0, 3.0)]).steeper(0.5).steeper(0.5);
    assert_eq!(fit.predict(1.0).compute().unwrap(), 4.0);
}

#[test]
fn foreign_functions_and_methods() {
    assert_eq!(defer!(i64::pow(value(3), 2)).compute().unwrap(), 9);
    let text = value(" x ".to_owned()).shared();
    assert_eq!(defer!(text.to_uppercase()).compute().unwrap(), " X ");
    assert_eq!(defer!(str::parse::<i32>(&"42")?).compute().unwrap(), 42);
    assert!(defer!(str::parse::<i32>(&"x")?).compute().is_err());
}

#[test]
fn operators_on_handles_and_values() {
    let shared = value(10).shared();
    let all = (
        value(1) + 2,
        &shared - value(3),
        2 * shared.clone(),
        -value(4),
        value(7) % 4,
        !value(true),
    );
    assert_eq!(compute(all).unwrap(), (3, 7, 20, -4, 3, false));
}

#[test]
fn results_keep_the_shape_of_the_handles() {
    let shared = value("s").shared();
    let (one, [two, three], list, kept) =
        compute((value(1), [value(2), value(3)], vec![value(4)], &shared)).unwrap();
    assert_eq!((one, two, three, list, kept), (1, 2, 3, vec![4], Arc::new("s")));
    assert_eq!([value(1), value(2)].compute().unwrap(), [1, 2]);
    assert_eq!(vec![&shared, &shared].compute().unwrap().len(), 2);
    assert!(compute(Vec::<Delayed<u8>>::new()).unwrap().is_empty());
}
