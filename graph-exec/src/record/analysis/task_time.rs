//! What workers did inside tasks: computed, or waited, and for what.
//!
//! The system's own times say how long each thread was on a core and how long it was ready without one.
//! What is left of the time inside tasks is divided in the ratio of what the samples saw.

use std::time::Duration;

use crate::record::run_data::{
    RunData,
    samples::{Doing, Wait, WorkerSample},
};

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

/// A time in which a worker waited inside a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WaitInterval {
    pub(crate) worker: u32,
    pub(crate) from_ns: u64,
    pub(crate) to_ns: u64,
    pub(crate) wait: Wait,
}

/// The time that a worker has lost to others: without a core, or waiting for a lock.
#[derive(Debug, Clone, Default)]
struct Lost {
    /// (when, lost until then), in the order of time.
    points: Vec<(f64, f64)>,
}

/// What is measured of less than this share of the time inside tasks says nothing of the rest.
const LEAST_COVERED: f64 = 0.5;
/// A shorter run has too few samples.
const SHORTEST_RUN: Duration = Duration::from_millis(5);
/// The kernel brings its times up to date some milliseconds apart, so shorter intervals are put together.
const WINDOW_NS: u64 = 20_000_000;
/// Waiting below this share of a worker's time is not told from such delays.
const NOISE: f64 = 0.02;

/// The tasks of one worker, in the order of time.
struct Lane {
    /// (start, end)
    tasks: Vec<(u64, u64)>,
    /// How much time is inside the tasks before each one.
    before: Vec<u64>,
}

impl Lane {
    fn new(mut tasks: Vec<(u64, u64)>) -> Self {
        tasks.sort_unstable();
        let mut sum = 0;
        let before = tasks.iter().map(|(start, end)| {
            sum += end - start;
            sum - (end - start)
        });
        let before = before.collect();
        Lane { tasks, before }
    }

    /// How much time before `at` is inside tasks.
    fn inside_until(&self, at: u64) -> u64 {
        let begun = self.tasks.partition_point(|&(start, _)| start < at);
        match begun.checked_sub(1) {
            None => 0,
            Some(last) => {
                let (start, end) = self.tasks[last];
                self.before[last] + (at.min(end) - start)
            }
        }
    }

    /// The task that runs at a moment.
    fn task_at(&self, at: u64) -> Option<(u64, u64)> {
        let begun = self.tasks.partition_point(|&(start, _)| start <= at);
        self.tasks[..begun].last().copied().filter(|&(_, end)| at <= end)
    }
}

/// Sums over some samples of one worker, in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    inside: f64,
    on_core: f64,
    without_core: f64,
    /// By [`index`].
    waits: [f64; 6],
}

fn index(wait: Wait) -> usize {
    match wait {
        Wait::Core => 0,
        Wait::Lock => 1,
        Wait::Sleep => 2,
        Wait::Disk => 3,
        Wait::Network => 4,
        Wait::Other => 5,
    }
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.inside += other.inside;
        self.on_core += other.on_core;
        self.without_core += other.without_core;
        self.waits.iter_mut().zip(other.waits).for_each(|(wait, more)| *wait += more);
    }

    /// What the time inside tasks is made of: (computed, waits).
    fn split(&self) -> (f64, [f64; 6]) {
        let computed = self.on_core.min(self.inside);
        let core = self.without_core.min(self.inside - computed);
        let rest = self.inside - computed - core;
        let seen: f64 = self.waits.iter().sum();
        if rest <= NOISE * self.inside {
            let mut waits = [0.0; 6];
            waits[index(Wait::Core)] = core;
            return (computed + rest, waits);
        }
        let mut waits = match seen > 0.0 {
            true => self.waits.map(|wait| wait / seen * rest),
            false => [0.0, 0.0, 0.0, 0.0, 0.0, rest],
        };
        waits[index(Wait::Core)] += core;
        (computed, waits)
    }

    fn lost(&self) -> f64 {
        let (_, waits) = self.split();
        waits[index(Wait::Core)] + waits[index(Wait::Lock)]
    }
}

/// What the samples say; `None` when there are too few.
pub(super) fn measure(data: &RunData) -> Option<MeasuredTime> {
    let samples = data.samples.as_ref().filter(|_| data.wall >= SHORTEST_RUN)?;
    let mut tasks = vec![Vec::new(); samples.workers.len()];
    let mut work_ns = 0;
    for entry in data.entries.iter().filter(|entry| entry.ran()) {
        work_ns += entry.duration_ns();
        if let Some(lane) = tasks.get_mut(entry.worker as usize) {
            lane.push((entry.start_ns, entry.end_ns));
        }
    }
    let (mut computed, mut waited, mut covered) = (0.0, [0.0; 6], 0.0);
    let (mut waits, mut lost) = (Vec::new(), Vec::new());
    for (worker, (seen, tasks)) in samples.workers.iter().zip(tasks).enumerate() {
        let lane = Lane::new(tasks);
        let (sums, points) = measure_lane(worker as u32, &lane, seen, &mut waits);
        let (lane_computed, lane_waits) = sums.split();
        computed += lane_computed;
        waited.iter_mut().zip(lane_waits).for_each(|(all, wait)| *all += wait);
        covered += sums.inside;
        lost.push(Lost::new(points, sums.lost()));
    }
    let work = work_ns as f64;
    if covered <= 0.0 || covered < LEAST_COVERED * work {
        return None;
    }
    let scaled = |ns: f64| Duration::from_nanos((ns / covered * work) as u64);
    let waited = waited.map(scaled);
    let time = TaskTime {
        computed: scaled(computed),
        waited_for_core: waited[index(Wait::Core)],
        waited_for_lock: waited[index(Wait::Lock)],
        slept: waited[index(Wait::Sleep)],
        waited_for_disk: waited[index(Wait::Disk)],
        waited_for_network: waited[index(Wait::Network)],
        waited_otherwise: waited[index(Wait::Other)],
    };
    Some(MeasuredTime { time, waits, lost })
}

