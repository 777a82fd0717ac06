use graph_exec::delayed;

#[delayed(fallible = true)]
fn a(x: i64) -> Result<i64, String> {
    Ok(x)
}

#[delayed(crate = "graph_exec")]
fn b(x: i64) -> i64 {
    x
}

#[delayed(crate)]
fn c(x: i64) -> i64 {
    x
}

#[delayed(fallible, infallible)]
fn d(x: i64) -> Result<i64, String> {
    Ok(x)
}

fn main() {
    drop((a(1), b(1), c(1), d(1)));
}
