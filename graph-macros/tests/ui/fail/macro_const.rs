use graph_exec::delayed;

#[delayed]
const fn double(x: i64) -> i64 {
    2 * x
}

fn main() {
    drop(double(1));
}
