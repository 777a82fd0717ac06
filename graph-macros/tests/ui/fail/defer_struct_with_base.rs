use graph_exec::{defer, value};

#[derive(Clone)]
struct Config {
    rate: f64,
    rows: usize,
}

fn main() {
    let config = Config { rate: 0.5, rows: 1 };
    drop(defer!(Config { rows: value(2), ..config }));
    drop(defer!(Config { rate: value("0.5"), rows: 2 }));
}
