//! `#[derive(Handles)]` is for structs with named fields and no parameters.

use graph_exec::Handles;

#[derive(Handles)]
struct Pair(i64, i64);

#[derive(Handles)]
enum Either {
    Left { x: i64 },
}

#[derive(Handles)]
struct Generic<T> {
    x: T,
}

#[derive(Handles)]
#[handles(krate = graph_exec)]
struct Option {
    x: i64,
}

fn main() {}
