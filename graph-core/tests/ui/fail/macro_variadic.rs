use graph_core::delayed;

#[delayed]
fn sum(count: i64, ...) -> i64 {
    count
}

fn main() {}
