use graph_exec::delayed;

#[delayed]
unsafe fn double(x: i64) -> i64 {
    2 * x
}

fn main() {
    drop(double(1));
}
