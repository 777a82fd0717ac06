//! Runs in the background: begun now, waited for later, awaited, or left alone.

#![expect(unsafe_code, reason = "it vouches that the handles outlive the run")]

mod completion;
mod stage;

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use graph_core::{
    __run::{Plan, drop_quietly},
    Outputs,
};

use self::stage::{Background, BackgroundRun, IntoResult, Outcome};
use super::{
    completed::Completed,
    drive::{RunDriver, check_depth},
    settings::Settings,
};
use crate::{
    error::Error,
    limits::resources::requests::Requests,
    record::{Finished, RunRecord},
    run::{
        Policy,
        cancel::CancelToken,
        nesting::{self, OwnRun},
        subscription,
    },
    scheduler::{
        caller,
        parallel::{EndOfRun, ParallelRun},
        pool::WorkerPool,
    },
};

/// A graph that runs in the background; made by [`Executor::spawn`](crate::Executor::spawn).
///
/// [`wait`](Running::wait) returns the result, and works for the run meanwhile. It is also a future,
/// which needs no particular runtime: awaiting it blocks no thread, and it is woken when the run ends. Inside
/// a task, where awaiting would block a worker anyway, polling it waits and works like `wait`.
///
/// Dropping it cancels the run: no further task starts, the running ones end, and nobody waits for them. Say
/// [`detach`](Running::detach) to let the run go on. A run that has not ended when `main` returns ends
/// with the process, as threads do. The executor may be dropped meanwhile.
///
/// ```
/// use graph_exec::prelude::*;
///
/// #[delayed]
/// fn square(x: u64) -> u64 {
///     x * x
/// }
///
/// let running = square(12).spawn();
/// // ... something else meanwhile ...
/// assert_eq!(running.wait()?, 144);
///
/// // In an async function it reads `square(12).spawn().await?`.
/// # async fn awaits() -> Result<u64, graph_exec::Error> {
/// square(12).spawn().await
/// # }
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[must_use = "dropping it cancels the run; `detach` lets it go on"]
pub struct Running<T> {
    state: State<T>,
    /// Cancels this run alone.
    token: CancelToken,
}

enum State<T> {
    /// It runs, or has ended without anybody having looked.
    Begun { run: Arc<dyn BackgroundRun<T>>, parallel: Arc<ParallelRun> },
    /// It has ended at once.
    Ended(Box<Outcome<T>>),
    /// The result was given, or nobody wants it any more. With the record, of a run that was recorded and awaited.
    Done(Option<Box<RunRecord>>),
}

impl<T> State<T> {
    /// Drops the result as soon as it is there, wherever that is; its destructor concerns nobody. Returns whether
    /// the run may be going on.
    fn abandon(&mut self) -> bool {
        match mem::replace(self, State::Done(None)) {
            State::Begun { run, parallel } => {
                run.abandon(parallel);
                true
            }
            State::Ended(outcome) => {
                drop_quietly(outcome);
                false
            }
            State::Done(_) => false,
        }
    }
}

/// What is not pinned is never borrowed as pinned.
impl<T> Unpin for Running<T> {}

