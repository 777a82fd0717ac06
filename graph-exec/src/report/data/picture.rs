//! The graph of a run as a report shows it: the usual picture, with the critical path marked.

use graph_core::{
    __run::{Colours, FixedColours, FunctionColours},
    Graph,
};

use super::catalogue::Catalogue;
use crate::record::run_record::RunRecord;

/// A picture with more bytes would make the report too large.
const MOST_BYTES: usize = 500_000;

/// The picture, and the colours that it gives to functions.
#[derive(Debug)]
pub(crate) struct Picture {
    /// `None` when it would be too large for a report.
    pub(crate) svg: Option<String>,
    /// How many boxes it has.
    pub(crate) boxes: usize,
    /// The indices of the boxes that hold a task of the critical path.
    pub(crate) critical: Vec<usize>,
    /// Number of a function in the catalogue → its colours.
    pub(crate) colours: Vec<FunctionColours>,
    /// The colours of a box that holds several functions.
    pub(crate) several: FunctionColours,
    /// The colours of everything else.
    pub(crate) fixed: FixedColours,
}

impl Picture {
    pub(crate) fn new(record: &RunRecord, graph: &Graph, catalogue: &Catalogue) -> Self {
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
