use graph_exec::delayed;

struct Connection;

#[delayed(resettable)]
fn ask(connection: Connection) -> Result<i64, String> {
    drop(connection);
    Ok(1)
}

fn main() {
    drop(ask(Connection));
}
