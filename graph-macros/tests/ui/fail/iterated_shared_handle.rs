use graph_exec::delayed;

#[delayed]
fn parts() -> Vec<i64> {
    vec![1, 2]
}

fn main() {
    let parts = parts().shared();
    for part in &parts {
        println!("{part}");
    }
}
