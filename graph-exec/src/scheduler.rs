//! Who runs the tasks of a run, and when: the workers of a pool, or the calling thread.

mod admission;
pub(crate) mod caller;
pub(crate) mod durations;
mod padded;
pub(crate) mod parallel;
mod permits;
pub(crate) mod pool;
pub(crate) mod queue;
mod rescue;
pub(crate) mod serial;
pub(crate) mod solo;
mod stall;
mod termination;
mod worker;
