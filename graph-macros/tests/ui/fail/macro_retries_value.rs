use graph_exec::delayed;

#[delayed(retries = 0)]
fn a(x: i64) -> i64 {
    x
}

#[delayed(retries = "x")]
fn b(x: i64) -> i64 {
    x
}

#[delayed(retries = -1)]
fn c(x: i64) -> i64 {
    x
}

#[delayed(retries)]
fn d(x: i64) -> i64 {
    x
}

#[delayed(retries = 256)]
fn e(x: i64) -> i64 {
    x
}

fn main() {
    drop((a(1), b(1), c(1), d(1), e(1)));
}
