use graph_exec::delayed;

#[delayed]
fn slowadd(x: i64, y: i64) -> i64 {
    x + y
}

fn main() {
    let one = slowadd(0, 1);
    drop(slowadd(one.clone(), one));
}
