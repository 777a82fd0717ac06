//! What workers did inside tasks: computed, or waited, and for what.
//!
//! The system's own times say how long each thread was on a core and how long it was ready without one.
//! What is left of the time inside tasks is divided in the ratio of what the samples saw.

pub(crate) mod intervals;
mod lane;
mod lost;
#[cfg(test)]
mod tests;

use std::time::Duration;

use self::{
    intervals::WaitInterval,
    lane::{Lane, Split, index, measure_lane, share_out},
    lost::Lost,
};
use crate::record::run_data::{RunData, samples::Wait};

/// What workers did inside tasks, summed over all workers. Together it is the
/// [work](crate::RunRecord::work) of the run.
///
/// It is known on Linux, for runs on this machine that lasted some milliseconds.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
/// use std::{thread::sleep, time::Duration};
///
/// let naps: Vec<Delayed<()>> =
///     (0..4).map(|_| value(()).map(|()| sleep(Duration::from_millis(25)))).collect();
/// let record = Executor::builder().threads(2).build()?.run(naps)?.into_record();
/// if let Some(time) = record.task_time() {
///     assert!(time.slept > time.computed);
/// }
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TaskTime {
    /// On a core.
    pub computed: Duration,
    /// Ready to go on, but without a core: other threads, or other processes, had them all.
    pub waited_for_core: Duration,
    /// Waiting for a lock that another thread had.
    pub waited_for_lock: Duration,
    /// Asleep for a time that the task chose.
    pub slept: Duration,
    /// Waiting for a file.
    pub waited_for_disk: Duration,
    /// Waiting for a socket.
    pub waited_for_network: Duration,
    /// Waiting for another thread, another process, or something that the system does not name.
    pub waited_otherwise: Duration,
}

/// The times of [`TaskTime`] in nanoseconds, and when they passed.
#[derive(Debug, Clone)]
#[cfg_attr(not(feature = "report"), allow(dead_code, reason = "some of it is for pages"))]
pub(in crate::record) struct MeasuredTime {
    pub(in crate::record) time: TaskTime,
    /// When workers waited inside tasks, worker by worker, each in the order of time.
    pub(in crate::record) waits: Vec<WaitInterval>,
    /// Worker → the time that it had lost inside tasks, at some moments.
    lost: Vec<Lost>,
}

/// What is measured of less than this share of the time inside tasks says nothing of the rest.
const LEAST_COVERED: f64 = 0.5;
/// A shorter run has too few samples.
const SHORTEST_RUN: Duration = Duration::from_millis(5);

/// What the samples say; `None` when there are too few.
pub(super) fn measure(data: &RunData) -> Option<MeasuredTime> {
    let samples = data.samples.as_ref().filter(|_| data.wall >= SHORTEST_RUN)?;
    let mut tasks = vec![Vec::new(); samples.workers.len()];
    let mut work_ns = 0;
    for (_, entry) in data.entries.attempts() {
        work_ns += entry.duration_ns();
        if let Some(lane) = tasks.get_mut(entry.worker as usize) {
            lane.push((entry.start_ns, entry.end_ns));
        }
    }
    let (mut all, mut seen_waits, mut covered) = (Split::default(), [0.0; 6], 0.0);
    let (mut waits, mut lost) = (Vec::new(), Vec::new());
    for (worker, (seen, tasks)) in samples.workers.iter().zip(tasks).enumerate() {
        let lane = Lane::new(tasks);
        let (sums, points) = measure_lane(worker as u32, &lane, seen, &mut waits);
        let Split { computed, core, rest } = sums.split();
        all.computed += computed;
        all.core += core;
        all.rest += rest;
        // Of all workers together: one alone may have been seen a few times only.
        seen_waits.iter_mut().zip(sums.waits).for_each(|(all, wait)| *all += wait);
        covered += sums.inside;
        lost.push(Lost::new(points, sums.lost()));
    }
    let work = work_ns as f64;
    if covered <= 0.0 || covered < LEAST_COVERED * work {
        return None;
    }
    let scaled = |ns: f64| Duration::from_nanos((ns / covered * work) as u64);
    let waited = share_out(all.rest, &seen_waits).map(scaled);
    let time = TaskTime {
        computed: scaled(all.computed),
        waited_for_core: scaled(all.core),
        waited_for_lock: waited[index(Wait::Lock)],
        slept: waited[index(Wait::Sleep)],
        waited_for_disk: waited[index(Wait::Disk)],
        waited_for_network: waited[index(Wait::Network)],
        waited_otherwise: waited[index(Wait::Other)],
    };
    Some(MeasuredTime { time, waits, lost })
}

impl MeasuredTime {
    /// How much of a task's time was not lost to others, in nanoseconds.
    pub(super) fn own_ns(&self, worker: u32, start_ns: u64, end_ns: u64) -> u64 {
        let lost = self.lost.get(worker as usize);
        let lost = lost.map_or(0.0, |lost| lost.until(end_ns) - lost.until(start_ns));
        (end_ns - start_ns).saturating_sub(lost.max(0.0) as u64)
    }
}
