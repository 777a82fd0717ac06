//! rayon without a graph: the shapes written by hand, as is possible when they are known in advance.

use std::hint::black_box;

use rayon::{ThreadPool, ThreadPoolBuilder, iter::*, join};

use crate::overhead::{
    library::{Library, Round},
    shapes::{Shape, step},
};

/// A pool of threads, and no graph.
#[derive(Debug)]
pub struct Rayon {
    pool: ThreadPool,
}

impl Rayon {
    /// Starts the threads.
    ///
    /// # Panics
    /// When the system refuses them.
    pub fn new(threads: usize) -> Self {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        Rayon { pool: pool.expect("the system grants a few threads") }
    }
}

impl Library for Rayon {
    fn round(&self, shape: Shape, tasks: usize) -> Round {
        Round::time(|| (), |()| (self.pool.install(|| compute(shape, tasks)), ()))
    }
}

fn compute(shape: Shape, tasks: usize) -> u64 {
    match shape {
        Shape::Independent => {
            (1..tasks as u64).into_par_iter().map(leaf).reduce(|| 0, u64::wrapping_add)
        }
        Shape::Chain => (1..tasks as u64).fold(leaf(1), |last, number| step(last, leaf(number))),
        Shape::Tree => tree(1, tasks as u64 / 2),
        Shape::Wavefront => wavefront(tasks.isqrt()),
    }
}

/// A leaf that the compiler cannot see through; otherwise it would find a formula for a whole shape.
fn leaf(number: u64) -> u64 {
    black_box(number)
}

/// The sum of `[first, last]`, one `join` for each node inside the tree.
fn tree(first: u64, last: u64) -> u64 {
    if first == last {
        return leaf(first);
    }
    let middle = first.midpoint(last);
    let (low, high) = join(|| tree(first, middle), || tree(middle + 1, last));
    low.wrapping_add(high)
}

/// The corner of a grid, computed diagonal by diagonal, since the nodes of one are independent.
///
/// ```text
///  0 1 2
///  1 2 3    a node is at (row, diagonal − row)
///  2 3 4
/// ```
fn wavefront(side: usize) -> u64 {
    let mut last = vec![leaf(1)];
    let mut last_first = 0;
    for diagonal in 1..2 * side - 1 {
        let first = (diagonal + 1).saturating_sub(side);
        let rows = first..side.min(diagonal + 1);
        last = rows
            .into_par_iter()
            .map(|row| match (row, diagonal - row) {
                (0, column) => step(last[0], leaf(column as u64)),
                (row, 0) => step(last[row - 1 - last_first], leaf(row as u64)),
                (row, _) => last[row - last_first].wrapping_add(last[row - 1 - last_first]),
            })
            .collect();
        last_first = first;
    }
    last[0]
}
