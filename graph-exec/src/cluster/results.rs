//! The results of a run on the cluster: they are put into the tasks that they belong to.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

use std::sync::Arc;

use graph_core::{__run::Plan, Cause, Failure};

use super::{
    error::{ClusterError, RemoteError},
    protocol::RunFailure,
    resources::MissingResources,
    submission::{Claims, Submission, describe},
};
use crate::{
    error::Error,
    run::failures::{Failures, Reason},
};

/// How a run on the cluster ended.
pub(super) enum RemoteOutcome {
    /// It has a result for each output that had none.
    Results {
        /// The length of each result, in bytes.
        lengths: Vec<u64>,
        /// The encoded results, one after another.
        body: Vec<u8>,
    },
    Failure(RunFailure),
    /// The connection to the scheduler was lost.
    Lost {
        /// Address of the scheduler.
        address: String,
    },
    Cancelled {
        /// How many tasks had ended.
        settled: usize,
        /// How many tasks were sent.
        tasks: usize,
    },
}

/// Puts the results into the outputs, or makes an error of what happened instead.
pub(super) fn settle(
    claims: &mut Claims<'_>,
    submission: &Submission,
    outcome: RemoteOutcome,
) -> Result<(), Error> {
    match outcome {
        RemoteOutcome::Cancelled { settled, tasks } => {
            Err(Error::Cancelled { ended: settled, tasks })
        }
        RemoteOutcome::Lost { address } => Err(ClusterError::Lost { address }.into()),
        RemoteOutcome::Failure(failed) => Err(failure(claims, submission, failed)),
        RemoteOutcome::Results { lengths, body } => {
            let Some(results) = split(&body, &lengths, submission.outputs.len()) else {
                let message = "the results are not as many or as long as it says".to_owned();
                return Err(ClusterError::Protocol { message }.into());
            };
            let places = submission.outputs.iter().map(|&out| submission.places[out as usize]);
            let outcomes = places.zip(results.into_iter().map(Ok)).collect();
            claims.settle(outcomes);
            // A result that could not be read is the failure of its task.
            unreadable(claims.plan()).map_or(Ok(()), Err)
        }
    }
}

/// Splits what came back into results of these lengths; `None` unless there are as many as outputs and
/// nothing is missing or left over.
fn split<'a>(body: &'a [u8], lengths: &[u64], outputs: usize) -> Option<Vec<&'a [u8]>> {
    let mut rest = body;
    let mut results = Vec::with_capacity(outputs);
    for &length in lengths {
        let (result, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        rest = behind;
        results.push(result);
    }
    (rest.is_empty() && results.len() == outputs).then_some(results)
}

/// The failure of an output whose result could not be decoded.
fn unreadable(plan: &Plan) -> Option<Error> {
    plan.outputs().iter().find_map(|&output| {
        // SAFETY: an output's handle, which the caller of the run holds, holds its task.
        let failure = unsafe { (!plan.output_is_done(output)).then(|| plan.failure(output)) };
        Some(error(plan, output, failure.flatten()?))
    })
}

/// The error of a run that failed; a task that failed by itself keeps its failure.
fn failure(claims: &mut Claims<'_>, submission: &Submission, failed: RunFailure) -> Error {
    let RunFailure { cause, message, index, worker, unable, offers } = failed;
    if cause == "program" {
        return ClusterError::Program { workers: unable }.into();
    }
    let Some(&place) = index.and_then(|index| submission.places.get(index as usize)) else {
        return ClusterError::Dask { message }.into();
    };
    let plan = claims.plan();
    if cause == "resources" {
        let needed = index.and_then(|index| submission.tasks.get(index as usize));
        let needed = needed.map(|task| task.resources.clone()).unwrap_or_default();
        let missing = MissingResources::new(describe(plan, place), needed, offers);
        return ClusterError::Resources(Box::new(missing)).into();
    }
    let remote = RemoteError { message, worker };
    match cause.as_str() {
        // The task itself has failed, so it also fails here and is not run again.
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
        // Only its process has failed, so another run may try the task again.
        _ => {
            // SAFETY: claimed by this run, or held by a dependent that is.
            let signature = unsafe { plan.signature(place) };
            let failure = Failure {
                function: (signature.function)().path(),
                built_at: signature.built_at(),
                label: signature.label.map(String::from),
                arguments: None,
                is_definition: false,
                cause: Cause::error(remote),
            };
            error(plan, place, Arc::new(failure))
        }
    }
}

/// The error of a task that failed, with the path to the output that needs it.
fn error(plan: &Plan, place: u32, failure: Arc<Failure>) -> Error {
    let mut failures = Failures::default();
    failures.set_first(place, Reason::from_failure(failure));
    // SAFETY: the outputs' handles live as long as the run, and what needs a failed task never ran.
    let error = unsafe { failures.first_error(plan, &plan.dependencies().inverted()) };
    error.expect("a failure was just added")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_as_many_and_as_long_as_was_said() {
        assert_eq!(split(b"abc", &[1, 0, 2], 3), Some(vec![&b"a"[..], b"", b"bc"]));
        assert_eq!(split(b"abc", &[1, 1], 2), None, "a byte is left over");
        assert_eq!(split(b"abc", &[1, 3], 2), None, "a byte is missing");
        assert_eq!(split(b"abc", &[3], 2), None, "a result is missing");
        assert_eq!(split(b"abc", &[1, 1, 1], 2), None, "a result is left over");
        assert_eq!(split(b"abc", &[u64::MAX], 1), None);
    }
}
