use graph_exec::delayed;

#[delayed]
fn inc(x: i64) -> i64 {
    x + 1
}

fn half(x: i64) -> i64 {
    x / 2
}

fn main() {
    let two = delayed(inc)(1);
    let one = delayed(half)(2);
}
