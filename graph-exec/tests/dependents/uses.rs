//! What a crate may write that depends on graph-exec alone.
#![deny(warnings, missing_docs, unused, nonstandard_style, rust_2018_idioms)]
#![forbid(unsafe_code)]

use std::{error::Error, io, path::Path};

use graph_exec::{compute, defer, delayed, value, Delayed, IntoArg, IntoRef, Shared};

/// Adds one.
#[delayed]
pub fn inc(x: i64) -> i64 {
    x + 1
}

/// Adds up.
#[delayed]
pub fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

/// Reads.
#[delayed(retries = 2, bytes = size)]
pub fn read(path: &Path, _limit: usize) -> io::Result<Vec<u8>> {
    std::fs::read(path)
}

fn size(path: &Path, limit: &usize) -> usize {
    path.as_os_str().len() + limit
}

/// Parses.
#[delayed(plain = parse_now)]
pub fn parse(text: &str) -> Result<f64, Box<dyn Error + Send + Sync>> {
    Ok(text.trim().parse()?)
}

/// Is generic.
#[delayed]
pub fn pair<'a, T, U: Clone>(
    first: T,
    second: &'a U,
    #[cfg(unix)] _unix: u8,
    #[cfg(not(unix))] _other: u8,
) -> (T, U)
where
    T: Clone,
{
    (first, second.clone())
}

/// What a model can do.
pub trait Shape {
    /// Its area.
    fn area(&self) -> f64;
}

/// Borrows a trait object.
#[delayed]
pub fn area(shape: &(dyn Shape + Send)) -> f64 {
    shape.area()
}

/// A model.
#[derive(Clone, Debug)]
pub struct Model<T>(T);

#[delayed]
impl<T: Clone> Model<T> {
    /// Predicts.
    pub fn predict(&self, x: f64) -> (T, f64) {
        (self.0.clone(), x)
    }
}

impl Model<f64> {
    /// A new one.
    #[delayed]
    pub fn new(slope: f64) -> Self {
        Model(slope)
    }
}

macro_rules! delayed_function {
    ($(#[$meta:meta])* $visibility:vis $name:ident($($argument:ident: $type:ty),*) -> $result:ty $body:block) => {
        $(#[$meta])*
        #[delayed]
        $visibility fn $name($($argument: $type),*) -> $result $body
    };
}

delayed_function! {
    /// Written by a macro.
    pub product(a: f64, b: f64) -> f64 { a * b }
}

/// Takes what a parameter of a task takes.
pub fn twice(x: impl IntoArg<i64>, parts: impl IntoRef<[i64]>) -> Delayed<i64> {
    inc(x) + total(parts)
}

/// Builds and runs.
///
/// # Errors
/// None that is expected.
pub fn run() -> Result<i64, graph_exec::Error> {
    let parts: Vec<Delayed<i64>> = (0..8).map(inc).collect();
    let sum: Shared<i64> = total(parts).shared();
    let doubled = twice(&sum, vec![1, 2]);
    let largest = defer!(i64::max(doubled, 3));
    let model = Model::new(2.0).shared();
    let (_, y) = compute((largest.map(|n| n + 1), model.predict(1.0)))?;
    drop((parse("1.5"), parse_now("1"), pair::<i64, i64>(1, value(2), 0), product(y.1, 2.0)));
    drop(read("missing", 1_usize));
    compute(&sum).map(|sum| *sum)
}
