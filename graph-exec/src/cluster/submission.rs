//! A plan as what the adaptor is sent: every task claimed, so that no run here takes it up, and
//! described by its function's name and its encoded constants.

#![expect(unsafe_code, reason = "it claims tasks of a plan whose handles the run holds")]

use graph_core::{
    __run::{Claimed, Ended, Piece, Plan, Refused},
    Cause, Function, SourceLocation,
};

use super::{
    error::{ClusterError, RefusedTask},
    patience::Patience,
    protocol::Task,
};
use crate::{
    Error,
    blame::{Blame, Reason},
    lineage::Lineage,
    subscription,
};

/// The tasks of a plan that this run has claimed. Those that are not settled are given back.
pub(super) struct Claims<'p> {
    plan: &'p Plan,
    states: Vec<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not looked at, or given back.
    Free,
    Claimed,
    /// Claimed, and about to end.
    Settling,
    /// It has ended: before, or settled by this run.
    Ended(Ended),
}

impl<'p> Claims<'p> {
    /// Claims every task that has not ended. What another run is at is waited for.
    ///
    /// # Safety
    /// The handles that the plan was made from live as long as the claims, and no task of the plan
    /// is started by anybody who has this plan.
    pub(super) unsafe fn of(plan: &'p Plan) -> Result<Self, Error> {
        let lineage = Lineage::of_new_run();
        let mut claims = Claims { plan, states: vec![State::Free; plan.len()] };
        let mut index = 0;
        while index < plan.len() as u32 {
            // SAFETY: promised by the caller, and each task is claimed once, or again after `Busy`
            // or after it was given back.
            let claimed = unsafe { plan.claim_to_depart(index) };
            claims.states[index as usize] = match claimed {
                Claimed::Now => State::Claimed,
                Claimed::Before(ended) => State::Ended(ended),
                Claimed::Busy => {
                    // Two runs that each hold what the other waits for would wait for ever.
                    claims.give_all_back();
                    // SAFETY: `claim` said `Busy`.
                    let (number, announce) =
                        unsafe { (plan.number(index), || plan.subscribe(index)) };
                    if !Patience::new(&lineage).wait(number, announce) {
                        // SAFETY: as above.
                        let (task, built_at) = unsafe { plan.describe(index) };
                        return Err(Error::WouldDeadlock { task, built_at });
                    }
                    index = 0;
                    continue;
                }
            };
            index += 1;
        }
        Ok(claims)
    }

    pub(super) fn plan(&self) -> &'p Plan {
        self.plan
    }

    /// The function that a task runs which was claimed, or had ended.
    pub(super) fn function(&self, index: u32) -> fn() -> Function {
        // SAFETY: the claims keep every task, and the handles live.
        unsafe { self.plan.function(index) }
    }

    pub(super) fn is_claimed(&self, index: u32) -> bool {
        self.states[index as usize] == State::Claimed
    }

    /// The failure of an earlier run that leaves some output without a result.
    pub(super) fn earlier_failure(&self) -> Option<Error> {
        let failed = (0..self.states.len() as u32)
            .find(|&index| self.states[index as usize] == State::Ended(Ended::Failed))?;
        // SAFETY: the handles live, as the caller of `of` has promised.
        let failure = unsafe { self.plan.failure(failed) }?;
        let mut blame = Blame::default();
        blame.add(failed, Reason::Failure(failure));
        // SAFETY: as above.
        unsafe { blame.first_error(self.plan, &self.plan.dependencies().inverted()) }
    }

    /// Ends claimed tasks with their encoded results, or with the cause of a failure.
    ///
    /// All others are given back first: a task that ends lets go of its dependencies, and with that
    /// they may be gone.
    pub(super) fn settle(&mut self, outcomes: Vec<(u32, Result<&[u8], Cause>)>) {
        for &(index, _) in &outcomes {
            assert!(self.is_claimed(index), "only a claimed task is settled");
            self.states[index as usize] = State::Settling;
        }
        self.give_all_back();
        for (index, outcome) in outcomes {
            // SAFETY: claimed by this run, once; it is an output, which its handle holds, or one
            // failed task alone, which its dependents hold.
            let (number, ran) =
                unsafe { (self.plan.number(index), self.plan.settle(index, outcome)) };
            self.states[index as usize] = State::Ended(ran.ended);
            if ran.awaited {
                subscription::publish(number);
            }
        }
    }

    /// Ends the claims, with the tasks waiting as before.
    pub(super) fn give_all_back(&mut self) {
        for index in 0..self.states.len() as u32 {
            if self.is_claimed(index) {
                self.states[index as usize] = State::Free;
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

/// A graph as it is sent. Its tasks are numbered as in the plan, with empty ones where nothing is
/// needed.
#[derive(Default)]
pub(super) struct Submission {
    pub(super) tasks: Vec<Task>,
    /// Place in the plan of each task.
    pub(super) places: Vec<u32>,
    /// Indices of the outputs that have no result yet.
    pub(super) outputs: Vec<u32>,
    /// The constants, one after another.
    pub(super) constants: Vec<u8>,
}

impl Submission {
    /// Describes what the outputs need.
    ///
    /// # Errors
    /// [`ClusterError::RefusedTask`] for the first task, in the order in which they were built,
    /// that can run here alone.
    pub(super) fn of(claims: &Claims<'_>) -> Result<Self, ClusterError> {
        let plan = claims.plan();
        let mut submission = Submission::default();
        // Plan → number among the tasks that are sent.
        let mut numbers = vec![None; plan.len()];
        // Oldest first, so that dependencies have their numbers before their dependents.
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
        let departing = unsafe { plan.depart(index) }?;
        task.function = departing.function;
        task.retries = departing.retries;
        for piece in departing.arguments {
            task.pieces.push(match piece {
                Piece::Bytes(bytes) => Some(self.add(&bytes)),
                Piece::Result => None,
            });
        }
        Ok(task)
    }

    fn add(&mut self, constant: &[u8]) -> (u64, u64) {
        let offset = self.constants.len() as u64;
        self.constants.extend_from_slice(constant);
        (offset, constant.len() as u64)
    }
}

/// Name and place of a task that this run has claimed, or that a claimed one holds.
fn describe(plan: &Plan, index: u32) -> (String, SourceLocation) {
    // SAFETY: the task has not ended in this plan, and the handles live.
    unsafe { plan.describe(index) }
}

/// Which tasks the outputs without a result need: those that must run, and those whose results they
/// take. What else the plan holds has ended.
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
