//! A method that takes `self` consumes the result, which others may use when it is shared.

use graph_exec::{delayed, value};

struct Model(f64);

#[delayed]
impl Model {
    fn finish(self) -> f64 {
        self.0
    }
}

fn main() {
    let model = value(Model(1.0)).shared();
    drop(model.finish());
}
