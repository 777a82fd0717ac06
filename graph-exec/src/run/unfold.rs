//! Splicing the tasks that a task has made into its run.

#![expect(unsafe_code, reason = "it plans through a plan's pointers")]

pub(super) mod futures;
mod park;

use std::sync::{Arc, Mutex};

use graph_core::{
    __run::{Plan, Signature, Unfolded},
    Cause, Failure, GraphError,
};

use super::{
    Run,
    dynamic::{NewSegment, Place, Segment},
    failures::Reason,
    part::Part,
    schedule::{Learned, Schedule, longest_path::LearnedDurations},
    subscription,
};
use crate::{
    limits::resources::{error::ResourceError, requests::Requests},
    observe::observer::named,
    sync::Ordering,
};

impl Run {
    /// Splices in what a claimed task has made and waits for. Returns how many tasks that settles.
    #[inline(never)]
    pub(super) fn unfold(
        &self,
        place: &Place,
        grow: impl Fn(&Plan) -> Result<Requests, ResourceError>,
        ready: &mut impl FnMut(u32),
    ) -> usize {
        let (plan, index) = (self.plan_of(place), place.index);
        // SAFETY: the task is claimed, and the handles exist (`Run::new`).
        let (number, signature, kind) =
            unsafe { (plan.number(index), plan.signature(index), plan.kind(index)) };
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
        let inner = inner.map_err(Cause::error).and_then(|inner| {
            let requests = grow(&inner).map_err(Cause::error)?;
            Ok((inner, requests))
        });
        let (inner, requests) = match inner {
            Ok(inner) => inner,
            Err(cause) => {
                let failure = Failure {
                    function: (signature.function)().path(),
                    label: signature.label.as_deref().map(str::to_owned),
                    built_at: signature.built_at(),
                    arguments: None,
                    is_definition: false,
                    cause,
                };
                return self.fail(place, Reason::from_failure(Arc::new(failure)));
            }
        };
        let count = inner.len();
        let durations = self.learned_durations(&inner, kind);
        // Which tasks are short matters only where nothing else puts them in order.
        let learned = durations.map(|known| Learned { is_short: |_| true, durations: Some(known) });
        let Schedule { dependents, awaited, sources, ranks, longest_paths, .. } =
            Schedule::new(&inner, self.strict, learned);
        let signatures = match self.recorded {
            // SAFETY: no task of this plan has ended in it, and the outer task holds the handles.
            true => (0..count as u32).map(|task| unsafe { inner.signature(task) }).collect(),
            false => Vec::new(),
        };
        if !requests.is_empty() {
            self.is_limited.store(true, Ordering::Relaxed);
        }
        let part = Part {
            plan: inner,
            dependents,
            awaited,
            failures: Mutex::default(),
            longest_paths,
            requests,
        };
        let segment = NewSegment {
            part,
            ranks: ranks.unwrap_or_default(),
            path: self.path(place),
            outer: place.clone(),
            outer_number: number,
            signatures,
        };
        let segment = self.dynamic().begin(segment, self.plan());
        // Whoever made them ready goes on with the last.
        sources.into_iter().rev().for_each(|task| ready(self.token_in(&segment, task)));
        0
    }

    /// How long the tasks take that one of `outer_kind` has made, and on how many threads, when tasks start by their
    /// longest paths. When they do not although they should, that is noted for the next run.
    fn learned_durations(
        &self,
        inner: &Plan,
        outer_kind: usize,
    ) -> Option<(LearnedDurations, usize)> {
        let durations = self.durations.as_ref()?;
        if inner.len() <= durations.threads() {
            return None;
        }
        // SAFETY: no task of this plan has ended in it, and the outer task holds the handles.
        let kind = |task| unsafe { inner.kind(task) };
        // SAFETY: as above.
        let is_dynamic = |task| unsafe { inner.is_dynamic(task) };
        let learned = LearnedDurations::new(inner, durations, kind, is_dynamic);
        let paths = learned.as_ref().map(|learned| learned.paths(inner.dependencies()));
        let longest = paths.and_then(|paths| paths.into_iter().max()).unwrap_or(0);
        durations.note_made(outer_kind, longest);
        let learned = learned.filter(|_| self.main.longest_paths.is_some())?;
        Some((learned, durations.threads()))
    }

    /// How many microseconds the longest path from a task takes; 0 when that is not known.
    fn path(&self, place: &Place) -> u64 {
        match &place.segment {
            Some(segment) => segment.path(place.index),
            None => self.main.longest_paths.as_ref().map_or(0, |paths| paths.path(place.index)),
        }
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
