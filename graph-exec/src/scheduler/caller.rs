//! The thread that asked for a run on a pool: it submits the run and waits for its end. It works
//! for the run itself when it is a worker of the pool, or when no worker may come.
//!
//! It returns when every task is settled, or when the run has stopped and no thread is inside one
//! of its tasks; jobs that are taken up later find nothing to do.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use super::{
    parallel::ParallelRun,
    pool::{Job, WorkerPool},
    stall::{BETWEEN_LOOKS, StallDetector},
    worker,
};
use crate::{
    observe::instrument::Instrumentation,
    run::{
        nesting::WaitGuard,
        subscription::{self, Subscriber},
    },
    sync::{Ordering, lock},
};

/// How long a waiting worker sleeps before it looks again whether it can help.
const NAP: Duration = Duration::from_micros(500);

/// Runs everything and returns when no task of the run is running any more, and no other thread has
/// anything of the user's. `instrument` is what observes the run.
pub(crate) fn complete(parallel: &Arc<ParallelRun>, instrument: Option<&Instrumentation>) {
    // A task that computes a graph waits, and must not keep that graph's tasks from starting.
    let _waiting = WaitGuard::begin();
    let _run = parallel.pool.begin_run(Arc::clone(parallel) as Arc<dyn Job>);
    let takes_part = parallel.pool.contains_this_thread();
    let (run, sources) = (&parallel.run, parallel.queue.sources());
    if let Some(instrument) = instrument {
        sources.iter().for_each(|&task| instrument.ready(task, || run.signature(task)));
    }
    let workers = parallel.pool.threads().min(sources.len());
    for _ in usize::from(takes_part)..workers {
        parallel.submit_job();
    }
    let mut stall = StallDetector::default();
    loop {
        if takes_part || is_left_alone(parallel, &mut stall) {
            parallel.termination.add_worker();
            worker::work(parallel);
            parallel.leave();
        }
        if is_over(parallel) {
            break;
        }
        if !WorkerPool::help_within(run.nesting()) {
            wait(parallel);
        }
        if !takes_part && parallel.queue.has_work() {
            parallel.submit_job();
        }
    }
    // Jobs that are taken up from now on do nothing.
    run.stop();
    if instrument.is_some() {
        while !parallel.termination.is_idle() {
            wait(parallel);
        }
    }
    if parallel.unsettled() > 0 {
        subscription::withdraw(&(Arc::clone(parallel) as Arc<dyn Subscriber>));
    }
}

/// Says whether tasks are ready and it looks as if no worker will come for them.
fn is_left_alone(parallel: &ParallelRun, stall: &mut StallDetector) -> bool {
    let waits =
        parallel.queue.has_work() && !parallel.run.is_stopped() && parallel.termination.is_idle();
    if !waits {
        stall.reset();
    }
    waits && stall.is_stalled(parallel.pool.heartbeats())
}

fn is_over(parallel: &ParallelRun) -> bool {
    parallel.unsettled.load(Ordering::SeqCst) == 0
        || (parallel.run.is_stopped() && parallel.termination.is_idle())
}

/// Waits for a signal, but not for long: a worker may be needed for another run, and any other
/// thread has to look whether the workers have stalled.
fn wait(parallel: &ParallelRun) {
    let is_worker = rayon::current_thread_index().is_some();
    let longest = if is_worker { NAP } else { BETWEEN_LOOKS };
    let mut signal = lock(&parallel.signal);
    if !*signal {
        let woken = parallel.changed.wait_timeout(signal, longest);
        (signal, _) = woken.unwrap_or_else(PoisonError::into_inner);
    }
    *signal = false;
}
