use graph_exec::delayed;

struct Broken;

#[delayed]
fn parse(text: &str) -> Result<i64, Broken> {
    text.parse().map_err(|_| Broken)
}

fn main() {}
