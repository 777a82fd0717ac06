use graph_exec::delayed;

#[delayed]
async fn fetch(x: i64) -> i64 {
    x
}

fn main() {
    drop(fetch(1));
}
