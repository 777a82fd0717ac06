//! Only a list has elements.

use graph_exec::value;

fn main() {
    let numbers = value(3).map_each(|n| n + 1);
    drop(numbers);
}
