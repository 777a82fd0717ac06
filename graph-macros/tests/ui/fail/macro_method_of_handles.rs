use graph_exec::delayed;

struct Model(f64);

#[delayed]
impl Model {
    fn named(&self, name: &str) -> String {
        format!("{name}: {}", self.0)
    }
    fn map(&self) -> f64 {
        self.0
    }
    fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

fn main() {
    drop(graph_exec::value(Model(1.0)).predict(2.0));
}
