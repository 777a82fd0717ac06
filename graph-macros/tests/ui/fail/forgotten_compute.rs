#![deny(unused_must_use)]

use graph_exec::delayed;

#[delayed]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    slowinc(1);
    slowinc(1).shared();
    slowinc(1) + 1;
}
