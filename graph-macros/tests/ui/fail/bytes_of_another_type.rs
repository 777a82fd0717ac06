use graph_exec::delayed;

fn table_bytes(rows: &Vec<f64>) -> usize {
    8 * rows.len()
}

#[delayed(bytes = table_bytes)]
fn by_value(text: String) -> usize {
    text.len()
}

#[delayed(bytes = table_bytes)]
fn by_reference(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = table_bytes)]
fn of_two(rows: Vec<f64>, factor: f64) -> f64 {
    rows[0] * factor
}

fn main() {
    drop((by_value("a"), by_reference("a"), of_two(vec![1.0], 2.0)));
}
