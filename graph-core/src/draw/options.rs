//! What the user decides about a picture.

/// When tasks that play the same part are drawn as one box.
///
/// ```
/// use graph_core::{Collapse, Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("read"); 500], vec![], vec![]).unwrap();
/// let svg = |collapse| graph.picture().collapse(collapse).to_svg();
/// assert!(svg(Collapse::Automatic).contains("500 tasks, drawn as 1 box"));
/// assert!(!svg(Collapse::Never).contains("drawn as"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Collapse {
    /// Above 300 tasks; in DOT never, for Graphviz has no trouble with a long file.
    #[default]
    Automatic,
    /// Every task is drawn for itself, however wide the picture gets.
    Never,
    /// Above so many tasks, and to no more boxes than that.
    Above(usize),
}

/// What the colour of a box tells.
///
/// The palettes can be told apart by readers who see fewer colours than others; whatever a colour
/// says stands in the legend or on the box too.
///
/// ```
/// use graph_core::{ColourBy, Graph, Node};
///
/// let graph = Graph::new(vec![Node::new("read"); 3], vec![], vec![]).unwrap();
/// let svg = graph.picture().colour_by(ColourBy::Order).to_svg();
/// assert!(svg.contains("order"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum ColourBy {
    /// The function, one colour each.
    #[default]
    Function,
    /// The place in [`Graph::order`](crate::Graph::order), from light to dark; of several tasks
    /// in one box the first.
    Order,
    /// The measured time, from light to dark; of several tasks in one box the sum.
    Time,
    /// The measured size of the result, from light to dark; of several tasks in one box the sum.
    Bytes,
    /// The worker that ran it, one colour each.
    Worker,
    /// Waiting, ready, running, done, failed or cancelled.
    State,
}
