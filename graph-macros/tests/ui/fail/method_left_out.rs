//! What handles cannot have of a `#[delayed] impl` says so where it is called.

use graph_exec::{delayed, value};

struct Model(f64);

#[delayed]
impl Model {
    pub fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }

    pub fn train(&mut self, x: f64, y: f64) {
        self.0 = x * y;
    }
}

fn main() {
    let model = value(Model(1.0));
    model.train(2.0, 3.0);
    Model(1.0).train(1.0, 1.0);
    drop(value(Model(1.0)).predict(1.0));
}
