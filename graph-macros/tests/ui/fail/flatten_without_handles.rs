//! A result that is no handle has nothing inside to be computed.

use graph_exec::value;

fn main() {
    let number = value(3_i32).flatten();
    drop(number);
}
