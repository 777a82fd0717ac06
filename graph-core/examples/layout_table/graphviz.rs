//! Graphviz's picture of the same graph, with boxes of the same sizes.
//!
//! Source of the format: "Plain" in the Graphviz documentation of output formats.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use graph_core::Graph;

use crate::drawing::{Box, Curve, Drawing};

/// Graphviz measures in inches; its points are our pixels.
const PX_PER_INCH: f64 = 72.0;

/// Returns the drawing that `dot` makes of the graph, or `None` where there is no `dot`.
pub(crate) fn draw(ours: &Drawing, graph: &Graph) -> Option<Drawing> {
    let mut child = Command::new("dot")
        .arg("-Tplain")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut input = child.stdin.take()?;
    input.write_all(dot(ours, graph).as_bytes()).ok()?;
    drop(input);
    let output = child.wait_with_output().ok()?;
    Some(read(&String::from_utf8_lossy(&output.stdout)))
}

fn dot(ours: &Drawing, graph: &Graph) -> String {
    let mut dot = String::from("digraph {\n  node [shape=box, fixedsize=true, label=\"\"];\n");
    for (index, rect) in ours.boxes.iter().enumerate() {
        let (width, height) = (rect.width / PX_PER_INCH, rect.height / PX_PER_INCH);
        writeln!(dot, "  t{index} [width={width:.4}, height={height:.4}];")
            .expect("writing to a string cannot fail");
    }
    let pairs: BTreeSet<(usize, usize)> =
        graph.edges().iter().map(|edge| (edge.to, edge.from)).collect();
    for (to, from) in pairs {
        writeln!(dot, "  t{from} -> t{to};").expect("writing to a string cannot fail");
    }
    dot + "}\n"
}

fn read(plain: &str) -> Drawing {
    let mut drawing = Drawing::default();
    for line in plain.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let px = |place: usize| words[place].parse::<f64>().expect("a number") * PX_PER_INCH;
        match words.first() {
            Some(&"node") => {
                let (x, y, width, height) = (px(2), px(3), px(4), px(5));
                let (left, top) = (x - width / 2.0, y - height / 2.0);
                drawing.boxes.push(Box { left, top, width, height });
            }
            Some(&"edge") => {
                let count: usize = words[3].parse().expect("a count");
                let points: Vec<(f64, f64)> =
                    (0..count).map(|point| (px(4 + 2 * point), px(5 + 2 * point))).collect();
                let mut curve = Curve::default();
                curve.line_to(points[0]);
                for cubic in points[1..].chunks_exact(3) {
                    curve.cubic_to(cubic[0], cubic[1], cubic[2]);
                }
                drawing.curves.push(curve);
            }
            _ => {}
        }
    }
    drawing
}
