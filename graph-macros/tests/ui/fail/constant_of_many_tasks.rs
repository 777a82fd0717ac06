//! One value for many tasks, and pieces of one.

use graph_exec::delayed;

struct Config {
    rate: f64,
}

#[delayed]
fn run(config: &Config, seed: u64) -> f64 {
    config.rate * seed as f64
}

#[delayed]
fn mean(prices: &[f64]) -> f64 {
    prices.iter().sum::<f64>() / prices.len() as f64
}

fn main() {
    let config = Config { rate: 0.5 };
    drop((0..4_u64).map(|seed| run(&config, seed)).collect::<Vec<_>>());
    let prices = vec![1.5, 2.5];
    drop(prices.chunks(1).map(|chunk| mean(chunk)).collect::<Vec<_>>());
}
