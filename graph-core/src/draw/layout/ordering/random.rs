//! Pseudo-random numbers, the same in every run, and orders that are made with them.

use crate::draw::layout::proper::ProperGraph;

/// A small pseudo-random generator that always starts from the same state.
#[derive(Debug, Default)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    /// Orders all layers by random numbers that are smoothed along the links `rounds` times. Linked
    /// vertices come to be near to each other, in larger regions the more rounds there are.
    ///
    /// This is a power iteration, which approaches the Fiedler vector of the graph.
    pub(super) fn order_smoothly(&mut self, graph: &mut ProperGraph, rounds: usize) {
        let mut value: Vec<f64> = (0..graph.len()).map(|_| self.below(1 << 20) as f64).collect();
        for _ in 0..rounds {
            let links = |vertex: usize| graph.above[vertex].iter().chain(&graph.below[vertex]);
            let degree = |vertex: usize| links(vertex).count() as f64;
            let total: f64 = (0..graph.len()).map(|vertex| degree(vertex) * value[vertex]).sum();
            let mean = total / (2 * graph.links()) as f64;
            let smoothed: Vec<f64> = (0..graph.len())
                .map(|vertex| {
                    let sum: f64 = links(vertex).map(|&other| value[other]).sum();
                    (value[vertex] + sum / degree(vertex)) / 2.0 - mean
                })
                .collect();
            let largest = smoothed.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
            value = smoothed.iter().map(|value| value / largest).collect();
        }
        for layer in &mut graph.order {
            layer.sort_by(|&a, &b| value[a].total_cmp(&value[b]));
        }
        graph.number_places();
    }

    /// Returns a number below `bound`.
    ///
    /// Source: D. Knuth's 64-bit linear congruential generator MMIX.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) as usize % bound
    }

    /// Returns a number that is nearly exponentially distributed, with a mean of about 1.5. It is
    /// linear between powers of two and takes exact arithmetic only, so it is the same on every
    /// machine.
    pub(super) fn exponential(&mut self) -> f64 {
        self.below(2);
        let bits = (self.state >> 20) | 1 << 44;
        let tosses = bits.trailing_zeros();
        let rest = (bits >> (tosses + 1)) as f64 / (1u64 << (44 - tosses)) as f64;
        f64::from(tosses) + rest
    }
}
