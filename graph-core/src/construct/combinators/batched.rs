//! `batched`: one task for many plain items, each of which would be too little work for a task.

use std::{panic::Location, sync::Arc};

use thiserror::Error;

use crate::{
    construct::{
        call::{builtin_tasks, call_from, try_call_from},
        diagnostics::{Keepable, TaskResult},
        input::Constant,
    },
    handle::Delayed,
    remote::kind::RemoteKind,
};

builtin_tasks!(Batched = "batched": RemoteKind::Closure);

/// [`batched`] was asked for batches of no items.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// assert!(graph_exec::EmptyBatch.to_string().contains("batches of 0 items"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "`batched` was asked for batches of 0 items, in which no item has a place: ask for at least 1"
)]
pub struct EmptyBatch;

/// Builds one task for every `size` items, in which `function` is called with each: thousands of small
/// steps with the overhead of a few tasks.
///
/// The handles come in the order of the items, and hold the results in that order; the last batch may be
/// smaller, and without items there is no batch. The items are taken at once, while the graph is built.
/// A batch is worth its task from some microseconds of work on.
///
/// # Errors
/// With a `size` of 0 there is one task, which fails with [`EmptyBatch`]. What `function` panics with is
/// the failure of its batch.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, batched};
///
/// let squares: Vec<Delayed<Vec<u64>>> = batched(0..10_000, 1_000, |n| n * n);
/// assert_eq!(squares.len(), 10);
/// # drop(squares);
/// ```
#[track_caller]
pub fn batched<I, T, U, F>(items: I, size: usize, function: F) -> Vec<Delayed<Vec<U>>>
where
    I: IntoIterator<Item = T>,
    T: Keepable,
    U: TaskResult,
    F: Fn(T) -> U + Send + Sync + 'static,
{
    let caller = Location::caller();
    if size == 0 {
        let refused = || Err::<Vec<U>, _>(EmptyBatch);
        return vec![try_call_from::<Batched, _, _, _>(caller, (), move |()| refused())];
    }
    let function = Arc::new(function);
    let mut items = items.into_iter();
    let mut batches = Vec::new();
    loop {
        let batch: Vec<T> = items.by_ref().take(size).collect();
        if batch.is_empty() {
            return batches;
        }
        let function = Arc::clone(&function);
        batches.push(call_from::<Batched, _, _, _>(
            caller,
            (Constant(batch), ()),
            move |(batch, ())| batch.into_iter().map(|item| function(item)).collect::<Vec<U>>(),
        ));
    }
}
