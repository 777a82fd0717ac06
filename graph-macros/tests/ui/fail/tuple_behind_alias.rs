//! What an alias stands for is not known where the function is written.

use graph_exec::{delayed, value};

type Size = (f64, f64);

#[delayed]
fn area(size: Size) -> f64 {
    size.0 * size.1
}

fn main() {
    drop(area((value(1.5), 2.5)));
}
