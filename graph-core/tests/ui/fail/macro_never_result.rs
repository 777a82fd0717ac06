use graph_core::delayed;

#[delayed]
fn forever() -> ! {
    loop {}
}

fn main() {
    drop(forever());
}
