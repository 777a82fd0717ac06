//! What the tasks of each function took together.

use std::{collections::HashMap, time::Duration};

use graph_core::{Function, TaskState};

use super::{analysis::Analysis, run_data::RunData};

/// What the tasks of one function took together.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let parts: Vec<Delayed<i64>> = (0..4).map(value).collect();
/// let record = Executor::serial().run(parts)?.into_record();
/// let [values] = &record.by_function()[..] else { unreachable!() };
/// assert_eq!((values.function.as_str(), values.count), ("value", 4));
/// assert!(values.median <= values.max);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FunctionRecord {
    /// Path of the function.
    pub function: String,
    /// How many of its tasks ran.
    pub count: usize,
    /// How many of these failed.
    pub failed: usize,
    /// The sum of their times.
    pub total: Duration,
    /// Their share of the time inside all tasks, from 0 to 1.
    pub share: f64,
    /// The median of their times.
    pub median: Duration,
    /// The 95th percentile of their times: 95 of 100 tasks took no longer.
    pub p95: Duration,
    /// The longest of their times.
    pub max: Duration,
    /// Their share of the critical path, from 0 to 1.
    pub critical_share: f64,
}

/// What is gathered of the tasks of one function.
#[derive(Default)]
struct Gathered {
    /// The time of each task that ran.
    times: Vec<Duration>,
    /// How many of them failed.
    failed: usize,
    /// Time inside those on the critical path.
    critical: Duration,
}

/// A row for each function of which a task ran, the one with the longest time first.
pub(super) fn table(data: &RunData, analysis: &Analysis) -> Vec<FunctionRecord> {
    let mut by_pointer: HashMap<fn() -> Function, Gathered> = HashMap::new();
    for (index, entry) in data.entries.iter().enumerate().filter(|(_, entry)| entry.ran()) {
        let gathered = by_pointer.entry(entry.function).or_default();
        let of_all_attempts = entry.duration_ns() + data.entries.earlier_ns(index);
        gathered.times.push(Duration::from_nanos(of_all_attempts));
        gathered.failed += usize::from(entry.state == TaskState::Failed);
    }
    for &index in &analysis.critical {
        let entry = &data.entries[index as usize];
        let gathered = by_pointer.entry(entry.function).or_default();
        let whole = entry.duration_ns() + data.entries.retried_ns(index as usize);
        gathered.critical += Duration::from_nanos(whole);
    }
    // One function may have several pointers.
    let mut by_path: HashMap<String, Gathered> = HashMap::new();
    for (function, mut gathered) in by_pointer {
        let all = by_path.entry(function().path()).or_default();
        all.times.append(&mut gathered.times);
        all.failed += gathered.failed;
        all.critical += gathered.critical;
    }
    let row = |(function, gathered)| {
        let Gathered { mut times, failed, critical } = gathered;
        times.sort_unstable();
        let total = times.iter().sum();
        FunctionRecord {
            function,
            count: times.len(),
            failed,
            total,
            share: share(total, analysis.work),
            median: times[(times.len() - 1) / 2],
            p95: times[(times.len() * 95).div_ceil(100) - 1],
            max: times[times.len() - 1],
            critical_share: share(critical, analysis.critical_path),
        }
    };
    let mut rows: Vec<FunctionRecord> = by_path.into_iter().map(row).collect();
    rows.sort_by(|a, b| b.total.cmp(&a.total).then_with(|| a.function.cmp(&b.function)));
    rows
}

fn share(part: Duration, whole: Duration) -> f64 {
    if whole.is_zero() { 0.0 } else { part.as_secs_f64() / whole.as_secs_f64() }
}
