use graph_exec::value;

struct Table;

fn main() {
    let pair = value((1, Table)).shared();
    drop(pair.unzip());
}
