use graph_exec::delayed;

#[derive(serde::Serialize, serde::Deserialize)]
struct Model(f64);

impl Model {
    #[delayed(remote)]
    fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }

    #[delayed(remote)]
    fn new() -> Self {
        Model(1.0)
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Other(f64);

#[delayed(remote)]
impl Other {
    fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

struct Third(f64);

#[delayed]
impl Third {
    #[delayed(remote)]
    fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

fn main() {}
