use graph_exec::delayed;

trait Predict {
    fn predict(&self, x: f64) -> f64;
}

struct Model;

impl Predict for Model {
    #[delayed]
    fn predict(&self, x: f64) -> f64 {
        x
    }
}

fn main() {}
