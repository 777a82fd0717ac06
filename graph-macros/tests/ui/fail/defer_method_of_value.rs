use graph_exec::defer;

fn main() {
    let x = 2_i64;
    drop(defer!(x.pow(2)));
}
