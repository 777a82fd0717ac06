use graph_exec::{Delayed, delayed};

#[delayed]
fn inc(x: i64) -> i64 {
    x + 1
}

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn main() {
    drop(total((0..8).map(inc)));
    let parts: Vec<Delayed<i64>> = (0..8).map(inc).collect();
    drop(total(&parts[..4]));
}
