//! Splicing the tasks that a task has made into its run.

#![expect(unsafe_code, reason = "it plans through a plan's pointers")]

pub(super) mod futures;
mod park;

use std::sync::{Arc, Mutex};

use graph_core::{
    __run::{Signature, Unfolded},
    Cause, Failure, GraphError,
};

use super::{
    Run,
    dynamic::{NewSegment, Place, Segment},
    failures::Reason,
    part::Part,
    schedule::Schedule,
    subscription,
};
use crate::observe::observer::named;

impl Run {
    /// Splices in what a claimed task has made and waits for. Returns how many tasks that settles.
    #[inline(never)]
    pub(super) fn unfold(
        &self,
        place: &Place,
        grow: impl Fn(usize),
        ready: &mut impl FnMut(u32),
    ) -> usize {
        let (plan, index) = (self.plan_of(place), place.index);
        // SAFETY: the task is claimed, and the handles exist (`Run::new`).
        let (number, signature) = unsafe { (plan.number(index), plan.signature(index)) };
        let circle = self.dynamic().circle(place, number);
        // SAFETY: `run` has just returned `None`.
        let Unfolded { inner, awaited } = unsafe { plan.unfold(index) };
        if awaited {
            subscription::publish(number);
        }
        let inner = inner.and_then(|inner| match circle {
            None => Ok(inner),
            Some(through) => Err(self.circle_error(&signature, &through)),
        });
        let inner = match inner {
            Ok(inner) => inner,
            Err(error) => {
                let failure = Failure {
                    function: (signature.function)().path(),
                    label: signature.label.as_deref().map(str::to_owned),
                    built_at: signature.built_at(),
                    arguments: None,
                    is_definition: false,
                    cause: Cause::error(error),
                };
                return self.fail(place, Reason::from_failure(Arc::new(failure)));
            }
        };
        let count = inner.len();
        let Schedule { dependents, awaited, sources, ranks, .. } =
            Schedule::new(&inner, self.strict, None::<fn(u32) -> bool>);
        let signatures = match self.recorded {
            // SAFETY: no task of this plan has ended in it, and the outer task holds the handles.
            true => (0..count as u32).map(|task| unsafe { inner.signature(task) }).collect(),
            false => Vec::new(),
        };
        let part = Part { plan: inner, dependents, awaited, failures: Mutex::default() };
        let segment = NewSegment {
            part,
            ranks: ranks.unwrap_or_default(),
            outer: place.clone(),
            outer_number: number,
            signatures,
        };
        let segment = self.dynamic().begin(segment, self.plan());
        grow(count);
        // Whoever made them ready goes on with the last.
        sources.into_iter().rev().for_each(|task| ready(self.token_in(&segment, task)));
        0
    }

    /// The error of a task that waits for itself, through others that wait.
    #[cold]
    fn circle_error(&self, signature: &Signature, through: &[Place]) -> GraphError {
        let name = named((signature.function)(), signature.label.as_deref());
        // SAFETY: a task that waits has not ended in its plan, and the handles exist (`Run::new`).
        let describe = |place: &Place| unsafe { self.plan_of(place).describe(place.index) }.0;
        let others = through.iter().rev().map(describe);
        GraphError::Cycle { path: others.chain([name]).collect() }
    }

    #[inline]
    pub(super) fn token_in(&self, segment: &Arc<Segment>, index: u32) -> u32 {
        self.dynamic().token(Place { segment: Some(Arc::clone(segment)), index })
    }
}
