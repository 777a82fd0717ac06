//! The layout of graphs that consist of chains only: left to right, one row per chain.
//!
//! ```text
//! read → convert      read → convert        a → b → c → d
//! read → convert      read → convert                    ↓
//! read → convert                            h ← g ← f ← e
//! ```
//!
//! Rows are set in blocks side by side where that makes the picture more like a screen in shape. A
//! chain that is too long for one row turns back at the end of each.

use super::components::Component;
use super::geometry::{Layout, Point, Rect, Route, Segment, Size};
use crate::graph::Edge;

/// Space between two boxes of a row, for an arrow.
const ARROW_PX: f64 = 38.0;
/// Space between two rows of one chain, for an arrow.
const TURN_PX: f64 = 34.0;
/// Space between two chains that are one above the other.
const ROW_GAP_PX: f64 = 20.0;
/// Space between two blocks of rows.
const BLOCK_GAP_PX: f64 = 56.0;
/// The greatest width of a row. A longer chain turns back.
const LONGEST_ROW_PX: f64 = 1500.0;
/// Width ÷ height of a screen, which the picture should be near to.
const ASPECT: f64 = 16.0 / 10.0;

/// A path from a source to an end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chain {
    /// The nodes from the source to the end.
    nodes: Vec<usize>,
    /// The edges between them, one fewer.
    edges: Vec<usize>,
}

/// Returns the chains, if every component is one.
pub(super) fn find(components: &[Component], nodes: usize, edges: &[Edge]) -> Option<Vec<Chain>> {
    let mut edge_out: Vec<Option<usize>> = vec![None; nodes];
    let mut edge_in: Vec<Option<usize>> = vec![None; nodes];
    for (index, edge) in edges.iter().enumerate() {
        let taken = edge_out[edge.from].replace(index).is_some()
            | edge_in[edge.to].replace(index).is_some();
        if taken {
            return None;
        }
    }
    let follow = |component: &Component| {
        let first = component.nodes.iter().copied().find(|&node| edge_in[node].is_none())?;
        let mut chain = Chain { nodes: vec![first], edges: Vec::new() };
        let mut node = first;
        while let Some(edge) = edge_out[node] {
            node = edges[edge].to;
            chain.nodes.push(node);
            chain.edges.push(edge);
        }
        Some(chain)
    };
    components.iter().map(follow).collect()
}

/// Says whether every chain fits in one row.
pub(super) fn fit_in_rows(chains: &[Chain], sizes: &[Size]) -> bool {
    Grid::new(chains, sizes).same_widths
}

/// Places the chains in rows and the rows in blocks.
pub(super) fn lay_out(chains: &[Chain], sizes: &[Size], edges: &[Edge]) -> Layout {
    let mut layout = Layout {
        boxes: vec![Rect::default(); sizes.len()],
        routes: vec![Route::default(); edges.len()],
        size: Size::default(),
    };
    let grid = Grid::new(chains, sizes);
    let heights: Vec<f64> = chains.iter().map(|chain| grid.height(chain)).collect();
    let block_height = block_height(&heights, grid.width());
    let (mut left, mut top) = (0.0, 0.0);
    for (chain, height) in chains.iter().zip(heights) {
        if top > 0.0 && top + height > block_height {
            left += grid.width() + BLOCK_GAP_PX;
            top = 0.0;
        }
        grid.place(chain, Point { x: left, y: top }, sizes, &mut layout);
        top += height + ROW_GAP_PX;
    }
    layout.move_to_origin();
    layout
}

/// Returns the height of a block that makes the picture most like a screen in shape.
fn block_height(heights: &[f64], width: f64) -> f64 {
    let tallest = heights.iter().copied().fold(0.0, f64::max);
    let total: f64 = heights.iter().map(|height| height + ROW_GAP_PX).sum();
    let distance = |blocks: usize| {
        let shape = blocks as f64 * (width + BLOCK_GAP_PX) / (total / blocks as f64).max(tallest);
        (shape / ASPECT).ln().abs()
    };
    let blocks = (1..=heights.len()).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
    let rows = heights.len().div_ceil(blocks.unwrap_or(1));
    let full_blocks = heights.chunks(rows.max(1));
    full_blocks
        .map(|block| block.iter().map(|height| height + ROW_GAP_PX).sum::<f64>() - ROW_GAP_PX)
        .fold(tallest, f64::max)
}

/// The columns that all chains share, so that equal steps are below each other.
struct Grid {
    /// Left edge and width of every column.
    columns: Vec<(f64, f64)>,
    /// Whether every box is as wide as its column. It is so unless a chain turns back, which puts
    /// different steps into one column.
    same_widths: bool,
    /// The height of the highest box.
    row_height: f64,
}

