use std::cell::Cell;

use graph_core::value;

fn main() {
    drop(value(Cell::new(1)).shared());
}
