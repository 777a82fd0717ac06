//! The pictures' colours, for other views of the same tasks.

use super::palette::{self, Paint, Palette};
use crate::draw::collapse::quotient::Quotient;

/// The colours of a function's box, as CSS writes them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionColours {
    /// Inside of the box.
    pub fill: String,
    /// Its border: the function's colour at its strongest.
    pub border: String,
}

impl FunctionColours {
    fn new(Paint { fill, border }: Paint) -> Self {
        FunctionColours { fill: fill.to_string(), border: border.to_string() }
    }

    /// The colours of a box that stands for several functions.
    pub fn of_several() -> Self {
        FunctionColours::new(Palette::default().paint(None))
    }
}

/// Hands out the colours that functions have in a picture.
pub struct Colours<'g> {
    palette: Palette<'g>,
}

impl<'g> Colours<'g> {
    /// The colours in the picture of `quotient`.
    pub fn of(quotient: &Quotient<'g>) -> Self {
        let mut palette = Palette::default();
        for group in quotient.groups() {
            palette.paint(group.function());
        }
        Colours { palette }
    }

    /// The function's colours; a function without a box of its own gets the next ones.
    pub fn of_function(&mut self, path: &'g str) -> FunctionColours {
        FunctionColours::new(self.palette.paint(Some(path)))
    }
}

/// The few colours that do not depend on a function, as CSS writes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedColours {
    /// Behind everything.
    pub background: String,
    /// Names of functions.
    pub name: String,
    /// Labels, arguments and the caption.
    pub detail: String,
    /// Lines between boxes.
    pub edge: String,
    /// Failed tasks.
    pub failed: String,
}

impl FixedColours {
    /// What every picture has.
    pub fn of_pictures() -> Self {
        FixedColours {
            background: palette::BACKGROUND.to_string(),
            name: palette::NAME.to_string(),
            detail: palette::DETAIL.to_string(),
            edge: palette::EDGE.to_string(),
            failed: palette::FAILED.to_string(),
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
        let mut colours = Colours::of(&quotient);
        let b = colours.of_function("b");
        assert_ne!(colours.of_function("a"), b);
        let box_of_b = format!("fill=\"{}\" stroke=\"{}\"", b.fill, b.border);
        let after_b = picture.split("<title>b").nth(1).unwrap();
        assert!(after_b.contains(&box_of_b), "{after_b}");
    }
}
