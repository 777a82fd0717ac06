use graph_exec::delayed;

struct Socket(u16);

#[delayed(retries = 3)]
fn send(socket: Socket, text: &str) -> Result<u16, String> {
    if text.is_empty() { Err("nothing to send".into()) } else { Ok(socket.0) }
}

#[delayed(retries = 3)]
fn last<T>(rows: Vec<T>) -> Option<T> {
    rows.into_iter().last()
}

fn main() {
    drop(send(Socket(80), "hello"));
    drop(last(vec![1]));
}
