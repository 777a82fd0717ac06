use std::fmt::Display;

use graph_exec::delayed;

#[delayed]
fn show<T: Display>(x: T) -> String {
    x.to_string()
}

fn main() {
    let name = String::from("ibm");
    drop(show::<&str>(name.as_str()));
}
