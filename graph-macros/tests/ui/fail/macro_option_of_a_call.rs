use graph_exec::delayed;

#[delayed(name = "inc", priority = 1, nout = 2, pure, retry = 3)]
fn slowinc(x: i64) -> (i64, i64) {
    (x, x + 1)
}

fn main() {
    drop(slowinc(1));
}
