use graph_exec::delayed;

fn size(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = |text: &str| text.len())]
fn a(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = 1024)]
fn b(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = size(text))]
fn c(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = "size")]
fn d(text: &str) -> usize {
    text.len()
}

#[delayed(result_bytes = size)]
fn e(text: &str) -> String {
    text.to_owned()
}

#[delayed(bytes = size)]
fn f(size: String) -> usize {
    size.len()
}

fn main() {
    drop((a("a"), b("a"), c("a"), d("a"), e("a"), f("a"), size("a")));
}
