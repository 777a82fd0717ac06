use graph_exec::delayed;

#[delayed(timeout = "0s")]
fn a(x: i64) -> i64 {
    x
}

#[delayed(timeout = "soon")]
fn b(x: i64) -> i64 {
    x
}

#[delayed(timeout = 30)]
fn c(x: i64) -> i64 {
    x
}

fn main() {
    drop((a(1), b(1), c(1)));
}
