use graph_exec::{Shared, delayed};

struct Table;

#[delayed]
fn rows(tables: Vec<Table>) -> usize {
    tables.len()
}

fn all(tables: Vec<Shared<Table>>) {
    drop(rows(tables));
}

fn main() {
    all(vec![]);
}
