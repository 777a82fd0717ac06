//! How much time workers spent outside tasks, and why.

use std::time::Duration;

use super::run_data::RunData;

/// Time that workers spent outside tasks, summed over all workers.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// // One worker never waits for another.
/// let record = Executor::serial().run(value(1).map(|n| n + 1))?.into_record();
/// assert!(record.idle().nothing_ready < record.wall());
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct IdleTime {
    /// No task was ready, so the graph itself left workers idle; planning counts as this.
    pub nothing_ready: Duration,
    /// A task was ready that no worker had picked up yet, because scheduling takes time or because
    /// the memory limit forbade it.
    pub not_picked_up: Duration,
}

/// Splits the idle time by its reason. `ready_ns` says when each task was ready.
///
/// It goes through the run's events in the order of time: at each moment, as many idle workers as
/// there are ready tasks could have picked one up. Time O(|V| log |V|).
pub(super) fn split(data: &RunData, ready_ns: &[u64]) -> IdleTime {
    // (when, change of ready tasks, change of running tasks)
    let mut events: Vec<(u64, i32, i32)> = Vec::with_capacity(3 * data.entries.len());
    for (entry, &ready) in data.entries.iter().zip(ready_ns) {
        if entry.ran() {
            if ready < entry.start_ns {
                events.push((ready, 1, 0));
                events.push((entry.start_ns, -1, 1));
            } else {
                events.push((entry.start_ns, 0, 1));
            }
            events.push((entry.end_ns, 0, -1));
        }
    }
    events.sort_unstable();
    let wall_ns = data.wall.as_nanos() as u64;
    events.push((wall_ns, 0, 0));
    let (mut nothing_ready, mut not_picked_up) = (0, 0);
    let (mut now, mut ready, mut running) = (0, 0, 0);
    for (when, ready_change, running_change) in events {
        let idle = (data.workers as i64 - i64::from(running)).max(0) as u64;
        let could_run = idle.min(ready.max(0) as u64);
        let elapsed = when.saturating_sub(now);
        not_picked_up += could_run * elapsed;
        nothing_ready += (idle - could_run) * elapsed;
        now = now.max(when);
        ready += ready_change;
        running += running_change;
    }
    IdleTime {
        nothing_ready: Duration::from_nanos(nothing_ready),
        not_picked_up: Duration::from_nanos(not_picked_up),
    }
}
