use graph_core::delayed;

trait Predict {
    #[delayed]
    fn predict(&self, x: f64) -> f64;
}

fn main() {}
