use graph_exec::{Shared, delayed};

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn all(parts: Vec<Shared<i64>>) {
    drop(total(parts));
}

fn main() {
    all(vec![]);
}
