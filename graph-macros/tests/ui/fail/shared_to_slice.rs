//! A list of shared results that cannot be cloned.

use graph_exec::{Shared, delayed};

struct Table;

#[delayed]
fn rows(tables: &[Table]) -> usize {
    tables.len()
}

fn all(tables: Vec<Shared<Table>>) {
    drop(rows(&tables));
    drop(rows(tables));
}

fn main() {
    all(vec![]);
}