impl<T> Running<T> {
    /// Says whether the run has ended, so that [`wait`](Running::wait) returns at once.
    ///
    /// ```
    /// # use graph_exec::prelude::*;
    /// let running = value(1).spawn();
    /// while !running.is_finished() {
    ///     std::thread::yield_now();
    /// }
    /// assert_eq!(running.wait()?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn is_finished(&self) -> bool {
        match &self.state {
            State::Begun { run, .. } => run.completion().is_finished(),
            State::Ended(_) | State::Done(_) => true,
        }
    }

    /// Works for the run as [`compute`](crate::compute()) does, and returns its results when it has ended.
    ///
    /// # Errors
    /// Those of [`Executor::compute`](crate::Executor::compute). Inside a task that is part of the run itself, or
    /// of a run that this one waits for, [`Error::WouldDeadlock`] with the name of that task; also when an observer
    /// waits that is being told of the end of the run.
    ///
    /// ```
    /// # use graph_exec::prelude::*;
    /// let running = (value(1), value("x")).spawn();
    /// assert_eq!(running.wait()?, (1, "x"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn wait(mut self) -> Result<T, Error> {
        self.join()?;
        self.take().0
    }

    /// [`wait`](Running::wait), with the record of the run, also when it has failed. The record is empty unless
    /// the run was started by [`spawn_recorded`](crate::Executor::spawn_recorded).
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// let running = Executor::default().spawn_recorded(value(1));
    /// let finished = running.attempt();
    /// assert_eq!(finished.record().tasks().len(), 1);
    /// assert_eq!(finished.into_result()?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn attempt(mut self) -> Finished<Result<T, Error>> {
        if let Err(error) = self.join() {
            return Finished::new(Err(error), RunRecord::empty(0));
        }
        let (result, record) = self.take();
        Finished::new(result, record.unwrap_or_else(|| RunRecord::empty(0)))
    }

    /// Lets no further task start. The run then ends with [`Error::Cancelled`], as soon as its running tasks
    /// have ended; they can ask [`task::check`](crate::task::check). Does not wait.
    ///
    /// ```
    /// # use graph_exec::{Error, Executor, prelude::*, task};
    /// let endless = value(1).and_then(|_| -> Result<(), task::Cancelled> { loop { task::check()? } });
    /// let running = Executor::builder().threads(1).build()?.spawn(endless);
    /// running.cancel();
    /// assert!(matches!(running.wait(), Err(Error::Cancelled { .. })));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn cancel(&self) {
        self.token.cancel();
    }

    /// Lets the run go on with nobody waiting for it. Results that no other handle holds are dropped at its
    /// end, and a failure is seen by observers alone.
    ///
    /// ```
    /// # use graph_exec::prelude::*;
    /// # use std::sync::mpsc;
    /// let (sender, receiver) = mpsc::channel();
    /// value(7).map(move |n| sender.send(n)).spawn().detach();
    /// assert_eq!(receiver.recv(), Ok(7));
    /// ```
    pub fn detach(mut self) {
        self.state.abandon();
    }

    /// What the run did, also when its result was taken by awaiting it. `None` while it goes on, and when it was not
    /// recorded.
    ///
    /// ```
    /// # use graph_exec::{Error, Executor, prelude::*};
    /// # async fn recorded() -> Result<(), Error> {
    /// let mut running = Executor::default().spawn_recorded(value(1));
    /// assert_eq!((&mut running).await?, 1);
    /// assert_eq!(running.record().unwrap().tasks().len(), 1);
    /// # Ok(())
    /// # }
    /// # pollster::block_on(recorded())?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn record(&self) -> Option<RunRecord> {
        match &self.state {
            State::Begun { run, .. } => run.record(),
            State::Ended(outcome) => outcome.1.clone(),
            State::Done(record) => record.as_deref().cloned(),
        }
    }

    /// Says whether `waker` is woken at the end; it is not when that has come.
    pub(crate) fn will_wake(&self, waker: &Waker) -> bool {
        match &self.state {
            State::Begun { run, .. } => !run.completion().poll(waker),
            State::Ended(_) | State::Done(_) => false,
        }
    }

    /// Works for the run until it has ended.
    ///
    /// # Errors
    /// When the run cannot end before the task has that the thread is inside.
    fn join(&self) -> Result<(), Error> {
        if let State::Begun { run, parallel } = &self.state
            && !run.completion().is_finished()
        {
            let nesting = parallel.run().nesting();
            if nesting.begin_wait()? {
                // It may wait for the very task that waits for it.
                subscription::renew(nesting);
                parallel.note_nested();
            }
            parallel.note_joined();
            caller::join(parallel);
            run.completion().wait();
        }
        Ok(())
    }

    /// Cancels the run, whose result nobody wants.
    fn give_up(&mut self) {
        if self.state.abandon() {
            self.token.cancel();
        }
    }

    /// Takes the result of a run that has ended.
    fn take(&mut self) -> Outcome<T> {
        match mem::replace(&mut self.state, State::Done(None)) {
            State::Begun { run, .. } => run.take(),
            State::Ended(outcome) => *outcome,
            State::Done(_) => panic!("a run was polled after it had given its result"),
        }
    }
}

