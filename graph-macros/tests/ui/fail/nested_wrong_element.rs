use graph_exec::{delayed, value};

#[delayed]
fn totals(rows: &[(String, Vec<f64>)]) -> f64 {
    rows.iter().flat_map(|row| &row.1).sum()
}

fn main() {
    drop(totals(vec![("ibm", vec![value(true)])]));
}
