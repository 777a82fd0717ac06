use std::rc::Rc;

use graph_core::value;

fn main() {
    drop(value(Rc::new(1)));
}
