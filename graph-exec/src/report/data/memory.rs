//! The declared bytes that live, over the time of a run.
//!
//! From its start to its end, a task holds the bytes that it declared. From then on it holds the bytes
//! of its result, for which it may have declared another number, until the last task that takes the
//! result has ended, or until the end of the run when no task takes it.

use crate::record::{run_record::RunRecord, task::TaskRecord};

/// How many steps the run's time is divided into.
const STEPS: usize = 800;

/// The declared bytes of a run over its time.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Memory {
    /// The most bytes that lived at once.
    pub(crate) peak: u64,
    /// The executor's memory limit in bytes; `None` without one.
    pub(crate) limit: Option<u64>,
    /// The most bytes that lived in each of equal steps of the run's wall time.
    steps: Vec<u64>,
}

impl Memory {
    /// The most bytes in each of equal steps of the run's wall time.
    pub(crate) fn steps(&self) -> &[u64] {
        &self.steps
    }

    /// `None` when no task declared anything.
    pub(crate) fn new(record: &RunRecord) -> Option<Self> {
        let declared = |task: &TaskRecord<'_>| {
            task.worker().is_some() && (task.bytes().is_some() || task.result_bytes().is_some())
        };
        if !record.tasks().any(|task| declared(&task)) {
            return None;
        }
        let wall_ns = record.wall().as_nanos() as u64;
        let mut needed_until_ns: Vec<Option<u64>> = vec![None; record.tasks().len()];
        for task in record.tasks() {
            let end_ns = task.worker().map(|_| task.end().as_nanos() as u64);
            for dependency in task.dependencies() {
                let until = &mut needed_until_ns[dependency];
                *until = (*until).max(end_ns);
            }
        }
        // (when, bytes that go, bytes that come); of events at one moment, those that free bytes
        // come first.
        let mut events: Vec<(u64, u64, u64)> = Vec::new();
        for task in record.tasks().filter(declared) {
            let (start_ns, end_ns) = (task.start().as_nanos() as u64, task.end().as_nanos() as u64);
            let reserved = task.bytes().unwrap_or(0);
            let result = task.result_bytes().unwrap_or(reserved);
            events.push((start_ns, 0, reserved));
            events.push((end_ns, reserved, result));
            let until_ns = needed_until_ns[task.index()].unwrap_or(wall_ns);
            events.push((until_ns.max(end_ns), result, 0));
        }
        events.sort_unstable_by_key(|&(when, goes, comes)| (when, comes > goes));
        let mut steps = vec![0; STEPS];
        let step_of = |when: u64| {
            let share = when as f64 / wall_ns.max(1) as f64;
            ((share * STEPS as f64) as usize).min(STEPS - 1)
        };
        let (mut live, mut peak, mut step) = (0u64, 0, 0);
        for (when, goes, comes) in events {
            let here = step_of(when);
            // Since the last event nothing has changed, so the steps in between have the same bytes.
            steps[step..=here].iter_mut().for_each(|most| *most = live.max(*most));
            step = here;
            live = live.saturating_sub(goes).saturating_add(comes);
            steps[here] = live.max(steps[here]);
            peak = live.max(peak);
        }
        let limit = record.memory().map(|memory| memory.limit);
        Some(Memory { peak, limit, steps })
    }
}
