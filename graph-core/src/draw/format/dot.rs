//! Writes a quotient and its style in Graphviz's DOT language.

use std::fmt::{self, Write};

use crate::draw::layout::direction::Direction;
use crate::draw::style::Style;
use crate::draw::style::legend::Legend;
use crate::format::grouped;
use crate::graph::dot::writer::{self, DotNode, Quoted};

/// Writes every group as a node, every edge and the legend.
pub(crate) fn write(style: &Style<'_, '_>) -> String {
    let mut dot = String::new();
    write_graph(&mut dot, style).expect("writing to a string cannot fail");
    dot
}

fn write_graph(out: &mut String, style: &Style<'_, '_>) -> fmt::Result {
    let chosen = style.direction != Direction::Automatic;
    writer::begin(out, chosen.then(|| style.direction.letters()))?;
    for index in 0..style.quotient.groups().len() {
        write_group(out, index, style)?;
    }
    for (edge, &critical) in style.quotient.edges().iter().zip(&style.critical_edges) {
        writer::edge(out, edge, critical)?;
    }
    if let Some(legend) = &style.legend {
        write_legend(out, legend)?;
    }
    writer::end(out)
}

fn write_group(out: &mut String, index: usize, style: &Style<'_, '_>) -> fmt::Result {
    let group = &style.quotient.groups()[index];
    let mut label = group.name().into_owned();
    if group.tasks() > 1 {
        write!(label, " ×{}", grouped(group.tasks()))?;
    }
    if let Some(detail) = group.detail() {
        write!(label, "\n{detail}")?;
    }
    let node = DotNode {
        label: &label,
        tooltip: &style.tooltips[index],
        paint: style.paints[index],
        state: group.state(),
        output: group.is_output(),
        critical: style.critical_groups[index],
    };
    writer::node(out, index, &node)
}

/// Writes the legend as a frame with a box per colour.
fn write_legend(out: &mut String, legend: &Legend) -> fmt::Result {
    writeln!(out, "  subgraph cluster_legend {{")?;
    writeln!(
        out,
        "    label=\"{}\"; fontname=\"DejaVu Sans\"; fontsize=12;",
        Quoted(legend.title())
    )?;
    writeln!(out, "    node [style=filled, height=0.3, fontsize=11];")?;
    for (index, (label, paint, critical)) in legend.colours().enumerate() {
        let width = if critical { ", penwidth=3" } else { "" };
        writeln!(
            out,
            "    legend{index} [label=\"{}\", fillcolor=\"{}\", color=\"{}\"{width}];",
            Quoted(&label),
            paint.fill,
            paint.border
        )?;
    }
    writeln!(out, "  }}")
}

#[cfg(test)]
mod tests {
    use crate::graph::{Edge, Graph, Node};

    #[test]
    fn a_graph_is_written_alike_with_and_without_pictures() {
        let nodes = vec![
            Node::new("a::load").with_label("x & y"),
            Node::new("b::load"),
            Node::new("a::total"),
        ];
        // The same pair of tasks twice, in both kinds, and dependents out of order.
        let edges = vec![Edge::order(1, 2), Edge::data(1, 2), Edge::data(0, 1), Edge::data(0, 2)];
        let graph = Graph::new(nodes, edges, vec![2]).unwrap();
        assert_eq!(graph.to_dot(), graph.collapse().to_dot());
    }
}
