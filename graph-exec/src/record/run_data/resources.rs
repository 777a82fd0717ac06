//! How a run got on with the resources of its executor.

use std::time::Duration;

use super::intervals::covered;

/// How a run got on with one resource of its executor, or with the limit of one function.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let executor = Executor::builder().threads(2).resource("gpu", 1).build()?;
/// let frames: Vec<Delayed<i32>> = (0..4).map(|n| value(n).map(|n| n * n).resource("gpu", 1)).collect();
/// let record = executor.run(frames)?.into_record();
/// let [gpu] = record.resources() else { unreachable!() };
/// assert_eq!((gpu.name.as_str(), gpu.capacity, gpu.peak), ("gpu", 1, 1));
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourceRecord {
    /// What it is called; for the limit of a function, the path of that.
    pub name: String,
    /// Who has limited it.
    pub kind: ResourceKind,
    /// How much of it there is.
    pub capacity: u32,
    /// The most that was in use at once, by other runs too, when a task of the run had taken some.
    pub peak: u32,
    /// How many ready tasks had to wait for it, or for something else that they needed with it.
    pub held_back: usize,
    /// The time in which at least one of them waited.
    pub waited: Duration,
    /// The time that the tasks of the run held it, times how much each of them held.
    pub used: Duration,
}

/// Who has limited something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceKind {
    /// The executor: `Executor::builder().resource(…)`.
    Declared,
    /// The function: `#[delayed(at_most = …)]`.
    AtMost,
}

/// A ready task that had to wait for resources.
#[derive(Debug, Clone)]
pub(crate) struct HeldBack {
    /// Indices of what it needed, among the records of the run.
    pub(crate) resources: Vec<usize>,
    /// Since when, in nanoseconds since the run began.
    pub(crate) from_ns: u64,
    /// Until when.
    pub(crate) to_ns: u64,
}

impl ResourceRecord {
    pub(crate) fn new(
        name: String,
        kind: ResourceKind,
        capacity: u32,
        peak: u32,
        used: Duration,
    ) -> Self {
        ResourceRecord { name, kind, capacity, peak, held_back: 0, waited: Duration::ZERO, used }
    }

    /// Notes how long tasks waited; the resource has this index among those of the run.
    pub(crate) fn note_held_back(&mut self, index: usize, held_back: &[HeldBack]) {
        let own = held_back.iter().filter(|one| one.resources.contains(&index));
        let times: Vec<(u64, u64)> = own.map(|one| (one.from_ns, one.to_ns)).collect();
        self.held_back = times.len();
        self.waited = Duration::from_nanos(covered(&times));
    }

    /// `the resource `gpu`` or `the limit of `fetch``.
    pub(crate) fn in_words(&self) -> String {
        match self.kind {
            ResourceKind::Declared => format!("the resource `{}`", self.name),
            ResourceKind::AtMost => format!("the limit of `{}`", self.name),
        }
    }
}
