//! What came back from the cluster, put into the tasks it belongs to.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::sync::Arc;

use graph_core::{__run::Plan, Cause, Failure};

use super::{
    error::{ClusterError, RemoteError},
    protocol::Failed,
    submission::{Claims, Submission},
};
use crate::{
    Error,
    blame::{Blame, Reason},
};

/// How a run on the cluster ended.
pub(super) enum Arrived {
    /// With a result for each output, behind each other.
    Results {
        lengths: Vec<u64>,
        body: Vec<u8>,
    },
    Failure(Failed),
    Cancelled {
        settled: usize,
        tasks: usize,
    },
}

/// Puts results into the outputs, or makes an error of what happened instead.
pub(super) fn settle(
    claims: &mut Claims<'_>,
    submission: &Submission,
    arrived: Arrived,
) -> Result<(), Error> {
    match arrived {
        Arrived::Cancelled { settled, tasks } => Err(Error::Cancelled { ended: settled, tasks }),
        Arrived::Failure(failed) => Err(failure(claims, submission, failed)),
        Arrived::Results { lengths, body } => {
            let mut rest = body.as_slice();
            let mut outcomes = Vec::with_capacity(lengths.len());
            for (&output, length) in submission.outputs.iter().zip(lengths) {
                let length = usize::try_from(length).unwrap_or(usize::MAX).min(rest.len());
                let (result, behind) = rest.split_at(length);
                rest = behind;
                outcomes.push((submission.places[output as usize], Ok(result)));
            }
            if outcomes.len() != submission.outputs.len() {
                let message = "there are fewer results than outputs".to_owned();
                return Err(ClusterError::Dask { message }.into());
            }
            claims.settle(outcomes);
            // A result that could not be read is the failure of its task.
            unreadable(claims.plan()).map_or(Ok(()), Err)
        }
    }
}

fn unreadable(plan: &Plan) -> Option<Error> {
    plan.outputs().iter().find_map(|&output| {
        // SAFETY: an output's handle, which the caller of the run holds, holds its task.
        let failure = unsafe { (!plan.output_is_done(output)).then(|| plan.failure(output)) };
        Some(error(plan, output, failure.flatten()?))
    })
}

fn failure(claims: &mut Claims<'_>, submission: &Submission, failed: Failed) -> Error {
    let Failed { cause, message, index, worker } = failed;
    let Some(&place) = index.and_then(|index| submission.places.get(index as usize)) else {
        return match cause.as_str() {
            "lost" => ClusterError::Lost { message }.into(),
            _ => ClusterError::Dask { message }.into(),
        };
    };
    let plan = claims.plan();
    let remote = RemoteError { message, worker };
    match cause.as_str() {
        // The task itself has failed, here as there: it is not run again.
        "failed" | "panicked" if claims.is_claimed(place) => {
            let cause = match cause.as_str() {
                "panicked" => Cause::Panic(remote.to_string()),
                _ => Cause::error(remote),
            };
            claims.settle(vec![(place, Err(cause))]);
            // SAFETY: dependents of a failed task never run, so they, or its handle, hold it.
            let failure = unsafe { plan.failure(place) };
            error(plan, place, failure.expect("it was settled with a failure"))
        }
        // What became of its process says little about the task: another run may try again.
        _ => {
            // SAFETY: claimed by this run, or held by a dependent that is.
            let signature = unsafe { plan.signature(place) };
            let failure = Failure {
                function: (signature.function)().path(),
                built_at: signature.built_at(),
                label: signature.label.map(String::from),
                cause: Cause::error(remote),
            };
            error(plan, place, Arc::new(failure))
        }
    }
}

/// The failure with the path to the output that needs it.
fn error(plan: &Plan, place: u32, failure: Arc<Failure>) -> Error {
    let mut blame = Blame::default();
    blame.add(place, Reason::Failure(failure));
    // SAFETY: the outputs' handles live as long as the run, and what needs a failed task never ran.
    let error = unsafe { blame.first_error(plan, &plan.dependencies().inverted()) };
    error.expect("a failure was just added")
}
