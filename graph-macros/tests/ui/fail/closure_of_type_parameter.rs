//! A helper that takes a function.

use graph_exec::{Delayed, value};

fn pipeline<F>(inputs: Vec<i64>, f: F) -> Vec<Delayed<i64>>
where
    F: Fn(i64) -> i64,
{
    inputs.into_iter().map(|x| value(x).map(|x| f(x))).collect()
}

fn main() {
    drop(pipeline(vec![1], |x| x));
}
