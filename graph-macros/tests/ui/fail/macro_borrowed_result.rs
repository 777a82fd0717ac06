use graph_exec::delayed;

#[delayed]
fn first(words: &[String]) -> &str {
    &words[0]
}

#[delayed]
fn longest<'a>(a: &'a str, b: &'a str) -> Option<&'a str> {
    if a.len() > b.len() { Some(a) } else { Some(b) }
}

fn main() {
    drop(first(vec![String::new()]));
    drop(longest("a", "b"));
}
