use std::cell::Cell;

use graph_exec::value;

fn main() {
    drop(value(Cell::new(1)).shared());
}
