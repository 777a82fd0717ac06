use graph_exec::delayed;

#[delayed]
fn forever() -> ! {
    loop {}
}

fn main() {
    drop(forever());
}
