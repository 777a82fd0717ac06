use graph_exec::delayed;

#[delayed]
fn slowinc(x: i64) -> i64 {
    x + 1
}

fn main() {
    if slowinc(2) == 3 {
        println!("three");
    }
}
