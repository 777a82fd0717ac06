//! The colours of pictures as CSS, for other views of the same tasks.

use super::palette;
use crate::draw::collapse::quotient::Quotient;
use crate::graph::dot::paint::{self, Paint, Palette};

/// The colours of a function's box, as CSS writes them: `#d6e8f5`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionColours {
    /// The inside of the box.
    pub fill: String,
    /// The border, a stronger colour of the same hue.
    pub border: String,
}

impl FunctionColours {
    fn new(Paint { fill, border }: Paint) -> Self {
        FunctionColours { fill: fill.to_string(), border: border.to_string() }
    }

    /// Returns the colours of a box that stands for several functions.
    pub fn neutral() -> Self {
        FunctionColours::new(Palette::default().paint(None))
    }
}

/// The colours that functions have in a picture.
#[derive(Debug)]
pub struct Colours<'g> {
    palette: Palette<'g>,
}

impl<'g> Colours<'g> {
    /// Collects the colours in the picture of `quotient`.
    pub fn new(quotient: &Quotient<'g>) -> Self {
        let mut palette = Palette::default();
        for group in quotient.groups() {
            palette.paint(group.function());
        }
        Colours { palette }
    }

    /// Returns the function's colours. A function without a box of its own gets the next ones.
    pub fn for_function(&mut self, path: &'g str) -> FunctionColours {
        FunctionColours::new(self.palette.paint(Some(path)))
    }
}

/// The colours that do not depend on a function, as CSS writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedColours {
    /// The background.
    pub background: String,
    /// The names of functions.
    pub name: String,
    /// Labels, arguments and the caption.
    pub detail: String,
    /// Lines between boxes.
    pub edge: String,
    /// Failed tasks.
    pub failed: String,
}

impl Default for FixedColours {
    fn default() -> Self {
        FixedColours {
            background: palette::BACKGROUND.to_string(),
            name: palette::NAME.to_string(),
            detail: palette::DETAIL.to_string(),
            edge: paint::EDGE.to_string(),
            failed: paint::FAILED.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Graph, Node};

    #[test]
    fn functions_have_the_colours_of_their_boxes() {
        let nodes = vec![Node::new("a"), Node::new("b")];
        let graph = Graph::new(nodes, vec![], vec![]).unwrap();
        let quotient = graph.collapse();
        let picture = quotient.to_svg();
        let mut colours = Colours::new(&quotient);
        let b = colours.for_function("b");
        assert_ne!(colours.for_function("a"), b);
        let box_of_b = format!("fill=\"{}\" stroke=\"{}\"", b.fill, b.border);
        let after_b = picture.split("<title>b").nth(1).unwrap();
        assert!(after_b.contains(&box_of_b), "{after_b}");
    }
}
