//! Knows graph-exec through another crate alone.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use facade::graph_exec::prelude::*;

facade::task! {
    /// Adds.
    pub fn add(a: i64, b: &i64) -> Result<i64, String> {
        Ok(a + b)
    }
}

/// Halves.
#[delayed(crate = facade::graph_exec)]
pub fn half(x: i64) -> i64 {
    x / 2
}

/// A model.
pub struct Model(f64);

#[delayed(crate = facade::graph_exec)]
impl Model {
    /// Predicts.
    pub fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

/// Runs.
///
/// # Errors
/// None that is expected.
pub fn run() -> Result<i64, facade::graph_exec::Error> {
    drop(value(Model(1.0)).predict(2.0));
    defer!(i64::max(half(add(1, 2)), 3)).compute()
}
