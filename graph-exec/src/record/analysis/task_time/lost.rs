//! How much of its time a worker had lost to others at any moment.

/// The time that a worker has lost to others: without a core, or waiting for a lock.
#[derive(Debug, Clone, Default)]
pub(super) struct Lost {
    /// (when, lost until then), in the order of time.
    points: Vec<(f64, f64)>,
}

impl Lost {
    /// Scales what the windows say to what all of the worker's samples together say.
    pub(super) fn new(mut points: Vec<(f64, f64)>, all: f64) -> Self {
        let sum = points.last().map_or(0.0, |&(_, lost)| lost);
        let factor = if sum > 0.0 { all / sum } else { 0.0 };
        points.iter_mut().for_each(|(_, lost)| *lost *= factor);
        Lost { points }
    }

    pub(super) fn until(&self, at_ns: u64) -> f64 {
        let at = at_ns as f64;
        let next = self.points.partition_point(|&(when, _)| when <= at);
        match (next.checked_sub(1).map(|last| self.points[last]), self.points.get(next)) {
            (None, _) => 0.0,
            (Some((_, lost)), None) => lost,
            (Some((from, lost)), Some(&(to, later))) => {
                lost + (later - lost) * (at - from) / (to - from).max(1.0)
            }
        }
    }
}
