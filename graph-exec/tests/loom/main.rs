//! Every interleaving of two or three threads in the parts of the scheduler that share memory.
//!
//! Run with `RUSTFLAGS="--cfg loom" cargo test -p graph-exec --test loom --release`.
//!
//! The files under `src` are the real ones; what they import from `crate::sync` is in `sync.rs` here.
//! It is loom and not shuttle, because loom also tries what weak memory allows: an `Acquire` or a
//! fence too few is found, where shuttle knows only sequential consistency. `crossbeam-deque` knows
//! no loom, so `queues.rs` stands in for it, with the same memory orders.
//!
//! Not modelled is what workers help with that wait inside a task. `PREEMPTIONS` bounds how often a thread is
//! interrupted where it could go on; most bugs need two.

#![cfg(loom)]
#![expect(unsafe_code, reason = "it starts tasks through plans, and loom watches its cells")]

#[path = "../../src/run/cancel.rs"]
#[expect(dead_code, reason = "a model shows no tokens")]
mod cancel;
#[path = "../../src/run/cancel_flag.rs"]
mod cancel_flag;
#[path = "../../src/scheduler/parallel/company.rs"]
mod company;
#[path = "../../src/executor/background/completion.rs"]
mod completion;
#[path = "../../src/run/schedule/join_counter.rs"]
#[expect(dead_code, reason = "a model knows its sources")]
mod join_counter;
#[path = "../../src/scheduler/padded.rs"]
mod padded;
#[path = "../../src/run/subscription.rs"]
#[expect(dead_code, reason = "a model has no subscriptions of the whole process")]
mod subscription;
#[path = "../../src/scheduler/termination.rs"]
#[expect(dead_code, reason = "every worker of a model comes with a job")]
mod termination;
#[path = "../../src/timer.rs"]
mod timer;

#[path = "../../src/scheduler"]
mod scheduler {
    pub(crate) use crate::padded;

    #[expect(dead_code, reason = "nobody tells a caller of a model to look")]
    pub(crate) mod caller {
        pub(crate) mod signal;
    }
    #[expect(dead_code, reason = "no thread of a model helps while it waits inside a task")]
    pub(crate) mod permits;
    #[expect(dead_code, reason = "no run of a model waits for memory")]
    pub(crate) mod stall;

    pub(crate) mod queue {
        #[expect(dead_code, reason = "a model counts no sources")]
        pub(crate) mod work_stealing;
    }

    /// Stands in for what is learned of functions.
    pub(crate) mod durations {
        pub(crate) const LONG: std::time::Duration = std::time::Duration::from_micros(5);
    }
}

#[path = "../../src/run"]
mod run {
    pub(crate) use crate::cancel_flag;

    #[expect(dead_code, reason = "a model starts no serial runs and no workers that help")]
    #[allow(unused_imports, reason = "nor does it ask for all that a task may ask")]
    pub(crate) mod nesting;
}
pub(crate) use run::nesting;

/// Stands in for the budget that `nesting.rs` names: no model has a memory limit.
mod limits {
    pub(crate) mod memory {
        pub(crate) mod budget {
            pub(crate) enum MemoryBudget {}

            impl MemoryBudget {
                pub(crate) fn enter(&self) {
                    match *self {}
                }
                pub(crate) fn leave(&self) {
                    match *self {}
                }
            }
        }
    }
}

mod alone;
mod background;
mod cancelling;
mod ends;
mod hand_over;
mod none_overlooked;
mod queues;
mod ranges;
mod reserved;
mod spares;
mod sync;
mod turns;

/// How often loom interrupts a thread that could go on.
const PREEMPTIONS: usize = 3;

/// Checks a model whose state space is too large to try all of it.
fn model(check: impl Fn() + Send + Sync + 'static) {
    model_with(PREEMPTIONS, check);
}

/// Checks a model, with so many interruptions at most unless the environment says otherwise.
fn model_with(preemptions: usize, check: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound.get_or_insert(preemptions);
    builder.check(check);
}
