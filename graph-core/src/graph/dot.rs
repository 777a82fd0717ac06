//! Writes a graph in Graphviz's DOT language. It needs no layout, so it is there without pictures.

pub(crate) mod paint;
pub(crate) mod text;
pub(crate) mod writer;

use std::fmt;

use super::{Edge, Graph};
use paint::Palette;
use writer::DotNode;

impl Graph {
    /// Returns the graph in Graphviz's DOT language, with a node for every task.
    ///
    /// With the feature `draw`, a large graph can be collapsed first: `graph.collapse().to_dot()`.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Edge, Graph, Node};
    ///
    /// let nodes = vec![Node::new("load"), Node::new("total")];
    /// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1])?;
    /// assert!(graph.to_dot().contains("t0 -> t1;"));
    /// # Ok::<(), graph_core::GraphError>(())
    /// ```
    pub fn to_dot(&self) -> String {
        let mut dot = String::new();
        write_graph(&mut dot, self).expect("writing to a string cannot fail");
        dot
    }
}

fn write_graph(out: &mut String, graph: &Graph) -> fmt::Result {
    let mut is_output = vec![false; graph.len()];
    for &output in graph.outputs() {
        is_output[output] = true;
    }
    let mut palette = Palette::default();
    writer::begin(out, None)?;
    for (index, node) in graph.nodes().iter().enumerate() {
        let label = match node.detail() {
            Some(detail) => format!("{}\n{detail}", node.name()),
            None => node.name().to_owned(),
        };
        writer::node(
            out,
            index,
            &DotNode {
                label: &label,
                tooltip: &text::one_string(text::lines(node)),
                paint: palette.paint(Some(&node.function)),
                state: node.state,
                output: is_output[index],
                critical: false,
            },
        )?;
    }
    for edge in Edge::without_duplicates(graph.edges().iter().copied()) {
        writer::edge(out, &edge, false)?;
    }
    writer::end(out)
}
