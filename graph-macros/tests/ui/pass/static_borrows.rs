use graph_exec::{Delayed, delayed, value};

#[delayed]
fn name(text: &'static str) -> &'static str {
    text
}

#[delayed]
fn apply(function: fn(&str) -> usize, text: &str) -> usize {
    function(text)
}

#[delayed]
fn call(function: Box<dyn Fn(&str) -> usize + Send>) -> usize {
    function("text")
}

fn main() {
    let text: Delayed<&'static str> = name(value("a"));
    drop(text);
    drop(apply(str::len as fn(&str) -> usize, "abc"));
    drop(call(Box::new(|text: &str| text.len()) as Box<dyn Fn(&str) -> usize + Send>));
}
