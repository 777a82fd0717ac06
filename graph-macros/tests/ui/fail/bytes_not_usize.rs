use graph_exec::delayed;

fn size(rows: &Vec<f64>) -> u64 {
    8 * rows.len() as u64
}

fn length(text: &str) -> usize {
    text.len()
}

fn exact(_: &f64) -> Option<usize> {
    Some(8)
}

const LIMIT: usize = 1024;

#[delayed(bytes = size)]
fn first(rows: Vec<f64>) -> f64 {
    rows[0]
}

#[delayed(bytes = length, result_bytes = exact)]
fn parse(text: &str) -> Result<f64, std::num::ParseFloatError> {
    text.parse()
}

#[delayed(bytes = length, result_bytes = length)]
fn count(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = LIMIT)]
fn half(x: f64) -> f64 {
    x / 2.0
}

fn main() {
    drop((first(vec![1.0]), parse("1"), count("a"), half(1.0)));
}
