use graph_exec::{delayed, value};

#[delayed]
fn rows(rows: Vec<Vec<f64>>) -> usize {
    rows.len()
}

fn main() {
    drop(rows(vec![(value(1.5), 2.5)]));
}
