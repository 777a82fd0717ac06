//! The graphs and texts that the tests draw.

use std::time::Duration;

use graph_core::{Edge, Graph, Measured, MeasuredTask, Node, TaskState};

use crate::sample_graphs as samples;

/// Returns name → graph, for every golden picture.
pub(crate) fn gallery() -> Vec<(&'static str, Graph)> {
    vec![
        ("increment_and_add", samples::increment_and_add()),
        ("eight_increments", samples::eight_increments()),
        ("even_and_odd", samples::even_and_odd()),
        ("read_and_convert", samples::read_and_convert()),
        ("binary_tree_64", samples::binary_tree(64)),
        ("random_300", samples::random(300, 40, 7)),
        ("map_reduce_10000", samples::map_reduce()),
        ("states_and_texts", samples::states_and_texts()),
        ("empty", Graph::default()),
    ]
}

/// Returns the DOT of a graph, collapsed if it is large, to keep the file small.
pub(crate) fn readable_dot(graph: &Graph) -> String {
    if graph.len() > 300 { graph.collapse().to_dot() } else { graph.to_dot() }
}

/// Returns the measurements of a run of `even_and_odd`, with its critical path.
pub(crate) fn measured_run() -> (Graph, Measured) {
    let graph = samples::even_and_odd();
    let mut measured = Measured::default();
    for node in 0..graph.len() {
        let milliseconds = 3 + node as u64 * 7 % 19;
        measured.set(
            node,
            MeasuredTask {
                duration: Duration::from_millis(milliseconds),
                bytes: Some(100 << node),
                worker: Some(node % 3),
                state: Some(TaskState::Done),
                on_critical_path: [1, 2, 15].contains(&node),
            },
        );
    }
    (graph, measured)
}

/// Makes a chain of tasks with each text as function, label, argument and file.
pub(crate) fn awkward_graph(texts: &[String]) -> Graph {
    let nodes = texts
        .iter()
        .map(|text| {
            let mut node = Node::new(text.clone()).with_label(text.clone());
            node.argument = Some(text.clone());
            node.built_at.file = text.clone();
            node
        })
        .collect();
    let edges = (1..texts.len()).map(|node| Edge::data(node - 1, node)).collect();
    Graph::new(nodes, edges, vec![]).unwrap()
}

/// Returns texts that could break a format.
pub(crate) fn awkward_texts() -> Vec<String> {
    [
        "",
        " ",
        "\"",
        "\\",
        "\\\"",
        "a\nb\r\nc",
        "\t",
        "\u{0}",
        "\u{1b}[31m",
        "\u{fffe}",
        "\u{85}",
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "</svg></main></body>",
        "' onload='x",
        "<<table>>",
        "]]>",
        "<!--",
        "&amp; &#38; &nosuch;",
        "\\N \\G \\l",
        "日本語",
        "\u{202e}drow",
        "👩‍👩‍👧",
        "e\u{301}",
        "digraph {",
        "a;b",
        "{x|y}",
        "\u{7f}",
    ]
    .map(str::to_owned)
    .to_vec()
}

pub(crate) fn assert_dot_parses(dot: &str) {
    graphviz_rust::parse(dot).unwrap_or_else(|error| panic!("{error}\n{dot}"));
}
