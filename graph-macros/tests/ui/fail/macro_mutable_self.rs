use graph_exec::delayed;

struct Model(f64);

impl Model {
    #[delayed]
    fn train(&mut self, x: f64) {
        self.0 = x;
    }
}

fn main() {
    drop(Model::train(Model(1.0), 2.0));
}
