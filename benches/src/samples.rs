//! Times of one benchmark, kept while they are measured, so that a table can compare them at the end.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::overhead::measure::median;

/// Seconds that one round took, each an average of the rounds that were timed together.
#[derive(Debug, Clone, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Times some rounds, and keeps how long one took.
    pub fn time<R>(&mut self, rounds: u64, mut round: impl FnMut() -> R) -> Duration {
        let begin = Instant::now();
        for _ in 0..rounds {
            black_box(round());
        }
        let elapsed = begin.elapsed();
        self.0.push(elapsed.as_secs_f64() / rounds.max(1) as f64);
        elapsed
    }

    /// Seconds for one round; `None` when none was timed.
    pub fn median(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| median(&mut self.0.clone()))
    }

    /// How many times faster a round is than one of `other`: the median, and those of which a quarter is below and above;
    /// `None` when one of the two was not timed.
    pub fn speed_up_over(&self, other: &Samples) -> Option<[f64; 3]> {
        let other = other.median()?;
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let quarter = sorted.len() / 4;
        let (fast, slow) = (sorted.get(quarter)?, sorted.get(sorted.len() - 1 - quarter)?);
        Some([other / self.median()?, other / slow, other / fast])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_timed_is_compared_with_nothing() {
        let mut timed = Samples::default();
        timed.time(3, || {});
        assert!(timed.median().is_some());
        assert_eq!(timed.speed_up_over(&Samples::default()), None);
        assert_eq!(Samples::default().speed_up_over(&timed), None);
    }

    #[test]
    fn a_speed_up_has_the_spread_of_its_times() {
        let plain = Samples(vec![8.0, 9.0, 7.0]);
        let graph = Samples(vec![4.0, 1.0, 2.0, 8.0]);
        assert_eq!(graph.speed_up_over(&plain), Some([8.0 / 3.0, 2.0, 4.0]));
    }
}
