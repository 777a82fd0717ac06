use graph_exec::{delayed, value};

#[delayed]
fn show<T: std::fmt::Display>(x: T) -> String {
    x.to_string()
}

fn main() {
    drop(show(value(1)));
}
