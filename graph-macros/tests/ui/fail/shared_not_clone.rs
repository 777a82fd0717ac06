use graph_exec::delayed;

struct Table;

#[delayed]
fn read() -> Table {
    Table
}

#[delayed]
fn rows(table: Table) -> usize {
    let Table = table;
    0
}

fn main() {
    let table = read().shared();
    drop(rows(&table));
}
