//! Numbers and options are not converted.

use graph_exec::{delayed, value};

#[delayed]
fn half(x: u64) -> u64 {
    x / 2
}

fn main() {
    drop(half([1, 2].len()));
    drop(half(value(Some(1_u64))));
}
