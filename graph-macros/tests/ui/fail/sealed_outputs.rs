//! Outputs of one's own: `Outputs` is sealed.

use graph_exec::{Delayed, Outputs};

struct Both(Delayed<i64>, Delayed<f64>);

impl Outputs for Both {
    type Values = (i64, f64);
    type Results<E> = (Result<i64, E>, Result<f64, E>);
}

fn main() {}
