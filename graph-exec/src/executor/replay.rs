//! Trying many orders of one graph.

use std::fmt;

use graph_core::Outputs;

use super::{Executor, settings::Settings};
use crate::{error::Error, limits::resources::limiter::Limiter};

/// Computes a graph once for each of the seeds `0..seeds`, in the order that [`replay`](crate::ExecutorBuilder::replay)
/// makes of the seed, and compares the results: what `loom` does for atomics, for the side effects of
/// graphs, though by chance and not by trying everything. `build` makes the graph anew each time.
///
/// Of each [resource](crate::ExecutorBuilder::resource) that tasks need there is as much as the task that needs
/// most of it. To run such a graph in one of the orders again, declare as much beside `replay`.
///
/// # Errors
/// The first seed with which the graph fails, or gives something else than with the first seed.
///
/// ```
/// use graph_exec::{ScheduleFault, fuzz_schedules, prelude::*};
/// use std::sync::{Arc, Mutex};
///
/// // The list is in the order in which the tasks happened to run.
/// let build = || {
///     let list = Arc::new(Mutex::new(Vec::new()));
///     let push = |n| { let list = Arc::clone(&list); value(n).map(move |n| list.lock().unwrap().push(n)) };
///     let pushed: Vec<_> = (0..3).map(push).collect();
///     graph_exec::defer!(after(pushed, list))
/// };
/// fn after(_pushed: Vec<()>, list: Arc<Mutex<Vec<i32>>>) -> Vec<i32> {
///     list.lock().unwrap().clone()
/// }
/// let fault = fuzz_schedules(100, build).unwrap_err();
/// let ScheduleFault::Differs { seed, .. } = fault else { unreachable!() };
/// // The same order again, to look at:
/// let list = Executor::builder().replay(seed).build()?.compute(build())?;
/// assert_ne!(list, Executor::builder().replay(0).build()?.compute(build())?);
/// # Ok::<(), graph_exec::Error>(())
/// ```
pub fn fuzz_schedules<H>(seeds: u64, mut build: impl FnMut() -> H) -> Result<(), ScheduleFault>
where
    H: Outputs,
    H::Values: PartialEq + fmt::Debug,
{
    let mut first = None;
    for seed in 0..seeds {
        let failed = |error| ScheduleFault::Failed { seed, error: Box::new(error) };
        let settings = Settings { seed: Some(seed), ..Settings::serial(Limiter::as_needed()) };
        let executor = Executor { settings };
        let found = executor.compute(build()).map_err(failed)?;
        match &first {
            None => first = Some(found),
            Some(first) if *first == found => {}
            Some(first) => {
                let (first, found) = (format!("{first:?}"), format!("{found:?}"));
                return Err(ScheduleFault::Differs { seed, first, found });
            }
        }
    }
    Ok(())
}

/// What [`fuzz_schedules`] has found.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum ScheduleFault {
    /// The graph failed in this order.
    #[error(
        "the graph fails with seed {seed}; `Executor::builder().replay({seed})` runs it in the same order again"
    )]
    Failed {
        /// What made the order.
        seed: u64,
        /// Why it failed.
        #[source]
        error: Box<Error>,
    },
    /// The graph gave something else than with seed 0.
    #[error(
        "the graph gives {found} with seed {seed}, and {first} with seed 0, so something in it depends on an \
         order that it does not ask for (`.after(…)` does); `Executor::builder().replay({seed})` runs it in \
         the same order again"
    )]
    Differs {
        /// What made the order.
        seed: u64,
        /// What it gave with seed 0.
        first: String,
        /// What it gave.
        found: String,
    },
}
