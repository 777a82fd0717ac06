use graph_exec::delayed;

static TABLE: [f64; 3] = [1.0, 2.0, 3.0];

#[delayed]
fn total(rows: &[f64]) -> f64 {
    rows.iter().sum()
}

fn main() {
    drop(total(&TABLE));
}
