use graph_exec::delayed;

#[delayed]
fn add((a, b): (i64, i64)) -> i64 {
    a + b
}

fn main() {
    drop(add((1, 2)));
}
