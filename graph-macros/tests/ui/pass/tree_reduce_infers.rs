//! A merge is a closure whose result is inferred, or a plain function.

use std::collections::BTreeSet;

use graph_exec::{Delayed, tree_reduce, value};

fn main() {
    let sets = || (0..4_u8).map(|n| value(BTreeSet::from([n])));
    // What `collect` makes follows from the parts.
    drop(tree_reduce(sets(), |a, b| a.into_iter().chain(b).collect()));
    drop(tree_reduce(sets(), |a, b| &a | &b));
    let texts = ["a", "b"].map(|text| value(text.to_owned()));
    drop(tree_reduce(texts, |a, b| format!("{a}{b}").as_str().into()));
    let most: Option<Delayed<i32>> = tree_reduce((0..4).map(value), i32::max);
    drop(most);
    drop(tree_reduce(vec![value(vec![1.5])], |a: Vec<f64>, _| if a.is_empty() { Default::default() } else { a }));
}
