//! The graphs that the table measures.

use crate::sample_graphs as samples;
use graph_core::Graph;

/// Name → graph.
pub(crate) fn all() -> Vec<(String, Graph)> {
    let named = [
        ("increment and add", samples::increment_and_add()),
        ("eight increments and their sum", samples::eight_increments()),
        ("branches over even and odd", samples::even_and_odd()),
        ("21 × read → convert", samples::read_and_convert()),
        ("binary tree over 64", samples::binary_tree(64)),
        ("wavefront 10 × 10", samples::wavefront(10)),
        ("random 60", samples::random(60, 20, 3)),
        ("random 150", samples::random(150, 30, 5)),
        ("random 300", samples::random(300, 40, 7)),
        ("map-reduce, shuffle 12 × 12", samples::shuffle(12)),
        ("ladder of 10 diamonds", samples::diamonds(10)),
        ("chain of 24 with long edges", samples::long_edges(24)),
        ("ten components", samples::components()),
    ];
    let named = named.into_iter().map(|(name, graph)| (name.to_owned(), graph));
    named.chain(random()).collect()
}

/// Random graphs of many sizes and densities, none of them chosen for how it comes out.
fn random() -> impl Iterator<Item = (String, Graph)> {
    const SIZES: [usize; 10] = [12, 20, 30, 40, 60, 80, 100, 150, 200, 300];
    SIZES.into_iter().enumerate().flat_map(|(index, tasks)| {
        [2, 3, 4].map(|most| {
            let seed = 100 + (3 * index + most) as u64;
            let graph = samples::random_needing(most, tasks, 10 * most, seed);
            (format!("random {tasks}, each needs ≤ {most}"), graph)
        })
    })
}
