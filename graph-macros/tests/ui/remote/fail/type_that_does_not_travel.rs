use graph_exec::delayed;

struct Socket(u16);

#[derive(serde::Serialize)]
struct OneWay(u16);

#[delayed(remote)]
fn by_value(socket: Socket) -> u16 {
    socket.0
}

#[delayed(remote)]
fn by_reference(socket: &Socket, sockets: &[Socket]) -> u16 {
    socket.0 + sockets[0].0
}

#[delayed(remote)]
fn result(port: u16) -> Socket {
    Socket(port)
}

#[delayed(remote)]
fn result_of_a_fallible_one(port: u16) -> Result<OneWay, String> {
    Ok(OneWay(port))
}

#[delayed(remote)]
fn text_of_the_program(port: u16) -> &'static str {
    if port == 80 { "http" } else { "?" }
}

fn main() {}