impl Grid {
    fn new(chains: &[Chain], sizes: &[Size]) -> Self {
        let longest = chains.iter().map(|chain| chain.nodes.len()).max().unwrap_or(0);
        let mut widths = vec![0.0f64; longest];
        for chain in chains {
            for (width, &node) in widths.iter_mut().zip(&chain.nodes) {
                *width = width.max(sizes[node].width);
            }
        }
        let total: f64 = widths.iter().map(|width| width + ARROW_PX).sum();
        let turns = total > LONGEST_ROW_PX;
        if turns {
            // Chains that turn back put different steps into one column: all get the same width.
            let widest = widths.iter().copied().fold(0.0, f64::max);
            let fitting = (LONGEST_ROW_PX / (widest + ARROW_PX)).floor().max(1.0) as usize;
            // Equal rows look better than full ones and a short one.
            let rows = longest.div_ceil(fitting);
            widths = vec![widest; longest.div_ceil(rows)];
        }
        let mut left = 0.0;
        let columns = widths
            .into_iter()
            .map(|width| {
                let column = (left, width);
                left += width + ARROW_PX;
                column
            })
            .collect();
        let row_height = sizes.iter().map(|size| size.height).fold(0.0, f64::max);
        Grid { columns, same_widths: !turns, row_height }
    }

    fn width(&self) -> f64 {
        self.columns.last().map_or(0.0, |(left, width)| left + width)
    }

    /// Returns the height of a chain with all its rows.
    fn height(&self, chain: &Chain) -> f64 {
        let rows = chain.nodes.len().div_ceil(self.columns.len().max(1)) as f64;
        rows * (self.row_height + TURN_PX) - TURN_PX
    }

    /// Places the boxes and routes of a chain whose upper left corner is `corner`.
    fn place(&self, chain: &Chain, corner: Point, sizes: &[Size], layout: &mut Layout) {
        for (step, &node) in chain.nodes.iter().enumerate() {
            let row = step / self.columns.len();
            let (left, width) = self.columns[self.column_of(step)];
            let centre = Point {
                x: corner.x + left + width / 2.0,
                y: corner.y + row as f64 * (self.row_height + TURN_PX) + self.row_height / 2.0,
            };
            let own = sizes[node];
            let size = Size { width: if self.same_widths { width } else { own.width }, ..own };
            layout.boxes[node] = Rect::around(centre, size);
        }
        for (step, &edge) in chain.edges.iter().enumerate() {
            let from = layout.boxes[chain.nodes[step]];
            let to = layout.boxes[chain.nodes[step + 1]];
            let (start, end) = match self.column_of(step).cmp(&self.column_of(step + 1)) {
                std::cmp::Ordering::Less => (
                    Point { x: from.right, y: from.centre().y },
                    Point { x: to.left, y: to.centre().y },
                ),
                std::cmp::Ordering::Greater => (
                    Point { x: from.left, y: from.centre().y },
                    Point { x: to.right, y: to.centre().y },
                ),
                std::cmp::Ordering::Equal => (
                    Point { x: from.centre().x, y: from.bottom },
                    Point { x: to.centre().x, y: to.top },
                ),
            };
            layout.routes[edge] = Route { start, segments: vec![Segment::Line(end)] };
        }
    }

    /// Returns the column of a step. Every other row runs backwards.
    fn column_of(&self, step: usize) -> usize {
        let columns = self.columns.len();
        let place = step % columns;
        if (step / columns).is_multiple_of(2) { place } else { columns - 1 - place }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{components, direction::Direction};
    use super::*;

    const BOX: Size = Size { width: 80.0, height: 30.0 };

    fn lay_out(sizes: &[Size], edges: &[Edge]) -> Layout {
        super::super::lay_out(sizes, edges, Direction::Automatic, &vec![false; edges.len()])
    }

    #[test]
    fn a_fork_is_no_chain() {
        let edges = [Edge::data(0, 1), Edge::data(0, 2)];
        assert_eq!(find(&components::split(3, &edges), 3, &edges), None);
    }

    #[test]
    fn a_chain_runs_left_to_right() {
        let layout = lay_out(&[BOX; 3], &[Edge::data(0, 1), Edge::data(1, 2)]);
        assert!(layout.boxes[0].right < layout.boxes[1].left);
        assert!(layout.boxes[1].right < layout.boxes[2].left);
        assert_eq!(layout.boxes[0].top, layout.boxes[2].top);
    }

    #[test]
    fn a_long_chain_turns_back() {
        let edges: Vec<Edge> = (1..100).map(|node| Edge::data(node - 1, node)).collect();
        let layout = lay_out(&[BOX; 100], &edges);
        assert!(layout.size.width <= LONGEST_ROW_PX, "{:?}", layout.size);
        assert!(layout.size.height < LONGEST_ROW_PX, "{:?}", layout.size);
    }

    #[test]
    fn equal_steps_are_below_each_other() {
        let edges = [Edge::data(0, 1), Edge::data(2, 3)];
        let layout = lay_out(&[BOX; 4], &edges);
        assert_eq!(layout.boxes[1].left, layout.boxes[3].left);
    }
}
