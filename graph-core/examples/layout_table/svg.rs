//! Reads our own pictures, so that what is measured is what was drawn.

use crate::drawing::{Box, Curve, Drawing};

/// Returns the boxes and edges of a picture that [`graph_core::Graph::to_svg`] made.
pub(crate) fn read(svg: &str) -> Drawing {
    let document = roxmltree::Document::parse(svg).expect("our SVG is well-formed");
    let mut drawing = Drawing::default();
    for node in document.descendants() {
        let number = |name: &str| node.attribute(name).and_then(|text| text.parse::<f64>().ok());
        if node.has_tag_name("rect") && node.has_attribute("rx") {
            drawing.boxes.push(Box {
                left: number("x").expect("a box has a place"),
                top: number("y").expect("a box has a place"),
                width: number("width").expect("a box has a size"),
                height: number("height").expect("a box has a size"),
            });
        }
        let strokes_edges =
            node.parent().is_some_and(|parent| parent.attribute("fill") == Some("none"));
        if node.has_tag_name("path") && strokes_edges {
            drawing.curves.push(path(node.attribute("d").unwrap_or_default()));
        }
    }
    drawing
}

/// A path of absolute `M`, `L` and `C` commands.
fn path(data: &str) -> Curve {
    let mut curve = Curve::default();
    for command in data.split(['M', 'L']).flat_map(|part| {
        // Whatever follows a `C` is a curve of its own.
        part.split('C').enumerate().map(|(place, text)| (place > 0, text))
    }) {
        let (cubic, text) = command;
        let numbers: Vec<f64> =
            text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
        match (cubic, &numbers[..]) {
            (false, &[x, y]) => curve.line_to((x, y)),
            (true, &[a, b, c, d, e, f]) => curve.cubic_to((a, b), (c, d), (e, f)),
            (_, []) => {}
            other => panic!("no path of lines and cubics: {other:?} in {data}"),
        }
    }
    curve
}
