use graph_exec::defer;

struct Config;

fn level(_: &Config) -> u8 {
    1
}

fn main() {
    let config = Config;
    drop(defer!(level(&config)));
}
