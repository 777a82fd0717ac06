use graph_exec::value;

fn main() {
    drop(value(1).priority(1.5));
    drop(value(1).shared().priority(1));
}
