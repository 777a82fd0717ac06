use graph_exec::value;

fn main() {
    let mut total = value(1_i64);
    total += 1.5;
    drop(total);
}
