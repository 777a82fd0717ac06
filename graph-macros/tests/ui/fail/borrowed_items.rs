//! What `.iter()` gives is a borrow.

use graph_exec::delayed;

#[delayed]
fn inc(x: i64) -> i64 {
    x + 1
}

#[delayed]
fn length(row: &[i64]) -> usize {
    row.len()
}

fn main() {
    let numbers = [1_i64, 2, 3];
    drop(numbers.iter().map(inc).collect::<Vec<_>>());
    let rows = vec![vec![1_i64]];
    drop(rows.iter().map(length).collect::<Vec<_>>());
}
