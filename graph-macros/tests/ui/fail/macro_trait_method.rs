use graph_exec::delayed;

trait Predict {
    #[delayed]
    fn predict(&self, x: f64) -> f64;
}

fn main() {}
