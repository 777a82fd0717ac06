use graph_exec::delayed;

#[delayed(remote)]
fn first<T: Clone>(rows: Vec<T>) -> T {
    rows[0].clone()
}

#[delayed(remote)]
fn zeros<const N: usize>() -> [f64; N] {
    [0.0; N]
}

fn main() {
    drop((first(vec![1]), zeros::<3>()));
}
