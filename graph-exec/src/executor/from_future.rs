//! Tasks that are futures of a tokio runtime, and hold no worker while they wait.
//!
//! The future runs on the runtime, beside whatever the workers do. A worker hands it over, and takes its
//! output when the runtime has ended it.

use std::{
    future::Future,
    panic::resume_unwind,
    pin::Pin,
    task::{Context, Poll, ready},
    thread,
};

use graph_core::{
    __private::{FromFuture, Input, Named, call_future, try_call_future},
    Cause, Delayed, Fallible,
    bounds::TaskResult,
};
use tokio::{
    runtime::Handle,
    task::{AbortHandle, JoinHandle, Unconstrained, unconstrained},
};

use crate::scheduler::caller::blocked_runtime::{self, DrivenFuture};

/// The runtime of a task's future was shut down before the future had ended.
///
/// It is the [`source`](std::error::Error::source) of the task's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its tokio runtime was shut down before the future had ended: keep the runtime until the run has \
     ended"
)]
pub struct RuntimeShutDown;

/// The only thread that drives the runtime of a task's future waits for the run that needs the future.
///
/// It is the [`source`](std::error::Error::source) of the task's error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "its tokio runtime has a single thread, which waits for this run, so nobody would drive the future: write \
     `.spawn().await` in place of what blocks that thread, on an executor with threads of its own such as \
     `Executor::builder().threads(1).build()?`, or take a runtime of several threads"
)]
pub struct RuntimeBlocked;

/// Turns a future into a handle: a task that spawns it on a tokio runtime, and holds no worker while it waits.
///
/// Nothing is spawned before a run starts the task. For a future that is made of other tasks' results there
/// is [`defer_async!`](crate::defer_async).
///
/// The run waits for the future without a thread, also on [`Executor::serial`](crate::Executor::serial), which
/// sleeps meanwhile. When the run is cancelled, fails, or its time is up, the future is aborted: its runtime
/// drops it at its next `.await`, perhaps after `compute` has returned. One that others can still reach, through
/// a [`Shared`](crate::Shared) handle or another run, goes on for them, and is aborted with the last such handle; without
/// a run that waits for it, it holds none of the executor's resources. In a record, the time that it waits is
/// nobody's: of the task there is only how long a worker took to hand its result on.
///
/// Parts of tokio that look for their runtime when they are made, such as `tokio::time::sleep`, belong inside
/// the `async` block: outside of it the thread has no runtime, and they panic.
///
/// **Somebody must drive the runtime.** One of several threads does so by itself, as long as not all of them are
/// blocked. One of a single thread (`new_current_thread`) runs futures only inside `block_on`, so what blocks that
/// very thread until the future has ended, as `compute()` and [`Running::wait`](crate::Running::wait) do, and on
/// [`Executor::serial`](crate::Executor::serial) and in a replay `spawn()` too, would wait for ever. The task then
/// fails with [`RuntimeBlocked`]. Write `handle.spawn().await` on an executor with threads there.
///
/// Some such waits cannot be seen, and have no end: those of threads that are all of a runtime's when they are
/// several, as in `#[tokio::main]` on a machine with one core; of a loop over [`as_completed`](fn@crate::as_completed)
/// outside tasks; of a thread that waits, by other means, for another thread which computes; and of one whose run needs a
/// shared task that another run has begun, which waits for the future.
///
/// # Errors
/// The task fails when the future panics, with [`RuntimeShutDown`] when the runtime is gone, and with
/// [`RuntimeBlocked`] when nobody would drive it.
///
/// ```
/// use graph_exec::{from_future, prelude::*};
/// use std::time::Duration;
///
/// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build()?;
/// let answer = from_future(runtime.handle(), async {
///     tokio::time::sleep(Duration::from_millis(1)).await;
///     42
/// });
/// assert_eq!(answer.map(|n| n + 1).compute()?, 43);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[track_caller]
pub fn from_future<P>(runtime: &Handle, future: P) -> Delayed<P::Output>
where
    P: Future<Output: TaskResult> + Send + 'static,
{
    call_async::<FromFuture<P>, _, _, _>(runtime, (), move |()| future)
}

/// [`from_future`] for a future that gives a `Result`: dependents see what is inside `Ok`, and an `Err` is the
/// error of the task.
///
/// # Errors
/// As for [`from_future`], and when the future gives an `Err`.
///
/// ```
/// use graph_exec::{prelude::*, try_from_future};
///
/// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
/// let number: Delayed<u8> = try_from_future(runtime.handle(), async { "300".parse::<u8>() });
/// let error = number.compute().unwrap_err();
/// assert!(format!("{error:#}").ends_with("failed: number too large to fit in target type"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[track_caller]
pub fn try_from_future<P>(runtime: &Handle, future: P) -> Delayed<<P::Output as Fallible>::Ok>
where
    P: Future<Output: Fallible + Send + 'static> + Send + 'static,
{
    try_call_async::<FromFuture<P>, _, _, _>(runtime, (), move |()| future)
}

