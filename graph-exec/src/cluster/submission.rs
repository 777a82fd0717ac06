//! A plan as it is submitted to the cluster. Every task is claimed, so that no run of this process
//! starts it, and described by its function's name and its encoded constants.

#![expect(unsafe_code, reason = "it claims tasks of a plan whose handles the run holds")]

mod waiter;

use std::sync::Arc;

use graph_core::{
    __run::{Claimed, Ended, Piece, Plan, Refused},
    Cause, Failure, Function, SourceLocation,
};

use self::waiter::{Waited, Waiter};
use super::{
    error::{ClusterError, RefusedTask},
    protocol::Task,
};
use crate::{
    error::Error,
    run::{
        cancel::CancelToken,
        failures::{Failures, Reason},
        nesting::Nesting,
        subscription,
    },
};

/// The tasks of a plan that this run has claimed. Those that it has not settled when it ends are given
/// back.
pub(super) struct Claims<'p> {
    plan: &'p Plan,
    states: Vec<ClaimState>,
    /// The failure of an earlier run that was met first: (task, failure).
    failed: Option<(u32, Arc<Failure>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ClaimState {
    /// Not claimed yet, or given back.
    Free,
    Claimed,
    /// Claimed, and about to be settled.
    Settling,
    /// It had ended before, or this run has settled it.
    Ended(Ended),
}

impl<'p> Claims<'p> {
    /// Claims every task that has not ended. A task that another run has claimed is waited for, until one
    /// of the tokens is cancelled.
    ///
    /// # Safety
    /// The handles that the plan was made from live as long as the claims, and no task of the plan
    /// is started by anybody who has this plan.
    pub(super) unsafe fn new(plan: &'p Plan, cancel: &[CancelToken]) -> Result<Self, Error> {
        let waiter = Waiter::new(Nesting::new(Vec::new()));
        let _registered: Vec<_> = cancel.iter().map(|token| token.register(&waiter)).collect();
        let states = vec![ClaimState::Free; plan.len()];
        let mut claims = Claims { plan, states, failed: None };
        let mut index = 0;
        while index < plan.len() as u32 {
            // SAFETY: promised by the caller, and each task is claimed once, or again after `Busy`
            // or after it was given back.
            let claimed = unsafe { plan.claim_to_submit(index) };
            claims.states[index as usize] = match claimed {
                Claimed::Now => ClaimState::Claimed,
                Claimed::Before(Ended::Failed) => {
                    // SAFETY: the handles live, as the caller has promised.
                    let Some(failure) = (unsafe { plan.failure(index) }) else {
                        // It was reset just now.
                        continue;
                    };
                    claims.failed.get_or_insert((index, failure));
                    ClaimState::Ended(Ended::Failed)
                }
                Claimed::Before(ended) => ClaimState::Ended(ended),
                Claimed::Busy => {
                    // Two runs that each keep a task which the other waits for would never end.
                    claims.give_all_back();
                    // SAFETY: `claim` said `Busy`.
                    let (number, announce) =
                        unsafe { (plan.number(index), || plan.subscribe(index)) };
                    if waiter.wait_for(number, announce) == Waited::WouldDeadlock {
                        // SAFETY: as above.
                        let (task, built_at) = unsafe { plan.describe(index) };
                        return Err(Error::WouldDeadlock { task, built_at, wants: None });
                    }
                    if waiter.is_cancelled() {
                        return Err(claims.cancelled());
                    }
                    index = 0;
                    continue;
                }
            };
            index += 1;
        }
        Ok(claims)
    }

    /// The error of a run that is cancelled before it has sent anything.
    fn cancelled(&self) -> Error {
        let ended =
            self.states.iter().filter(|state| matches!(state, ClaimState::Ended(_))).count();
        Error::Cancelled { ended, tasks: self.states.len() }
    }

    pub(super) fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// The function of a task that was claimed, or had ended.
    pub(super) fn function(&self, index: u32) -> fn() -> Function {
        // SAFETY: the claims keep every task, and the handles live.
        unsafe { self.plan.function(index) }
    }

    pub(super) fn is_claimed(&self, index: u32) -> bool {
        self.states[index as usize] == ClaimState::Claimed
    }

    /// The failure of an earlier run that leaves some output without a result.
    pub(super) fn earlier_failure(&self) -> Option<Error> {
        let (failed, failure) = self.failed.clone()?;
        let mut failures = Failures::default();
        failures.set_first(failed, Reason::from_failure(failure));
        // SAFETY: as above.
        unsafe { failures.first_error(self.plan, &self.plan.dependencies().inverted()) }
    }

    /// Ends claimed tasks with their encoded results, or with the cause of a failure.
    ///
    /// All others are given back first: a task that ends releases its dependencies, which may then be
    /// dropped.
    pub(super) fn settle(&mut self, outcomes: Vec<(u32, Result<&[u8], Cause>)>) {
        for &(index, _) in &outcomes {
            assert!(self.is_claimed(index), "only a claimed task is settled");
            self.states[index as usize] = ClaimState::Settling;
        }
        self.give_all_back();
        for (index, outcome) in outcomes {
            // SAFETY: claimed by this run, once; it is an output, which its handle holds, or one
            // failed task alone, which its dependents hold.
            let (number, ran) =
                unsafe { (self.plan.number(index), self.plan.settle(index, outcome)) };
            self.states[index as usize] = ClaimState::Ended(ran.ended);
            if ran.awaited {
                subscription::publish(number);
            }
        }
    }

    /// Gives back all claimed tasks; they wait as before.
    pub(super) fn give_all_back(&mut self) {
        for index in 0..self.states.len() as u32 {
            if self.is_claimed(index) {
                self.states[index as usize] = ClaimState::Free;
                // SAFETY: claimed by this run, and the state said that the claim had not ended.
                let (number, awaited) =
                    unsafe { (self.plan.number(index), self.plan.give_back(index)) };
                if awaited {
                    subscription::publish(number);
                }
            }
        }
    }
}

impl Drop for Claims<'_> {
    fn drop(&mut self) {
        self.give_all_back();
    }
}

