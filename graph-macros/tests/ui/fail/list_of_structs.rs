//! Structs of handles in a list.

use graph_exec::{Handles, delayed, value};

#[derive(Handles)]
struct Quote {
    price: f64,
}

#[delayed]
fn total(quotes: &[Quote]) -> f64 {
    quotes.iter().map(|quote| quote.price).sum()
}

fn main() {
    drop(total(vec![QuoteHandles { price: value(1.5) }]));
}
