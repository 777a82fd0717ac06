use graph_exec::delayed;

struct Model(String);

#[delayed]
impl Model {
    pub fn name(&self) -> &str {
        &self.0
    }

    pub fn length(&self) -> usize {
        self.0.len()
    }
}

fn main() {
    let model = Model(String::new());
    println!("{} {}", model.name(), model.length());
    drop(graph_exec::value(model).length());
}
