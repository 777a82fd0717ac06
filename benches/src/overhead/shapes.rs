//! The four graph shapes that schedulers are compared on, with 64-bit numbers on the edges.
//!
//! ```text
//!  independent    chain      tree         wavefront
//!   o o o o       o           o o o o      o─o─o
//!    \ \/ /       │            \/   \/     │ │ │
//!      o          o             o   o      o─o─o
//!                 │              \ /       │ │ │
//!                 o               o        o─o─o
//! ```

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// A shape of graph; its size is the total number of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// All but one independent, and one that sums them up.
    Independent,
    /// Each needs the one before.
    Chain,
    /// A binary tree of sums.
    Tree,
    /// A square grid: each needs its left and its upper neighbour.
    Wavefront,
}

/// A way to build a graph: how each library makes its nodes.
pub trait Build {
    /// A node that has been built.
    type Handle;
    /// A node without dependencies, whose result is `number`.
    fn leaf(&mut self, number: u64) -> Self::Handle;
    /// A node that computes `3 · a + number`.
    fn step(&mut self, a: Self::Handle, number: u64) -> Self::Handle;
    /// A node that computes `a + b`.
    fn add(&mut self, a: Self::Handle, b: Self::Handle) -> Self::Handle;
    /// A node that computes the sum of all.
    fn sum(&mut self, all: Vec<Self::Handle>) -> Self::Handle;
    /// Another handle of the same node.
    fn again(&mut self, a: &Self::Handle) -> Self::Handle;
    /// Prepares a node whose result is used twice.
    fn shared(&mut self, a: Self::Handle) -> Self::Handle {
        a
    }
}

/// What [`Build::step`] computes.
pub fn step(a: u64, number: u64) -> u64 {
    a.wrapping_mul(3).wrapping_add(number)
}

impl Shape {
    /// All of them.
    pub const ALL: [Shape; 4] = [Shape::Independent, Shape::Chain, Shape::Tree, Shape::Wavefront];

    /// The name used in tables and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Independent => "independent",
            Shape::Chain => "chain",
            Shape::Tree => "tree",
            Shape::Wavefront => "wavefront",
        }
    }

    /// Builds a graph of this shape with about `tasks` nodes, and returns the last one.
    pub fn build<B: Build>(self, build: &mut B, tasks: usize) -> B::Handle {
        match self {
            Shape::Independent => {
                let leaves = (1..tasks as u64).map(|number| build.leaf(number)).collect();
                build.sum(leaves)
            }
            Shape::Chain => {
                let first = build.leaf(1);
                (1..tasks as u64).fold(first, |last, number| build.step(last, number))
            }
            Shape::Tree => {
                let mut level: Vec<_> =
                    (1..=tasks as u64 / 2).map(|number| build.leaf(number)).collect();
                while level.len() > 1 {
                    let mut next = Vec::with_capacity(level.len().div_ceil(2));
                    let mut pairs = level.into_iter();
                    while let Some(a) = pairs.next() {
                        next.push(match pairs.next() {
                            Some(b) => build.add(a, b),
                            None => a,
                        });
                    }
                    level = next;
                }
                level.pop().expect("a tree has a leaf")
            }
            Shape::Wavefront => {
                let side = tasks.isqrt();
                let mut above: Vec<B::Handle> = Vec::new();
                for row in 0..side {
                    let mut current: Vec<B::Handle> = Vec::with_capacity(side);
                    for column in 0..side {
                        let left = column.checked_sub(1).map(|left| build.again(&current[left]));
                        let up = above.get(column).map(|up| build.again(up));
                        let node = match (left, up) {
                            (Some(left), Some(up)) => build.add(left, up),
                            (Some(left), None) => build.step(left, column as u64),
                            (None, Some(up)) => build.step(up, row as u64),
                            (None, None) => build.leaf(1),
                        };
                        current.push(build.shared(node));
                    }
                    above = current;
                }
                above.pop().expect("a grid has a corner")
            }
        }
    }

    /// How many nodes [`build`](Shape::build) makes of `tasks`.
    pub fn tasks(self, tasks: usize) -> usize {
        match self {
            Shape::Independent | Shape::Chain => tasks,
            Shape::Tree => tasks / 2 * 2 - 1,
            Shape::Wavefront => tasks.isqrt().pow(2),
        }
    }

    /// The result that the last node must have.
    pub fn expected(self, tasks: usize) -> u64 {
        self.build(&mut Immediate, tasks)
    }
}

/// Computes every node at once; the result of every library is checked against this one.
struct Immediate;

impl Build for Immediate {
    type Handle = u64;
    fn leaf(&mut self, number: u64) -> u64 {
        number
    }
    fn step(&mut self, a: u64, number: u64) -> u64 {
        step(a, number)
    }
    fn add(&mut self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
    fn sum(&mut self, all: Vec<u64>) -> u64 {
        all.into_iter().fold(0, u64::wrapping_add)
    }
    fn again(&mut self, a: &u64) -> u64 {
        *a
    }
}
