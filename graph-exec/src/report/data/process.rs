//! The memory and the cores that the process used, over the time of a run.

use crate::record::{run_data::samples::ProcessSample, run_record::RunRecord};

/// How many steps the run's time is divided into, at most.
const STEPS: usize = 400;
/// Fewer steps of the cores in use are not worth a chart.
const FEWEST_STEPS: usize = 5;
/// The system counts the time on cores in steps of 10 ms, so a shorter step says little of it.
const SHORTEST_STEP_NS: u64 = 100_000_000;

/// The process over the time of a run.
#[derive(Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Process {
    /// The most bytes of memory in each of equal steps of the run's wall time.
    memory: Vec<u64>,
    /// The most bytes of all steps.
    pub(crate) most_memory: u64,
    /// How many cores were in use in each of equal steps of the run's wall time, fewer than those of
    /// memory; empty for a short run.
    pub(crate) cores: Vec<f64>,
    /// How many cores the process may use.
    available: usize,
}

impl Process {
    /// `None` when the system does not tell, and for a run that was too short.
    pub(crate) fn new(record: &RunRecord) -> Option<Self> {
        let samples = record.process();
        let wall_ns = record.wall().as_nanos() as u64;
        let memory = memory(samples, wall_ns)?;
        Some(Process {
            most_memory: memory.iter().copied().max()?,
            memory,
            cores: cores(samples, wall_ns),
            available: record.cores(),
        })
    }
}

fn memory(samples: &[ProcessSample], wall_ns: u64) -> Option<Vec<u64>> {
    let mut steps: Vec<Option<u64>> = vec![None; STEPS.min(samples.len())];
    for sample in samples {
        let step = step_of(sample.at_ns, wall_ns, steps.len())?;
        steps[step] = steps[step].max(Some(sample.resident_bytes));
    }
    // A step without a sample has what the one before had.
    let mut last = samples.first()?.resident_bytes;
    let filled = steps.into_iter().map(|bytes| {
        last = bytes.unwrap_or(last);
        last
    });
    Some(filled.collect())
}

fn step_of(at_ns: u64, wall_ns: u64, steps: usize) -> Option<usize> {
    let share = at_ns as f64 / wall_ns.max(1) as f64;
    Some(((share * steps as f64) as usize).min(steps.checked_sub(1)?))
}

/// The time on cores in each step, as a number of cores.
fn cores(samples: &[ProcessSample], wall_ns: u64) -> Vec<f64> {
    let count = STEPS.min((wall_ns / SHORTEST_STEP_NS) as usize);
    if count < FEWEST_STEPS || samples.len() < 2 {
        return Vec::new();
    }
    let cpu_until = |at_ns: f64| {
        let next = samples.partition_point(|sample| (sample.at_ns as f64) < at_ns);
        let next = next.clamp(1, samples.len() - 1);
        let (before, after) = (&samples[next - 1], &samples[next]);
        let length = (after.at_ns - before.at_ns).max(1) as f64;
        let share = ((at_ns - before.at_ns as f64) / length).clamp(0.0, 1.0);
        before.cpu_ns as f64 + share * (after.cpu_ns.saturating_sub(before.cpu_ns)) as f64
    };
    let step = wall_ns as f64 / count as f64;
    (0..count)
        .map(|index| {
            let (from, to) = (index as f64 * step, (index + 1) as f64 * step);
            ((cpu_until(to) - cpu_until(from)) / step * 100.0).round() / 100.0
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_the_most_memory_and_the_mean_of_cores() {
        let second = 1_000_000_000;
        let sample =
            |at_ns, resident_bytes, cpu_ns| ProcessSample { at_ns, resident_bytes, cpu_ns };
        let samples =
            [sample(0, 5, 0), sample(second, 9, 2 * second), sample(2 * second, 7, 3 * second)];
        assert_eq!(memory(&samples, 2 * second), Some(vec![5, 9, 7]));
        let cores = cores(&samples, 2 * second);
        assert_eq!((cores.len(), cores[3], cores[15]), (20, 2.0, 1.0));
    }
}
