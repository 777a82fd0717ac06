use graph_exec::value;

fn main() {
    drop(value(1_i64) + value(2.5_f64));
}
