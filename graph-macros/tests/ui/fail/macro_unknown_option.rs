use graph_exec::delayed;

#[delayed(remotely, falible)]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(slowinc(1));
}
