use graph_core::delayed;

#[delayed]
struct Model;

fn main() {}