/// Builds a task that calls an async function, on a tokio runtime, when its arguments are there.
///
/// `defer_async!(runtime, f(a, b))` is to async functions what [`defer!`](crate::defer) is to others: arguments
/// are values or handles, `&a` lends the function `a` or its result for as long as the future lives, and
/// with a `?` behind the call dependents see what is inside `Ok`. `f(a, b).await?` means the same. `runtime` is a
/// `tokio::runtime::Handle` or a borrow of one.
///
/// The function is called when a run has the results of its arguments; until then nothing is spawned. What
/// is true of [`from_future`](crate::from_future) is true of this: no worker is held, a cancelled run aborts
/// a future that nobody else can reach, and its panic is the task's error. What the future should know of its run
/// goes in as an argument: the functions of [`task`](crate::task) know nothing on a runtime's thread. `retries`,
/// `backoff` and `timeout` are refused: try again, and limit the time, inside the async function.
///
/// ```
/// use graph_exec::{defer_async, prelude::*};
/// use std::io;
///
/// #[delayed]
/// fn address(host: &str) -> String {
///     format!("https://{host}/prices.json")
/// }
///
/// async fn fetch(url: &str, limit: usize) -> io::Result<String> {
///     // … of an HTTP client …
///     tokio::task::yield_now().await;
///     Ok(url[..limit.min(url.len())].to_owned())
/// }
///
/// let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build()?;
/// let runtime = runtime.handle();
/// let bodies: Vec<Delayed<String>> = ["ibm.com", "msft.com"]
///     .map(|host| defer_async!(runtime, fetch(&address(host), 15)?))
///     .into();
/// // All of them wait at the same time, however few workers there are.
/// let bodies = Executor::builder().threads(1).build()?.compute(bodies)?;
/// assert_eq!(bodies, ["https://ibm.com", "https://msft.co"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! defer_async {
    ($runtime:expr, $($call:tt)*) => {
        $crate::__private::defer_async!([$crate] [$runtime] $($call)*)
    };
    ($($call:tt)*) => {
        ::core::compile_error!(
            "`defer_async!` takes the runtime too, which is a `tokio::runtime::Handle`, and then the call: \
             `defer_async!(runtime, function(argument))`"
        )
    };
}

/// Builds a task that calls `start` with the values of `inputs`, and runs the future on `runtime`.
#[track_caller]
pub fn call_async<N, I, F, P>(runtime: &Handle, inputs: I, start: F) -> Delayed<P::Output>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output: TaskResult> + Send + 'static,
{
    let runtime = runtime.clone();
    call_future::<N, _, _, _, _>(inputs, move |taken| Spawned::new(&runtime, start(taken)))
}

/// [`call_async`] for a future that may fail.
#[track_caller]
pub fn try_call_async<N, I, F, P>(
    runtime: &Handle,
    inputs: I,
    start: F,
) -> Delayed<<P::Output as Fallible>::Ok>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> P + Send + 'static,
    P: Future<Output: Fallible + Send + 'static> + Send + 'static,
{
    let runtime = runtime.clone();
    try_call_future::<N, _, _, _, _>(inputs, move |taken| Spawned::new(&runtime, start(taken)))
}

/// A future that runs on a runtime, and is aborted when this is dropped.
enum Spawned<R> {
    Begun {
        /// A worker is no task of a runtime, and has no share of one's time to keep to.
        output: Unconstrained<JoinHandle<R>>,
        abort: AbortHandle,
        /// Present when the runtime has a single thread.
        driven: Option<DrivenFuture>,
    },
    /// Nobody would drive the runtime.
    Refused,
}

impl<R: Send + 'static> Spawned<R> {
    fn new(runtime: &Handle, future: impl Future<Output = R> + Send + 'static) -> Self {
        if blocked_runtime::is_blocked(runtime) {
            return Spawned::Refused;
        }
        let output = spawn(runtime, future);
        let (abort, driven) = (output.abort_handle(), DrivenFuture::new(runtime));
        Spawned::Begun { output: unconstrained(output), abort, driven }
    }
}

/// Spawns a future where every thread of the runtime finds it.
///
/// A thread of a runtime keeps what it spawns last for itself, and this one may be blocked by the very run that
/// is to wait for the future. So another thread spawns it then.
fn spawn<R: Send + 'static>(
    runtime: &Handle,
    future: impl Future<Output = R> + Send + 'static,
) -> JoinHandle<R> {
    if Handle::try_current().is_err() {
        return runtime.spawn(future);
    }
    thread::scope(|scope| {
        let spawning = scope.spawn(|| runtime.spawn(future));
        spawning.join().unwrap_or_else(|payload| resume_unwind(payload))
    })
}

impl<R> Future for Spawned<R> {
    type Output = Result<R, Cause>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Spawned::Begun { output, driven, .. } = &mut *self else {
            return Poll::Ready(Err(Cause::error(RuntimeBlocked)));
        };
        let output = Pin::new(output).poll(context);
        if output.is_pending()
            && driven.as_ref().is_some_and(|driven| driven.is_blocked(context.waker()))
        {
            return Poll::Ready(Err(Cause::error(RuntimeBlocked)));
        }
        Poll::Ready(ready!(output).map_err(|error| match error.try_into_panic() {
            Ok(payload) => resume_unwind(payload),
            Err(_) => Cause::error(RuntimeShutDown),
        }))
    }
}

impl<R> Drop for Spawned<R> {
    fn drop(&mut self) {
        if let Spawned::Begun { abort, .. } = self {
            abort.abort();
        }
    }
}
