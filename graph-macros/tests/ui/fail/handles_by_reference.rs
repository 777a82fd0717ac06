use graph_exec::{Delayed, delayed, value};

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn main() {
    let parts: Vec<Delayed<i64>> = (0..8).map(value).collect();
    drop(total(&parts));
}
