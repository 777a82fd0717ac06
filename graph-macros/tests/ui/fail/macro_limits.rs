use graph_exec::delayed;

#[delayed(resource("gpu", 0))]
fn a(x: i64) -> i64 {
    x
}

#[delayed(resource = "gpu")]
fn b(x: i64) -> i64 {
    x
}

#[delayed(resource(gpu))]
fn c(x: i64) -> i64 {
    x
}

#[delayed(resource("gpu"), resource("gpu", 2))]
fn d(x: i64) -> i64 {
    x
}

#[delayed(resource)]
fn e(x: i64) -> i64 {
    x
}

#[delayed(at_most = 0)]
fn f(x: i64) -> i64 {
    x
}

#[delayed(at_most = "1")]
fn g(x: i64) -> i64 {
    x
}

#[delayed(at_most)]
fn h(x: i64) -> i64 {
    x
}

fn main() {
    drop((a(1), b(1), c(1), d(1), e(1), f(1), g(1), h(1)));
}
