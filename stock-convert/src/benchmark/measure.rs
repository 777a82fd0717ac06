//! Measures a plain loop against the graph, in turns, until both have run long enough to be compared.

use std::time::Duration;

use graph_exec::RunRecord;

use crate::benchmark::report::Measured;

/// The times of one run, of the graph or the loop.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct GraphRun {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// The sum of the times of all tasks.
    pub(crate) work: Duration,
    /// The longest chain of tasks, by time.
    pub(crate) critical_path: Duration,
    /// How many workers it had.
    pub(crate) workers: usize,
}

impl GraphRun {
    /// Takes the times of the tasks from the record of a run, and `wall` as it was measured outside, which
    /// includes building the graph.
    pub(crate) fn new(wall: Duration, record: &RunRecord) -> Self {
        GraphRun {
            wall,
            work: record.work(),
            critical_path: record.critical_path(),
            workers: record.workers(),
        }
    }
}

/// The fewest samples of a side, even where each takes long: with less there is no spread.
const LEAST_SAMPLES: usize = 3;

/// The number of samples that is enough where each is quick.
const ENOUGH_SAMPLES: usize = 10;

/// Measures both sides in turns until each has run often enough, and for `long_enough` in all.
///
/// A short run is repeated within a sample, which then counts with the mean. Which side goes first changes
/// from sample to sample, so that neither gains from what the other left in the caches. Work and critical
/// path are those of the graph's sample of median length.
///
/// # Errors
/// The first error of either side.
pub(crate) fn compare<E>(
    long_enough: Duration,
    mut sequential: impl FnMut() -> Result<Duration, E>,
    mut parallel: impl FnMut() -> Result<GraphRun, E>,
) -> Result<Measured, E> {
    let mut sequential = || sequential().map(|wall| GraphRun { wall, ..GraphRun::default() });
    // Both sides run once without being counted: caches fill, and it shows how often to repeat.
    let once = sequential()?.wall.min(parallel()?.wall);
    let sample = long_enough / ENOUGH_SAMPLES as u32;
    let repeats = (sample.as_nanos() / once.as_nanos().max(1)).clamp(1, 10_000) as u32;
    let (mut loops, mut graphs): (Vec<GraphRun>, Vec<GraphRun>) = (Vec::new(), Vec::new());
    loop {
        if loops.len().is_multiple_of(2) {
            loops.push(mean(repeats, &mut sequential)?);
            graphs.push(mean(repeats, &mut parallel)?);
        } else {
            graphs.push(mean(repeats, &mut parallel)?);
            loops.push(mean(repeats, &mut sequential)?);
        }
        let sum = |runs: &[GraphRun]| runs.iter().map(|run| run.wall).sum::<Duration>();
        let time = sum(&loops).min(sum(&graphs)) * repeats;
        // Where samples are slow, fewer are enough once they took ten times as long.
        let samples = loops.len();
        let enough = samples >= ENOUGH_SAMPLES || time >= long_enough * 10;
        if time >= long_enough && samples >= LEAST_SAMPLES && enough {
            break;
        }
    }
    graphs.sort_unstable_by_key(|run| run.wall);
    let typical = graphs[graphs.len() / 2];
    Ok(Measured {
        sequential: loops.iter().map(|run| run.wall).collect(),
        parallel: graphs.iter().map(|run| run.wall).collect(),
        repeats,
        workers: typical.workers,
        work: typical.work,
        critical_path: typical.critical_path,
    })
}

/// The mean of `repeats` runs.
fn mean<E>(repeats: u32, run: &mut impl FnMut() -> Result<GraphRun, E>) -> Result<GraphRun, E> {
    let mut total = GraphRun::default();
    for _ in 0..repeats {
        let GraphRun { wall, work, critical_path, workers } = run()?;
        total.wall += wall;
        total.work += work;
        total.critical_path += critical_path;
        total.workers = workers;
    }
    let GraphRun { wall, work, critical_path, workers } = total;
    let (wall, work) = (wall / repeats, work / repeats);
    Ok(GraphRun { wall, work, critical_path: critical_path / repeats, workers })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    fn run_of(wall: Duration) -> GraphRun {
        GraphRun { wall, work: wall, critical_path: wall, workers: 1 }
    }

    #[test]
    fn sides_take_turns_at_going_first() {
        let order = RefCell::new(String::new());
        let second = Duration::from_secs(1);
        let sequential = || {
            order.borrow_mut().push('s');
            Ok::<_, ()>(second)
        };
        let parallel = || {
            order.borrow_mut().push('p');
            Ok(run_of(second))
        };
        let measured = compare(second / 3, sequential, parallel).unwrap();
        assert_eq!(*order.borrow(), "sp".to_owned() + "sppssppssp"[..8].as_ref());
        assert_eq!((measured.repeats, measured.sequential.len()), (1, 4));
    }

    #[test]
    fn short_runs_are_repeated_within_a_sample() {
        let (short, second) = (Duration::from_millis(2), Duration::from_secs(1));
        let measured = compare::<()>(second, || Ok(short), || Ok(run_of(short))).unwrap();
        assert_eq!((measured.repeats, measured.sequential.len()), (50, 10));
        assert_eq!(measured.sequential[0], short);
    }

    #[test]
    fn an_error_ends_it() {
        let run = || Err("broken");
        assert_eq!(compare(Duration::ZERO, || Ok(Duration::ZERO), run), Err("broken"));
    }
}
