use graph_exec::{delayed, value};

#[delayed]
fn area(size: (f64, f64)) -> f64 {
    size.0 * size.1
}

fn main() {
    drop(area((value(1.5), "2.5")));
}
