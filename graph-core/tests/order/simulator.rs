//! Workers that take the ready task of lowest priority, and the results they keep alive.
//!
//! The count is strict: a result is alive from the *start* of its task until its last dependent
//! has *finished*, so a running task counts together with all it reads.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::shapes::Shape;

/// How long each task runs.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Durations {
    /// One step each.
    Unit,
    /// From 1 to 20 steps each, drawn by a generator that starts with this seed.
    Random(u64),
}

/// The most results alive at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Peak {
    /// Outputs stay alive to the end, for somebody asked for them.
    pub with_outputs: usize,
    /// Outputs go when they are finished, as when they are written to a file; dask counts so.
    pub without_outputs: usize,
    /// Like `with_outputs`, but only from the moment a task has finished.
    pub finished: usize,
    /// Results of roots only: what is loaded.
    pub roots: usize,
}

/// Runs `shape` on `workers` workers. `sequence` lists the tasks from the highest priority on.
pub(crate) fn peak(
    shape: &Shape,
    sequence: &[usize],
    workers: usize,
    durations: Durations,
) -> Peak {
    let dependents = shape.dependents();
    let mut priority = vec![usize::MAX; shape.len()];
    for (place, &task) in sequence.iter().enumerate() {
        priority[task] = place;
    }
    let mut random = Generator(match durations {
        Durations::Unit => 0,
        Durations::Random(seed) => seed,
    });
    let mut waiting: Vec<usize> = shape.dependencies.iter().map(Vec::len).collect();
    let mut pending: Vec<usize> = dependents.iter().map(Vec::len).collect();
    let mut ready: BinaryHeap<Reverse<(usize, usize)>> = (0..shape.len())
        .filter(|&task| waiting[task] == 0)
        .map(|task| Reverse((priority[task], task)))
        .collect();
    let mut running: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let (mut now, mut finished) = (0, 0);
    let (mut live, mut peak) = (Peak::default(), Peak::default());
    while finished < shape.len() {
        while running.len() < workers
            && let Some(Reverse((_, task))) = ready.pop()
        {
            let duration = match durations {
                Durations::Unit => 1,
                Durations::Random(_) => 1 + random.below(20),
            };
            running.push(Reverse((now + duration, task)));
            live.with_outputs += 1;
            live.without_outputs += 1;
            live.roots += usize::from(shape.dependencies[task].is_empty());
        }
        peak.with_outputs = peak.with_outputs.max(live.with_outputs);
        peak.without_outputs = peak.without_outputs.max(live.without_outputs);
        peak.roots = peak.roots.max(live.roots);
        now = running.peek().expect("some task runs until all are finished").0.0;
        while let Some(&Reverse((end, task))) = running.peek()
            && end == now
        {
            running.pop();
            finished += 1;
            live.finished += 1;
            if dependents[task].is_empty() {
                live.without_outputs -= 1;
            }
            for &dependency in &shape.dependencies[task] {
                pending[dependency] -= 1;
                if pending[dependency] == 0 {
                    live.with_outputs -= 1;
                    live.without_outputs -= 1;
                    live.finished -= 1;
                    live.roots -= usize::from(shape.dependencies[dependency].is_empty());
                }
            }
            peak.finished = peak.finished.max(live.finished);
            for &dependent in &dependents[task] {
                waiting[dependent] -= 1;
                if waiting[dependent] == 0 {
                    ready.push(Reverse((priority[dependent], dependent)));
                }
            }
        }
    }
    peak
}

/// A small deterministic generator (splitmix64, Steele, Lea and Flood 2014).
pub(crate) struct Generator(pub u64);

impl Generator {
    /// A number in `0..bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % bound
    }
}
