use graph_exec::delayed;

#[delayed]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(slowinc("one"));
}
