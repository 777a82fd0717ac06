use graph_exec::delayed;

#[delayed(remote = true)]
fn inc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(inc(1));
}