impl<T> Future for Running<T> {
    type Output = Result<T, Error>;

    /// # Panics
    /// When it is polled after it has given its result.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if nesting::depth() > 0 {
            // The thread belongs to a task, which blocks it until this has a result. So it works.
            if let Err(error) = self.join() {
                self.give_up();
                return Poll::Ready(Err(error));
            }
        } else if self.will_wake(context.waker()) {
            return Poll::Pending;
        }
        let (result, record) = self.take();
        self.state = State::Done(record.map(Box::new));
        Poll::Ready(result)
    }
}

impl<T> Drop for Running<T> {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl<T> fmt::Debug for Running<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("finished", &self.is_finished()).finish_non_exhaustive()
    }
}

impl From<OwnRun> for Error {
    fn from(OwnRun { task, built_at }: OwnRun) -> Self {
        Error::WouldDeadlock { task, built_at, wants: None }
    }
}

/// Begins a run of what `outputs` need, with the options of an executor.
pub(crate) fn spawn<H: Outputs + Send + 'static, T: 'static>(
    settings: &Settings,
    policy: Policy,
    recorded: bool,
    outputs: H,
    into_result: IntoResult<H, T>,
) -> Running<T> {
    let token = CancelToken::new();
    let settings = settings.for_run([token.clone()]);
    let driver = RunDriver { settings: &settings, policy, recorded };
    let state = begin(&driver, outputs, into_result).unwrap_or_else(|error| {
        let record = recorded.then(|| RunRecord::empty(settings.workers.count()));
        State::Ended(Box::new((Err(error), record)))
    });
    Running { state, token }
}

/// What a run needs before it can begin.
struct Prepared {
    plan: Plan,
    /// `None` when the calling thread runs it, or when there is nothing to run.
    pool: Option<Arc<WorkerPool>>,
    requests: Requests,
}

fn prepare(driver: &RunDriver<'_>, outputs: &impl Outputs) -> Result<Prepared, Error> {
    check_depth()?;
    driver.arm()?;
    let plan = Plan::new(outputs)?;
    let pool = driver.pool(&plan)?;
    // SAFETY: the handles exist.
    let requests = unsafe { driver.requests(&plan, pool.as_ref()) }?;
    Ok(Prepared { plan, pool, requests })
}

fn begin<H: Outputs + Send + 'static, T: 'static>(
    driver: &RunDriver<'_>,
    outputs: H,
    into_result: IntoResult<H, T>,
) -> Result<State<T>, Error> {
    let begin = Instant::now();
    let Prepared { plan, pool, requests } = match prepare(driver, &outputs) {
        Ok(prepared) => prepared,
        Err(error) => {
            drop_quietly(outputs);
            return Err(error);
        }
    };
    let Some(pool) = pool else {
        let begun = driver.begin(begin, &plan);
        // SAFETY: the handles go into `Completed`.
        let ended = unsafe { driver.complete(begun, plan, requests, None) };
        let mut completed = Completed { outputs, ended };
        let record = driver.recorded.then(|| completed.take_record());
        return Ok(State::Ended(Box::new((into_result(completed), record))));
    };
    let mut begun = driver.begin(begin, &plan);
    let cancel = driver.settings.cancel.clone();
    let run = Arc::new(Background::new(cancel, into_result, driver.recorded));
    let end = Arc::clone(&run) as Arc<dyn EndOfRun>;
    // SAFETY: the handles are in `run` from before the first task starts, `parallel` holds `run` until the
    // end, and then the handles go into `Completed`.
    let parallel = unsafe { driver.parallel(&begun, plan, requests, pool, Some(end)) };
    begun.note_planned();
    let instrument = begun.instrument();
    run.begin(outputs, begun);
    // A token that was cancelled before ends the run here.
    run.keep(driver.register(&parallel));
    caller::start(&parallel, instrument.as_deref());
    Ok(State::Begun { run, parallel })
}
