//! Measures the loop against the graph, in turns, until both have run long enough to be compared.

use std::time::Duration;

use crate::verdict::Measured;

/// What one run of the graph took, from its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GraphRun {
    /// From start to end.
    pub wall: Duration,
    /// The time of all tasks together.
    pub work: Duration,
    /// The longest chain of tasks, by time.
    pub critical_path: Duration,
    /// How many tasks could run at once.
    pub workers: usize,
}

/// Fewer runs than this show no spread.
const LEAST_ROUNDS: usize = 3;

/// Runs both sides in turns until each has run for `long_enough` in all, and at least three times.
///
/// Which side goes first changes from round to round, so that neither gains from what the other
/// left in the caches. Work and critical path are those of the graph's run of median length.
///
/// ```
/// use std::time::Duration;
/// use stock_convert::{GraphRun, compare};
/// let (one, half) = (Duration::from_millis(100), Duration::from_millis(50));
/// let graph = GraphRun { wall: half, work: one, critical_path: half, workers: 2 };
/// let measured = compare::<()>(Duration::from_secs(1), || Ok(one), || Ok(graph))?;
/// assert_eq!(measured.parallel.len(), 20);
/// assert_eq!(measured.speed_up(), 2.0);
/// # Ok::<(), ()>(())
/// ```
///
/// # Errors
/// The first error of either side.
pub fn compare<E>(
    long_enough: Duration,
    mut sequential: impl FnMut() -> Result<Duration, E>,
    mut parallel: impl FnMut() -> Result<GraphRun, E>,
) -> Result<Measured, E> {
    let mut loops: Vec<Duration> = Vec::new();
    let mut graphs: Vec<GraphRun> = Vec::new();
    loop {
        let round = loops.len();
        if round.is_multiple_of(2) {
            loops.push(sequential()?);
            graphs.push(parallel()?);
        } else {
            graphs.push(parallel()?);
            loops.push(sequential()?);
        }
        let in_loops: Duration = loops.iter().sum();
        let in_graphs: Duration = graphs.iter().map(|run| run.wall).sum();
        if round + 1 >= LEAST_ROUNDS && in_loops.min(in_graphs) >= long_enough {
            break;
        }
    }
    graphs.sort_unstable_by_key(|run| run.wall);
    let typical = graphs[graphs.len() / 2];
    Ok(Measured {
        sequential: loops,
        parallel: graphs.iter().map(|run| run.wall).collect(),
        workers: typical.workers,
        work: typical.work,
        critical_path: typical.critical_path,
    })
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[test]
    fn sides_take_turns_at_going_first() {
        let order = RefCell::new(String::new());
        let second = Duration::from_secs(1);
        let run = GraphRun { wall: second, work: second, critical_path: second, workers: 1 };
        let sequential = || {
            order.borrow_mut().push('s');
            Ok::<_, ()>(second)
        };
        let parallel = || {
            order.borrow_mut().push('p');
            Ok(run)
        };
        compare(second, sequential, parallel).unwrap();
        assert_eq!(*order.borrow(), "sppssp");
    }

    #[test]
    fn an_error_ends_it() {
        let run = || Err("broken");
        assert_eq!(compare(Duration::ZERO, || Ok(Duration::ZERO), run), Err("broken"));
    }
}
