//! The options of a picture.

/// When similar tasks are drawn as one box.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Collapse, Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
/// let svg = |collapse| graph.picture().collapse(collapse).to_svg();
/// assert!(svg(Collapse::Automatic).contains("500 tasks, drawn as 1 box"));
/// assert!(!svg(Collapse::Never).contains("drawn as"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Collapse {
    /// Above 300 tasks, and never in DOT, because Graphviz can read long files.
    #[default]
    Automatic,
    /// Never: every task has a box of its own, however wide the picture gets.
    Never,
    /// Above this number of tasks, and to at most this number of boxes.
    Above(usize),
}

/// What the colour of a box means.
///
/// Readers with any kind of colour blindness can tell the colours apart, and the legend or a text
/// on the box says the same as the colour.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{ColourBy, Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("read"); 3], vec![], vec![]).unwrap();
/// let svg = graph.picture().colour_by(ColourBy::Order).to_svg();
/// assert!(svg.contains("order"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColourBy {
    /// The function: one colour each.
    #[default]
    Function,
    /// The place in [`Graph::order`](crate::Graph::order), from light to dark. For several tasks in
    /// one box it is the first place.
    Order,
    /// The measured time, from light to dark. For several tasks in one box it is the sum.
    Time,
    /// The measured size of the result, from light to dark. For several tasks in one box it is the
    /// sum.
    Bytes,
    /// The worker that ran the task: one colour each.
    Worker,
    /// The state: waiting, ready, running, done, failed or cancelled.
    State,
}
