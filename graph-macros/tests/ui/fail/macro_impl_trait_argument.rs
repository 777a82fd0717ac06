use graph_exec::delayed;

#[delayed]
fn show(x: impl std::fmt::Display) -> String {
    x.to_string()
}

fn main() {
    drop(show(1));
}
