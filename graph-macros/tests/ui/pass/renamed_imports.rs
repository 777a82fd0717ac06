use ::graph_exec as renamed;
use renamed::{Delayed, delayed as task};

#[task(crate = renamed)]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    let handle: Delayed<i64> = slowinc(1);
    drop(handle);
}
