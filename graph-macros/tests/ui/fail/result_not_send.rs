use std::rc::Rc;

use graph_exec::delayed;

#[delayed]
fn counted(x: i64) -> Rc<i64> {
    Rc::new(x)
}

fn main() {}
