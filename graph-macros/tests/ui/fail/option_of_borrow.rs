//! An `Option` of a borrow holds no handle.

use graph_exec::{delayed, value};

struct Tile;

#[delayed]
fn blur(above: Option<&Tile>) -> bool {
    above.is_some()
}

fn main() {
    let tile = value(Tile).shared();
    drop(blur(Some(&tile)));
}
