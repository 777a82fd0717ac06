use std::rc::Rc;

use graph_exec::delayed;

#[delayed]
fn read(x: Rc<i64>) -> i64 {
    *x
}

fn main() {}
