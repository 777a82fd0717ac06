use graph_exec::defer;

fn main() {
    drop(defer!(i64::abs));
    drop(defer!(1 + 2));
    drop(defer!((|x: i64| x + 1)(1)));
}
