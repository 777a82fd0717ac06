use graph_exec::{Delayed, Shared, delayed};

#[delayed]
fn total(parts: Vec<Delayed<i64>>) -> usize {
    parts.len()
}

#[delayed]
fn lookup(table: &[(String, graph_exec::Shared<f64>)]) -> usize {
    table.len()
}

#[delayed]
fn nested(handle: Delayed<i64>) -> bool {
    drop(handle);
    true
}

// These mean it, and a function may always speak of handles.
#[delayed(handles)]
fn meant(parts: Vec<Shared<i64>>) -> usize {
    parts.len()
}

#[delayed]
fn step(f: fn(i64) -> Delayed<i64>) -> Delayed<i64> {
    f(1)
}

fn main() {
    drop((total(vec![1]), meant(Vec::<Shared<i64>>::new())));
}
