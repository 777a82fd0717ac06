//! A minimal executor for this crate's unit tests: one thread, one task after another.

#![expect(unsafe_code, reason = "what an executor does, for one thread and whole graphs only")]

use crate::{
    handle::Delayed,
    task::{
        execution::Execution,
        failure::Cause,
        header::{Edges, TaskPointer},
        phase::{Claim, Phase},
        slot,
    },
};

/// Runs what `handle` needs. Returns its result, or the message of the first failure.
///
/// Recurses once per level, so it is for shallow graphs.
pub(crate) fn run<T: Send + 'static>(handle: Delayed<T>) -> Result<T, String> {
    run_task(handle.task().pointer())?;
    Ok(handle.take_value())
}

fn run_task(pointer: TaskPointer) -> Result<(), String> {
    // SAFETY: the handle that `run` holds keeps every task that it needs, waiting or done, and no
    // other thread knows of any of them.
    unsafe {
        let header = pointer.header();
        if header.state.phase() == Phase::Waiting {
            let mut edges = Edges::default();
            (header.vtable.edges)(pointer, &mut edges);
            for dependency in edges.dependencies {
                run_task(dependency)?;
            }
            if let Claim::Claimed = header.state.claim_exclusive() {
                let phase = (header.vtable.run)(pointer, &mut Execution::new(&|| true));
                header.state.publish_exclusive(phase);
            }
        }
        match slot::failure_of(pointer) {
            Some(failure) => Err(match &failure.cause {
                Cause::Error(error) => error.to_string(),
                other => other.to_string(),
            }),
            None => Ok(()),
        }
    }
}
