//! The graph in a report: the same picture as everywhere, with the critical path marked.

use graph_core::{
    __run::{Colours, FixedColours, FunctionColours},
    Graph,
};

use super::catalogue::Catalogue;
use crate::RunRecord;

/// A picture with more bytes would make the report too large.
const MOST_BYTES: usize = 500_000;

/// The picture, and the colours that it gives to functions.
#[derive(Debug)]
pub(super) struct Picture {
    /// `None` when it would be too large.
    pub(super) svg: Option<String>,
    pub(super) boxes: usize,
    /// Which boxes hold a task of the critical path.
    pub(super) critical: Vec<usize>,
    /// Function, by its number in the catalogue → its colours.
    pub(super) colours: Vec<FunctionColours>,
    pub(super) several: FunctionColours,
    pub(super) fixed: FixedColours,
}

impl Picture {
    pub(super) fn of(record: &RunRecord, graph: &Graph, catalogue: &Catalogue) -> Self {
        let quotient = graph.collapse();
        let mut critical: Vec<usize> =
            record.critical_tasks().map(|task| quotient.group_of(task.index())).collect();
        critical.sort_unstable();
        critical.dedup();
        let mut colours = Colours::new(&quotient);
        let svg = quotient.to_svg();
        Picture {
            svg: (svg.len() <= MOST_BYTES).then_some(svg),
            boxes: quotient.groups().len(),
            critical,
            colours: catalogue.functions.iter().map(|path| colours.for_function(path)).collect(),
            several: FunctionColours::neutral(),
            fixed: FixedColours::default(),
        }
    }
}
