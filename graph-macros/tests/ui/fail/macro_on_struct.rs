use graph_exec::delayed;

#[delayed]
struct Model;

fn main() {}