/// The sums of one worker, and (when, lost until then) at the ends of windows.
fn measure_lane(
    worker: u32,
    lane: &Lane,
    seen: &[WorkerSample],
    waits: &mut Vec<WaitInterval>,
) -> (Sums, Vec<(f64, f64)>) {
    let (mut all, mut points) = (Sums::default(), Vec::new());
    let (mut window, mut window_from) = (Sums::default(), None);
    for pair in seen.windows(2) {
        let (earlier, later) = (&pair[0], &pair[1]);
        if earlier.thread != later.thread {
            continue;
        }
        let from = *window_from.get_or_insert(earlier.at_ns);
        if points.is_empty() {
            points.push((from as f64, 0.0));
        }
        let inside = lane.inside_until(later.at_ns) - lane.inside_until(earlier.at_ns);
        let difference = |now: u64, before: u64| now.saturating_sub(before) as f64;
        let mut sums = Sums {
            inside: inside as f64,
            on_core: difference(later.on_core_ns, earlier.on_core_ns),
            without_core: difference(later.without_core_ns, earlier.without_core_ns),
            waits: [0.0; 6],
        };
        if let (Doing::Waits(wait), Some((start, end))) = (later.doing, lane.task_at(later.at_ns)) {
            let (from_ns, to_ns) = (earlier.at_ns.max(start), later.at_ns.min(end));
            sums.waits[index(wait)] = (to_ns - from_ns) as f64;
            add_wait(waits, WaitInterval { worker, from_ns, to_ns, wait });
        }
        window.add(&sums);
        if later.at_ns - from >= WINDOW_NS {
            end_window(worker, &mut window, (from, later.at_ns), &mut points, waits);
            all.add(&std::mem::take(&mut window));
            window_from = None;
        }
    }
    if let (Some(from), Some(last)) = (window_from, seen.last()) {
        end_window(worker, &mut window, (from, last.at_ns), &mut points, waits);
        all.add(&window);
    }
    (all, points)
}

/// Notes what was lost in a window. One in which the thread was mostly without a core becomes a wait.
fn end_window(
    worker: u32,
    window: &mut Sums,
    (from_ns, to_ns): (u64, u64),
    points: &mut Vec<(f64, f64)>,
    waits: &mut Vec<WaitInterval>,
) {
    let before = points.last().map_or(0.0, |&(_, lost)| lost);
    points.push((to_ns as f64, before + window.lost()));
    let core = window.without_core.min(window.inside - window.on_core.min(window.inside));
    let is_seen = waits.iter().rev().take_while(|wait| wait.worker == worker);
    let is_seen = is_seen.take_while(|wait| wait.to_ns > from_ns).next().is_some();
    if core > 0.5 * window.inside && window.inside > 0.0 && !is_seen {
        add_wait(waits, WaitInterval { worker, from_ns, to_ns, wait: Wait::Core });
    }
}

/// Adds an interval, or makes the last one longer when it goes on.
fn add_wait(waits: &mut Vec<WaitInterval>, more: WaitInterval) {
    match waits.last_mut() {
        Some(last)
            if last.worker == more.worker
                && last.wait == more.wait
                && last.to_ns == more.from_ns =>
        {
            last.to_ns = more.to_ns;
        }
        _ if more.from_ns < more.to_ns => waits.push(more),
        _ => {}
    }
}

impl Lost {
    /// Scales what the windows say to what all of the worker's samples together say.
    fn new(mut points: Vec<(f64, f64)>, all: f64) -> Self {
        let sum = points.last().map_or(0.0, |&(_, lost)| lost);
        let factor = if sum > 0.0 { all / sum } else { 0.0 };
        points.iter_mut().for_each(|(_, lost)| *lost *= factor);
        Lost { points }
    }

    fn until(&self, at_ns: u64) -> f64 {
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

impl MeasuredTime {
    /// How much of a task's time was not lost to others, in nanoseconds.
    pub(super) fn own_ns(&self, worker: u32, start_ns: u64, end_ns: u64) -> u64 {
        let lost = self.lost.get(worker as usize);
        let lost = lost.map_or(0.0, |lost| lost.until(end_ns) - lost.until(start_ns));
        (end_ns - start_ns).saturating_sub(lost.max(0.0) as u64)
    }
}
