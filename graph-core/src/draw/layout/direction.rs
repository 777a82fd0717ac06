//! The direction in which the data flows in a picture.

use super::geometry::{Layout, Point, Size};

/// The direction in which the arrows of a picture point.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Direction, Edge, Graph, Node};
///
/// let nodes = vec![Node::new("load"), Node::new("total")];
/// let graph = Graph::new(nodes, vec![Edge::data(0, 1)], vec![1]).unwrap();
/// let picture = graph.picture().direction(Direction::TopToBottom);
/// assert!(picture.to_mermaid().starts_with("flowchart TB"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Direction {
    /// Left to right for a graph that consists of chains only, each turning back at the end of a
    /// row; otherwise top to bottom.
    #[default]
    Automatic,
    /// Dependencies above their dependents.
    TopToBottom,
    /// Dependencies to the left of their dependents.
    LeftToRight,
    /// Dependencies below their dependents.
    BottomToTop,
    /// Dependencies to the right of their dependents.
    RightToLeft,
}

impl Direction {
    /// Says whether the layers of the layout are columns and not rows.
    pub(super) fn is_sideways(self) -> bool {
        matches!(self, Direction::LeftToRight | Direction::RightToLeft)
    }

    /// Returns the two letters that DOT and Mermaid use for it.
    pub(crate) fn letters(self) -> &'static str {
        match self {
            Direction::Automatic | Direction::TopToBottom => "TB",
            Direction::LeftToRight => "LR",
            Direction::BottomToTop => "BT",
            Direction::RightToLeft => "RL",
        }
    }
}

impl Layout {
    /// Mirrors a layout that runs down or to the right when `direction` is up or to the left.
    pub(super) fn turn_towards(&mut self, direction: Direction) {
        let Size { width, height } = self.size;
        match direction {
            Direction::BottomToTop => self.map(|point| Point { y: height - point.y, ..point }),
            Direction::RightToLeft => self.map(|point| Point { x: width - point.x, ..point }),
            Direction::Automatic | Direction::TopToBottom | Direction::LeftToRight => {}
        }
    }
}
