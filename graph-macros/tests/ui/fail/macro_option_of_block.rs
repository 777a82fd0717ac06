use graph_exec::delayed;

struct Model(f64);

#[delayed(retries = 3)]
impl Model {
    fn predict(&self, x: f64) -> f64 {
        self.0 * x
    }
}

struct Table(Vec<f64>);

#[delayed]
impl Table {
    pub fn sum(&self) -> f64 {
        self.0.iter().sum()
    }

    #[delayed(retries = 3)]
    fn first(&self) -> f64 {
        self.0[0]
    }

    #[delayed(trait = Tasks)]
    pub fn last(&self) -> f64 {
        self.0[self.0.len() - 1]
    }
}

fn main() {
    let table = Table(vec![1.0]);
    println!("{}", Model(1.0).predict(2.0) + table.sum() + table.first() + table.last());
}