/// A graph as it is sent. Only tasks that the outputs need are in it, the oldest first.
#[derive(Default)]
pub(super) struct Submission {
    pub(super) tasks: Vec<Task>,
    /// Index in `tasks` → number in the plan.
    pub(super) places: Vec<u32>,
    /// Indices in `tasks` of the outputs that have no result yet, in ascending order.
    pub(super) outputs: Vec<u32>,
    /// The encoded constants of all tasks, one after another.
    pub(super) constants: Vec<u8>,
}

impl Submission {
    /// Describes what the outputs need.
    ///
    /// # Errors
    /// [`ClusterError::RefusedTask`] for the first task, in the order in which they were built,
    /// that can run in this process only.
    pub(super) fn new(claims: &Claims<'_>) -> Result<Self, ClusterError> {
        let plan = claims.plan();
        let mut submission = Submission::default();
        // Number in the plan → index among the tasks that are sent.
        let mut numbers = vec![None; plan.len()];
        // The oldest first, so that dependencies get their indices before their dependents.
        let needed = needed(claims);
        for index in (0..plan.len() as u32).rev().filter(|&index| needed[index as usize]) {
            let mut task = submission.describe(claims, index).map_err(|refused| {
                let culprit = RefusedTask::new(describe(plan, index), &refused);
                ClusterError::RefusedTask(Box::new(culprit))
            })?;
            if claims.is_claimed(index) {
                let number = |&other: &u32| numbers[other as usize].expect("it was built before");
                task.results = plan.dependencies().neighbours(index).iter().map(number).collect();
            }
            numbers[index as usize] = Some(submission.tasks.len() as u32);
            submission.tasks.push(task);
            submission.places.push(index);
        }
        for &(before, after) in plan.order_edges() {
            if let (Some(before), Some(after)) = (numbers[before as usize], numbers[after as usize])
                && claims.is_claimed(submission.places[after as usize])
            {
                submission.tasks[after as usize].after.push(before);
            }
        }
        for &(index, priority) in plan.priorities() {
            if let Some(number) = numbers[index as usize] {
                submission.tasks[number as usize].priority = priority;
            }
        }
        let outputs = plan.outputs().iter().filter(|&&output| claims.is_claimed(output));
        submission.outputs = outputs.filter_map(|&output| numbers[output as usize]).collect();
        submission.outputs.sort_unstable();
        submission.outputs.dedup();
        Ok(submission)
    }

    /// Describes one task: a call of its function, or its result when it has ended.
    fn describe(&mut self, claims: &Claims<'_>, index: u32) -> Result<Task, Refused> {
        let plan = claims.plan();
        let mut task = Task::default();
        if !claims.is_claimed(index) {
            // SAFETY: it has ended `Done`, or a failure would have been reported; this run has
            // claimed its dependents, which hold it.
            let result = unsafe { plan.encoded_result(index) }?;
            task.pieces.push(Some(self.add(&result)));
            return Ok(task);
        }
        if plan.outputs().contains(&index) {
            // SAFETY: an output's handle holds it.
            unsafe { plan.check_return(index) }?;
        }
        // SAFETY: claimed by this run.
        let departing = unsafe { plan.remote_call(index) }?;
        task.function = departing.function;
        let attempts = departing.attempts;
        task.retries = attempts.retries.filter(|_| attempts.are_retries_said);
        task.timeout = attempts.timeout.map(|timeout| timeout.as_secs_f64());
        let resources = departing.resources.into_iter();
        task.resources = resources.map(|(name, amount)| (name.into_owned(), amount)).collect();
        for piece in departing.arguments {
            task.pieces.push(match piece {
                Piece::Bytes(bytes) => Some(self.add(&bytes)),
                Piece::Result => None,
            });
        }
        Ok(task)
    }

    /// Appends a constant and returns its (offset, length).
    fn add(&mut self, constant: &[u8]) -> (u64, u64) {
        let offset = self.constants.len() as u64;
        self.constants.extend_from_slice(constant);
        (offset, constant.len() as u64)
    }
}

/// The name of a task that this run has claimed or that a claimed one holds, and where it was built.
pub(super) fn describe(plan: &Plan, index: u32) -> (String, SourceLocation) {
    // SAFETY: the task has not ended in this plan, and the handles live.
    unsafe { plan.describe(index) }
}

/// Task → whether it is needed for the outputs without a result: it must run, or its result is taken
/// by one that must. All other tasks of the plan have ended.
fn needed(claims: &Claims<'_>) -> Vec<bool> {
    let plan = claims.plan();
    let mut needed = vec![false; plan.len()];
    for &output in plan.outputs() {
        needed[output as usize] = claims.is_claimed(output);
    }
    // Dependents come before their dependencies.
    for index in 0..plan.len() as u32 {
        if needed[index as usize] && claims.is_claimed(index) {
            for &dependency in plan.dependencies().neighbours(index) {
                needed[dependency as usize] = true;
            }
        }
    }
    needed
}

#[cfg(test)]
mod tests;
