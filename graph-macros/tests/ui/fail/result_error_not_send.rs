use std::error::Error;

use graph_exec::delayed;

#[delayed]
fn parse(text: &str) -> Result<f64, Box<dyn Error>> {
    Ok(text.parse()?)
}

fn main() {
    drop(parse("1.5"));
}
