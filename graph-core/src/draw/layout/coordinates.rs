//! Turns layers and their orders into coordinates: a column for every vertex, a band for every
//! layer.

mod columns;

use super::geometry::Size;
use super::proper::ProperGraph;

/// Free space between two layers where all links are vertical.
const LAYER_GAP_PX: f64 = 40.0;
/// The most space that is added where links are not vertical.
const MOST_EXTRA_LAYER_GAP_PX: f64 = 48.0;
/// Horizontal pixels of the widest link for which one pixel of height is added, so that no link is
/// nearly horizontal.
const RUN_PER_EXTRA_PX: f64 = 14.0;

/// Where the vertices of a proper graph are.
#[derive(Debug)]
pub(super) struct Coordinates {
    /// Vertex → the x of its centre.
    pub(super) columns: Vec<f64>,
    /// Layer → its band.
    pub(super) bands: Vec<Band>,
}

impl Coordinates {
    /// Computes the coordinates for boxes of these sizes.
    pub(super) fn new(graph: &ProperGraph, sizes: &[Size]) -> Self {
        let columns = columns::columns(graph, sizes);
        let bands = bands(graph, sizes, &columns);
        Coordinates { columns, bands }
    }
}

/// The horizontal strip that the boxes of a layer share.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Band {
    pub(super) top: f64,
    pub(super) bottom: f64,
}

impl Band {
    pub(super) fn centre(&self) -> f64 {
        (self.top + self.bottom) / 2.0
    }
}

/// Returns layer → its band.
fn bands(graph: &ProperGraph, sizes: &[Size], columns: &[f64]) -> Vec<Band> {
    let mut top = 0.0;
    let mut bands = Vec::with_capacity(graph.order.len());
    for layer in &graph.order {
        let boxes = layer.iter().filter(|&&vertex| !graph.is_dummy(vertex));
        let height = boxes.map(|&vertex| sizes[vertex].height).fold(0.0, f64::max);
        let widest_run = layer
            .iter()
            .flat_map(|&vertex| graph.below[vertex].iter().map(move |&other| (vertex, other)))
            .map(|(vertex, other)| (columns[vertex] - columns[other]).abs())
            .fold(0.0, f64::max);
        bands.push(Band { top, bottom: top + height });
        let extra = (widest_run / RUN_PER_EXTRA_PX).min(MOST_EXTRA_LAYER_GAP_PX);
        top += height + LAYER_GAP_PX + extra;
    }
    bands
}
