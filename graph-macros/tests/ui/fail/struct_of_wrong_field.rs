use graph_exec::{Handles, delayed, value};

#[derive(Handles)]
struct Config {
    rate: f64,
    rows: Vec<i64>,
}

#[delayed]
fn total(config: Config) -> f64 {
    config.rate * config.rows.len() as f64
}

fn main() {
    drop(total(ConfigHandles { rate: value("0.5"), rows: vec![value(1)] }));
}
