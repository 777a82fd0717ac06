#![deny(warnings, missing_docs)]
//! The function itself: by its name in its own body, and by the name that `plain` gives it.

use graph_exec::{Delayed, delayed, value};

/// Builds a task.
#[delayed(plain = fib_now, retries = 3)]
pub fn fib(n: u64, mut step: u64, _: &str) -> u64 {
    step += 0;
    if n < 2 { n } else { fib(n - step, step, "") + fib(n - 2 * step, step, "") }
}

/// Builds a task.
#[delayed(plain = first_now)]
pub fn first<'a, T: Clone, const N: usize>(values: &'a [T; N], _other: &'a T) -> Option<T> {
    values.first().cloned()
}

/// Recursive, and builds another task by its path.
#[delayed]
pub fn deeper(n: u64) -> Vec<Delayed<u64>> {
    if n == 0 { vec![fib(1, 1, "")] } else { vec![self::fib(n, 1, "")] }
}

/// A model.
pub struct Model(u64);

impl Model {
    /// Calls itself as a method.
    #[delayed]
    pub fn sum(&self, n: u64) -> u64 {
        if n == 0 { self.0 } else { n + self.sum(n - 1) }
    }
    /// Calls itself by its path.
    #[delayed(plain = factorial_now)]
    pub fn factorial(n: u64) -> u64 {
        if n < 2 { n } else { n * Self::factorial(n - 1) }
    }
}

fn main() {
    assert_eq!(fib_now(10, 1, ""), 55);
    assert_eq!(first_now(&[1, 2], &3), Some(1));
    assert_eq!(Model::factorial_now(5), 120);
    let handles: (Delayed<u64>, Delayed<u64>) = (fib(10, 1, ""), Model::factorial(5));
    drop((handles, Model::sum(value(Model(1)), 3), deeper(1), first([1, 2], 3)));
}
