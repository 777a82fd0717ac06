//! A line of text at its place.

use crate::draw::layout::geometry::Point;
use crate::graph::dot::paint::Colour;

/// A line of text, centred.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) content: String,
    /// The middle of the line, on its baseline.
    pub(crate) anchor: Point,
    pub(crate) size_px: f64,
    pub(crate) colour: Colour,
}
