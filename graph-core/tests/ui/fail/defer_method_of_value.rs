use graph_core::defer;

fn main() {
    let x = 2_i64;
    drop(defer!(x.pow(2)));
}
