use graph_exec::delayed;

#[delayed]
extern "C" fn double(x: i64) -> i64 {
    2 * x
}

fn main() {
    drop(double(1));
}
