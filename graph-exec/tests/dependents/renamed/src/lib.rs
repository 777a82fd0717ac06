//! The dependency has another name.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

use engine::prelude::*;

/// Adds.
#[delayed(retries = 1)]
pub fn add(a: i64, b: &i64) -> Result<i64, String> {
    Ok(a + b)
}

/// A model.
pub struct Model(f64);

#[engine::delayed]
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
pub fn run() -> Result<i64, engine::Error> {
    drop(value(Model(1.0)).predict(2.0));
    defer!(i64::max(add(1, 2), 3)).compute()
}
