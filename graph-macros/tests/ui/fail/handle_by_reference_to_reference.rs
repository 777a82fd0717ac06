use graph_exec::delayed;

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

#[delayed]
fn parts() -> Vec<i64> {
    vec![1, 2]
}

fn main() {
    let parts = parts();
    drop(total(&parts));
}
