use std::error::Error;

use graph_exec::delayed;

type Res<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[delayed]
fn parse(text: &str) -> Res<f64> {
    Ok(text.parse()?)
}

#[delayed]
fn half(x: f64) -> f64 {
    x / 2.0
}

trait Shape: Send {}
struct Square;
impl Shape for Square {}

#[delayed]
fn area(shape: Box<dyn Shape>) -> f64 {
    drop(shape);
    1.0
}

fn main() {
    drop(half(parse("1.5")));
    drop(area(Box::new(Square)));
}
