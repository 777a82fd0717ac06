use graph_exec::delayed;

#[delayed(fallible)]
fn half(x: i64) -> Option<i64> {
    (x % 2 == 0).then_some(x / 2)
}

fn main() {}
