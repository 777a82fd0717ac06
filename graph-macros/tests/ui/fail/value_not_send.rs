use std::rc::Rc;

use graph_exec::value;

fn main() {
    drop(value(Rc::new(1)));
}
