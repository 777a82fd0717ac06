use graph_core::delayed;

#[delayed(remote, falible)]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    drop(slowinc(1));
}
