use graph_exec::delayed;

trait Shape {}

#[delayed]
fn length(text: str) -> usize {
    text.len()
}

#[delayed]
fn sum(values: [i64]) -> i64 {
    values.iter().sum()
}

#[delayed]
fn area(shape: dyn Shape) -> f64 {
    0.0
}

#[delayed]
fn name(x: i64) -> str {
    *""
}

fn main() {}
