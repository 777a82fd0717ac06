use std::{cell::Cell, rc::Rc};

use graph_exec::value;

fn main() {
    let shared = Rc::new(1);
    let sum = value(1).map(move |x| x + *shared);
    let counter = Cell::new(1);
    let all = value(vec![1]).map_each(move |x| {
        counter.set(x);
        x
    });
}
