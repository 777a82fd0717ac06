use graph_exec::delayed;

trait Predict {
    fn predict(&self, x: f64) -> f64;
}

struct Model;

#[delayed]
impl Predict for Model {
    fn predict(&self, x: f64) -> f64 {
        x
    }
}

fn main() {}
