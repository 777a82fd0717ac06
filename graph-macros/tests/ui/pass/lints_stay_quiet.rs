#![deny(warnings, missing_docs, unused, nonstandard_style, future_incompatible, single_use_lifetimes)]
//! What is generated trips no lint that the user's own code does not.

use graph_exec::delayed;

/// Docs.
#[delayed]
#[must_use = "look at it"]
pub fn keep<'a, T>(a: &'a [T], mut b: T, _: &str, _unused: &'a str, __: u8) -> Vec<T>
where
    T: Clone + 'static,
{
    let mut all = a.to_vec();
    b = b.clone();
    all.push(b);
    all
}

/// Docs.
#[deprecated = "gone soon"]
#[delayed]
pub fn old() {}

/// Docs.
pub struct Model;

#[delayed]
impl Model {
    /// Docs.
    pub fn predict(&self, x: f64) -> f64 {
        x
    }
}

fn main() {
    drop(keep(vec![1], 2, "", "", 0));
    #[expect(deprecated, reason = "the attribute reaches the caller")]
    drop(old());
}
