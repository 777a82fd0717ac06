//! What follows from when each task ran: when it could have started, the critical path, idle times.

pub(super) mod bounds;
pub(crate) mod fate;
pub(super) mod idle;
pub(crate) mod task_time;

use std::{sync::OnceLock, time::Duration};

use graph_core::Adjacency;

use self::{
    bounds::Bounds,
    fate::{Fate, fates},
    idle::IdleTime,
    task_time::MeasuredTime,
};
use super::{recorder::Sample, run_data::RunData};

/// What is worked out from a run's data, task by task or for the whole run.
#[derive(Debug, Clone)]
pub(super) struct Analysis {
    /// Task → when its last dependency was done, since the run began.
    pub(super) ready_ns: Vec<u64>,
    /// Task → the longest time along a path of tasks that wait for each other and end with it.
    pub(super) path_ns: Vec<u64>,
    /// Time inside tasks, over all workers.
    pub(super) work: Duration,
    /// Time inside the tasks of the critical path, and between their attempts.
    pub(super) critical_path: Duration,
    /// Indices of the tasks of the critical path, the first to start first.
    pub(super) critical: Vec<u32>,
    pub(super) idle: IdleTime,
    /// Task → what became of it.
    pub(super) fates: Vec<Fate>,
    /// What workers did inside tasks; `None` when that is not known.
    pub(super) measured: Option<MeasuredTime>,
    /// The part of the work that is time between tasks which follow each other on a worker; `None` when
    /// too few were sampled to tell.
    pub(super) between: Option<Duration>,
    /// What one worker alone would have needed for the same tasks.
    pub(super) own_work: Duration,
    pub(super) bounds: Bounds,
}

/// An analysis that is made when somebody first asks for it.
#[derive(Debug, Clone, Default)]
pub(super) struct LazyAnalysis(OnceLock<Analysis>);

impl LazyAnalysis {
    /// The analysis of `data`, which must be the same in every call.
    pub(super) fn get(&self, data: &RunData) -> &Analysis {
        self.0.get_or_init(|| Analysis::new(data))
    }
}

/// No task.
const NONE: u32 = u32::MAX;

impl Analysis {
    /// Time O(|V| log |V| + |E|).
    fn new(data: &RunData) -> Self {
        let count = data.entries.len();
        let planned_ns = data.planning.as_nanos() as u64;
        let before = Adjacency::from_edges(
            count,
            data.order_edges.iter().map(|&(before, after)| (after, before)),
        );
        let mut ready_ns = vec![planned_ns; count];
        let mut path_ns = vec![0; count];
        // Task → the task before it on its longest path.
        let mut came_from = vec![NONE; count];
        let (mut work_ns, mut last) = (0, NONE);
        for index in 0..count {
            let place = (count - 1 - index) as u32;
            let awaited =
                data.dependencies.neighbours(place).iter().chain(before.neighbours(place));
            for &other in awaited {
                let other = count - 1 - other as usize;
                if data.entries[other].ran() {
                    ready_ns[index] = ready_ns[index].max(data.entries[other].end_ns);
                }
                if path_ns[other] > path_ns[index] {
                    path_ns[index] = path_ns[other];
                    came_from[index] = other as u32;
                }
            }
            let entry = &data.entries[index];
            if entry.ran() {
                // No task starts before it is ready, but the clocks of a cluster's machines differ.
                let first = data.entries.earlier(index).first().map(|(_, first)| first.start_ns);
                ready_ns[index] = match data.entries.wait(index) {
                    None => ready_ns[index].min(first.unwrap_or(entry.start_ns)),
                    // It was ready again when its future had woken the run, and that was just before.
                    Some((_, woken_ns)) => woken_ns,
                };
                path_ns[index] += entry.duration_ns() + data.entries.retried_ns(index);
                work_ns += entry.duration_ns() + data.entries.earlier_ns(index);
                if last == NONE || path_ns[index] > path_ns[last as usize] {
                    last = index as u32;
                }
            }
        }
        let mut critical = Vec::new();
        let mut next = last;
        while next != NONE {
            if data.entries[next as usize].ran() {
                critical.push(next);
            }
            next = came_from[next as usize];
        }
        critical.reverse();
        let longest_ns = critical.last().map_or(0, |&last| path_ns[last as usize]);
        let idle = idle::split(data, &ready_ns);
        let measured = task_time::measure(data);
        let between = between(data);
        let work = Duration::from_nanos(work_ns);
        let lost = measured.as_ref().map_or(Duration::ZERO, |measured| {
            measured.time.waited_for_core + measured.time.waited_for_lock
        });
        let own_work = work.saturating_sub(lost).saturating_sub(between.unwrap_or_default());
        let bounds = bounds::bounds(data, &before, measured.as_ref(), own_work);
        Analysis {
            fates: fates(data, &before),
            measured,
            between,
            own_work,
            bounds,
            ready_ns,
            path_ns,
            work,
            critical_path: Duration::from_nanos(longest_ns),
            critical,
            idle,
        }
    }
}

/// The time between tasks that follow each other: the mean of the sampled ones, of each task, but no more
/// than the task took.
fn between(data: &RunData) -> Option<Duration> {
    let Sample { tasks, whole_ns, inside_ns } = data.entries.sample();
    let mean_ns = whole_ns.saturating_sub(inside_ns).checked_div(tasks)?;
    let ran = data.entries.iter().filter(|entry| entry.ran());
    Some(Duration::from_nanos(ran.map(|entry| entry.duration_ns().min(mean_ns)).sum()))
}
