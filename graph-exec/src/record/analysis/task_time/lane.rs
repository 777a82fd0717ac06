//! What one worker did inside its tasks, between each two looks at it.

use super::intervals::{WaitInterval, add_wait};
use crate::record::run_data::samples::{Doing, Wait, WorkerSample};

/// The kernel brings its times up to date some milliseconds apart, so shorter intervals are put together.
const WINDOW_NS: u64 = 20_000_000;
/// Waiting below this share of a worker's time is not told from such delays.
const NOISE: f64 = 0.02;

/// The tasks of one worker, in the order of time.
pub(super) struct Lane {
    /// (start, end)
    tasks: Vec<(u64, u64)>,
    /// How much time is inside the tasks before each one.
    before: Vec<u64>,
}

impl Lane {
    pub(super) fn new(mut tasks: Vec<(u64, u64)>) -> Self {
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

    /// What passed inside tasks between two samples of one thread.
    fn between(&self, earlier: &WorkerSample, later: &WorkerSample) -> Sums {
        let inside =
            |from, to| self.inside_until(to).saturating_sub(self.inside_until(from)) as f64;
        let difference = |now: u64, before: u64| now.saturating_sub(before) as f64;
        let without_core = difference(later.without_core_ns, earlier.without_core_ns);
        // The system adds such a wait when it is over, so it may have begun long before. Of one that was
        // partly between tasks, for which a worker without work is woken, that part does not count.
        let waited_since = later.at_ns.saturating_sub(without_core as u64).min(earlier.at_ns);
        let waited_in = (later.at_ns - waited_since).max(1) as f64;
        let inside_wait = inside(waited_since, later.at_ns) / waited_in;
        let inside = inside(earlier.at_ns, later.at_ns);
        let on_core = difference(later.on_core_ns, earlier.on_core_ns);
        Sums {
            inside,
            on_core: if inside > 0.0 { on_core } else { 0.0 },
            without_core: without_core * inside_wait,
            waits: [0.0; 6],
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
pub(super) struct Sums {
    pub(super) inside: f64,
    on_core: f64,
    pub(super) without_core: f64,
    /// By [`index`].
    pub(super) waits: [f64; 6],
}

pub(super) fn index(wait: Wait) -> usize {
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

    /// What the time inside tasks is made of.
    pub(super) fn split(&self) -> Split {
        let computed = self.on_core.min(self.inside);
        let core = self.without_core.min(self.inside - computed);
        let rest = self.inside - computed - core;
        match rest <= NOISE * self.inside {
            true => Split { computed: computed + rest, core, rest: 0.0 },
            false => Split { computed, core, rest },
        }
    }

    pub(super) fn lost(&self) -> f64 {
        let Split { core, rest, .. } = self.split();
        core + share_out(rest, &self.waits)[index(Wait::Lock)]
    }
}

/// What time inside tasks is made of, as far as the system's own times say it; in nanoseconds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Split {
    pub(super) computed: f64,
    pub(super) core: f64,
    /// Waiting for something else than a core.
    pub(super) rest: f64,
}

/// Divides time of waiting by what the samples saw.
pub(super) fn share_out(rest: f64, seen: &[f64; 6]) -> [f64; 6] {
    let all: f64 = seen.iter().sum();
    match all > 0.0 {
        true => seen.map(|wait| wait / all * rest),
        false => [0.0, 0.0, 0.0, 0.0, 0.0, rest],
    }
}

/// The sums of one worker, and (when, lost until then) at the ends of windows.
pub(super) fn measure_lane(
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
        let mut sums = lane.between(earlier, later);
        if let (Doing::Waits(wait), Some((start, end))) = (later.doing, lane.task_at(later.at_ns)) {
            // Not only the part that is inside this task: then what tasks do soon after their start, such
            // as sleeping, would count less than what they do late, such as waiting for a lock.
            sums.waits[index(wait)] = later.stands_for_ns as f64;
            let (from_ns, to_ns) = (earlier.at_ns.max(start), later.at_ns.min(end));
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
    // The system tells of a wait when it is over, so it may have begun in an earlier window.
    let told = window.without_core + window.on_core;
    let last = waits.last().filter(|wait| wait.worker == worker).map_or(0, |wait| wait.to_ns);
    if window.without_core > 0.5 * told.max(window.inside) && last <= from_ns {
        let from_ns = from_ns.min(to_ns.saturating_sub(told as u64)).max(last);
        add_wait(waits, WaitInterval { worker, from_ns, to_ns, wait: Wait::Core });
    }
}
