use graph_exec::{__private::MissingMethods as _, Delayed, delayed, value};

#[delayed]
fn names() -> Vec<String> {
    vec!["ibm".to_owned()]
}

fn main() {
    let count = names().len();
    let joined = names().join(", ");
    let sum: i64 = value(vec![1]).sum::<i64>();
    let taken = value(1).shared().result();
    let unwrapped = names().unwrap() == [""];
    let mapped: Vec<Delayed<usize>> = names().iter().map(|name| name.len()).collect();
    let (a, b) = value(1).unzip();
    let flat = value(value(1)).shared().flatten();
    let first = names()[0];
}
