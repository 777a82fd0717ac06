use graph_exec::delayed;

#[delayed(retries = 3, backoff = "10s..1s")]
fn a(x: i64) -> i64 {
    x
}

#[delayed(retries = 3, backoff = "0s..1s")]
fn b(x: i64) -> i64 {
    x
}

#[delayed(retries = 3, backoff = "1.5s..2s")]
fn c(x: i64) -> i64 {
    x
}

#[delayed(retries = 3, backoff = 5)]
fn d(x: i64) -> i64 {
    x
}

#[delayed(backoff = "1s..2s")]
fn e(x: i64) -> i64 {
    x
}

fn main() {
    drop((a(1), b(1), c(1), d(1), e(1)));
}
