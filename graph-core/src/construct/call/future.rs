//! Tasks that call an async function: they run until there is a future, and again when that has woken
//! their run. In between they are with nobody.
//!
//! ```text
//!   inputs ── start ──► future ── polled: pending ──► the task waits; the future wakes its runs
//!                         ▲                                   │ polled again
//!                         └───────────────────────────────────┘ … until it is ready
//! ```
//!
//! Nothing here knows a runtime: the future that `start` makes may have been handed to one.

use std::{
    future::Future,
    marker::PhantomData,
    mem,
    panic::Location,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use crate::{
    construct::{
        call::{WithClosure, argument, builtin_tasks},
        input::Input,
    },
    fallible::Fallible,
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{
        body::{Attempted, Awaited, Body, Resumable},
        execution::{Execution, waker_set::WakerSet},
        failure::{Cause, drop_quietly, kept::KeptArguments},
        function::{Function, Named},
        header::Edges,
        task_ref::TaskRef,
    },
};

builtin_tasks!(OfFuture = "from_future": RemoteKind::Future);

/// Names the tasks of futures that were made by hand, behind the path of the function in which that was.
#[derive(Debug)]
pub struct FromFuture<P>(PhantomData<fn() -> P>);

impl<P: 'static> Named for FromFuture<P> {
    const REMOTE: RemoteKind = RemoteKind::Future;
    fn function() -> Function {
        WithClosure::<OfFuture, P>::function()
    }
}

/// A body that makes a future of its inputs, and ends with what that ends with.
struct CallFuture<N, I, F, P, R, T> {
    stage: Stage<I, F, P>,
    finish: fn(R) -> Result<T, Cause>,
    named: PhantomData<fn() -> N>,
}

enum Stage<I, F, P> {
    Given(I, F),
    Pending {
        future: P,
        wakers: Arc<WakerSet>,
        /// How often the future had woken before it was polled last.
        wakes: u64,
        /// Of the inputs, for the task's failure; `None` when there are none to tell.
        arguments: Option<Box<KeptArguments>>,
    },
    /// The future was dropped with the only run that could reach the task.
    Abandoned,
}

impl<N, I, F, P, R, T> Body for CallFuture<N, I, F, P, R, T>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output = Result<R, Cause>> + Send + Unpin + 'static,
    R: 'static,
    T: Send + 'static,
{
    fn edges(&self, edges: &mut Edges) {
        if let Stage::Given(inputs, _) = &self.stage {
            inputs.edges(edges);
        }
    }
    fn template(&self, template: &mut Template) {
        template.refuse::<Self>();
    }
    fn argument(&self) -> Option<String> {
        match &self.stage {
            Stage::Given(inputs, _) => argument(inputs),
            Stage::Pending { arguments, .. } => arguments.as_ref()?.text(),
            Stage::Abandoned => None,
        }
    }
    fn keep(&self, kept: &mut KeptArguments) {
        match &self.stage {
            Stage::Given(inputs, _) => inputs.keep(kept),
            Stage::Pending { arguments, .. } => {
                arguments.iter().for_each(|arguments| *kept = **arguments);
            }
            Stage::Abandoned => {}
        }
    }
}

impl<N, I, F, P, R, T> Resumable for CallFuture<N, I, F, P, R, T>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output = Result<R, Cause>> + Send + Unpin + 'static,
    R: 'static,
    T: Send + 'static,
{
    type Value = T;
    const HAS_FUTURE: bool = true;
    const REMOTE: RemoteKind = RemoteKind::Future;
    fn function() -> Function {
        N::function()
    }
    fn run(self, _: &mut Execution<'_>) -> Attempted<Self> {
        let CallFuture { stage, finish, named } = self;
        let (mut future, wakers, arguments) = match stage {
            Stage::Given(inputs, start) => {
                let mut kept = KeptArguments::new();
                inputs.keep(&mut kept);
                let arguments = (!kept.is_empty()).then(|| Box::new(kept));
                (start(inputs.take()), Arc::default(), arguments)
            }
            Stage::Pending { future, wakers, arguments, .. } => (future, wakers, arguments),
            Stage::Abandoned => return Attempted::Ended(Err(Cause::Cancelled)),
        };
        let wakes = wakers.wakes();
        let waker = Waker::from(Arc::clone(&wakers));
        match Pin::new(&mut future).poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(result) => Attempted::Ended(result.and_then(finish)),
            Poll::Pending => {
                let stage = Stage::Pending { future, wakers, wakes, arguments };
                Attempted::Awaits(CallFuture { stage, finish, named })
            }
        }
    }
    fn awaited(&self) -> Option<Awaited<'_>> {
        match &self.stage {
            Stage::Pending { wakers, wakes, .. } => Some(Awaited { wakers, wakes: *wakes }),
            Stage::Given(..) | Stage::Abandoned => None,
        }
    }
    fn abandon(&mut self) {
        if matches!(self.stage, Stage::Pending { .. }) {
            drop_quietly(mem::replace(&mut self.stage, Stage::Abandoned));
        }
    }
}

/// Builds a task that calls `start` with the values of `inputs`, and waits with no thread for the future
/// that it returns.
///
/// Each poll is on a worker, with whatever that thread is inside of. The future is dropped with the task, and
/// when a run that waits for it stops and nobody else can reach the task.
#[inline]
#[track_caller]
pub fn call_future<N, I, F, P, T>(inputs: I, start: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output = Result<T, Cause>> + Send + Unpin + 'static,
    T: Send + 'static,
{
    let stage = Stage::Given(inputs, start);
    let body = CallFuture::<N, I, F, P, T, T> { stage, finish: Ok, named: PhantomData };
    Delayed::from_task(TaskRef::new(body, Location::caller()))
}

/// [`call_future`] for a future that may fail: dependents see what is inside `Ok`.
#[inline]
#[track_caller]
pub fn try_call_future<N, I, F, P, R>(inputs: I, start: F) -> Delayed<R::Ok>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output = Result<R, Cause>> + Send + Unpin + 'static,
    R: Fallible + 'static,
{
    let stage = Stage::Given(inputs, start);
    let finish = |result: R| result.into_result().map_err(Cause::returned);
    let body = CallFuture::<N, I, F, P, R, R::Ok> { stage, finish, named: PhantomData };
    Delayed::from_task(TaskRef::new(body, Location::caller()))
}
