use graph_exec::delayed;

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn main() {
    let parts = vec![1, 2];
    drop(total(&parts));
}
