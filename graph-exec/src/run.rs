//! One run of one plan: every transition of its tasks. It knows neither threads nor queues.
//!
//! ```text
//!  waiting ──last dependency done──► ready ──start──► running ──► done
//!     │                                │                 └──────► failed ──► dependents skipped
//!     └──────── a dependency failed, or the run stopped ──► cancelled
//! ```
//!
//! A task is waiting while its counter in `awaited` is above zero, and ready once it was handed to
//! the caller of [`Run::step`]. Every other state is the phase of the task itself, because it
//! outlives the run. A running task that has made tasks waits for those, and is ready again when they
//! are done ([`dynamic`] says how they are kept); one that waits for a future is ready again when that has
//! woken the run ([`unfold::futures`]).

#![expect(unsafe_code, reason = "it asks for kinds and errors through a plan's pointers")]

pub(crate) mod attempts;
pub(crate) mod cancel;
pub(crate) mod cancel_flag;
pub(crate) mod dynamic;
pub(crate) mod ending;
pub(crate) mod failures;
pub(crate) mod nesting;
mod part;
mod ready_task;
pub(crate) mod schedule;
pub(crate) mod stack;
pub(crate) mod step;
pub(crate) mod subscription;
mod unfold;

use std::{
    mem::MaybeUninit,
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};

use graph_core::__run::Plan;

use self::{
    attempts::PutOff,
    cancel::CancelToken,
    dynamic::{Dynamic, Place, SegmentNotes, ranks::Ranks},
    failures::{Failures, Reason},
    nesting::Nesting,
    part::Part,
    schedule::{Learned, Schedule, longest_path::LearnedDurations},
    unfold::futures::Futures,
};
use crate::{
    error::{Error, LateTask},
    limits::resources::requests::Requests,
    scheduler::durations::Durations,
    sync::{AtomicBool, Ordering, lock},
};

/// What a failure means for the rest of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Policy {
    /// No further task starts.
    FailFast,
    /// Every task that does not need the failed one still runs.
    KeepGoing,
}

/// How a run is to go.
pub(crate) struct RunOptions<'a> {
    pub(crate) policy: Policy,
    /// Workers start tasks in one order, whoever made them ready; so they do in any case when the plan
    /// has priorities.
    pub(crate) strict: bool,
    /// By what tasks are chosen among those that are ready, when the calling thread runs them; `None` for
    /// the order of the schedule.
    pub(crate) seed: Option<u64>,
    /// What the waits of tasks that are tried again are made of; `None` for others each time.
    pub(crate) jitter_seed: Option<u64>,
    /// No thread waits for the run, at first.
    pub(crate) in_background: bool,
    /// Each of them cancels the run.
    pub(crate) cancel: &'a [CancelToken],
    /// Whether notes are taken for a record.
    pub(crate) recorded: bool,
    /// How long functions take, as far as that was learned; `None` when that must not decide what starts.
    pub(crate) durations: Option<&'a Arc<Durations>>,
}

/// A plan while it is run, with the plans of what its tasks make.
pub(crate) struct Run {
    main: Part,
    /// Empty until a task makes tasks, in a run without a strict order.
    dynamic: OnceLock<Arc<Dynamic>>,
    /// Empty until a task waits for a future.
    futures: OnceLock<Arc<Futures>>,
    policy: Policy,
    /// Workers start tasks in one order, whoever made them ready.
    strict: bool,
    /// How long functions take, as far as that was learned; `None` when that must not decide what starts, or when
    /// none was long before the run.
    durations: Option<Arc<Durations>>,
    recorded: bool,
    nesting: Arc<Nesting>,
    /// Some task needs resources of the executor.
    is_limited: AtomicBool,
    /// Empty until a task is put off.
    put_off: OnceLock<Box<PutOff>>,
    /// What the waits of tasks that are put off are made of; `None` for others each time.
    jitter_seed: Option<u64>,
    /// Nothing new may start.
    stopped: AtomicBool,
    /// Whether a task has failed.
    has_failures: AtomicBool,
    /// (number of a task in the record, why it failed); empty when the run is not recorded.
    failed: Mutex<Vec<(u32, Reason)>>,
    /// The task that went on longest after the time of the run was up.
    late: Mutex<Option<Box<LateTask>>>,
}

/// What became of a task.
pub(crate) enum Step {
    /// It has ended; the number of tasks settled by that: itself, and those skipped because of it. None
    /// when it was told that the run is cancelled, or waits for tasks that it has made.
    Settled(usize),
    /// Another run has started it, and the subscriber is told when it has ended.
    Suspended,
    /// It waits for a future.
    Awaits {
        /// The future has woken, and the task is among those that are ready. Otherwise the subscriber is told
        /// when it has.
        is_ready: bool,
    },
    /// It is to be tried again after a wait. Boxed, so that a step is small, which most tasks end with.
    PutOff(Box<NextAttempt>),
}

/// When a task is to be tried again.
pub(crate) struct NextAttempt {
    /// What to pass to [`Run::step`] then.
    pub(crate) task: u32,
    pub(crate) wait: Duration,
}

/// In which order tasks start.
pub(crate) struct StartOrder {
    /// The tasks that wait for nothing, the first to start first.
    pub(crate) sources: Vec<u32>,
    /// The order that workers must keep to; `None` when they need not.
    pub(crate) ranks: Option<Ranks>,
}

impl Run {
    /// Prepares the run of a plan, whose tasks make these `requests`.
    ///
    /// # Safety
    /// The handles that `plan` was made from outlive the last call of [`step`](Run::step) and of
    /// the methods that make errors.
    #[inline(always)] // so that the run is moved once
    pub(crate) unsafe fn new(
        plan: Plan,
        options: &RunOptions<'_>,
        requests: Requests,
    ) -> (Self, StartOrder) {
        let mut run = MaybeUninit::uninit();
        // SAFETY: promised by the caller; and the run is written then.
        unsafe {
            let order = Self::new_in(&mut run, plan, options, requests);
            (run.assume_init(), order)
        }
    }

    /// The same, where the run is to stay: moving it would cost as much as preparing a small one.
    ///
    /// # Safety
    /// As for [`new`](Self::new).
    #[inline(always)]
    pub(crate) unsafe fn new_in(
        place: &mut MaybeUninit<Self>,
        plan: Plan,
        options: &RunOptions<'_>,
        requests: Requests,
    ) -> StartOrder {
        let RunOptions { policy, strict, jitter_seed, in_background, cancel, recorded, .. } =
            *options;
        // Under a memory limit, the memory order decides.
        let durations = options.durations.filter(|durations| !strict && durations.has_long());
        let learned = options.durations.map(|known| {
            // SAFETY: no task of the plan has been started, and the handles exist.
            let kind = |task| unsafe { plan.kind(task) };
            // SAFETY: as above.
            let is_dynamic = |task| unsafe { plan.is_dynamic(task) };
            let learned = durations
                .and_then(|durations| LearnedDurations::new(&plan, durations, kind, is_dynamic));
            Learned {
                is_short: move |task| known.is_short(kind(task)),
                durations: learned.map(|learned| (learned, known.threads())),
            }
        });
        let Schedule { dependents, awaited, sources, ranks, priorities, longest_paths } =
            Schedule::new(&plan, strict, learned);
        let dynamic = OnceLock::new();
        let strict = ranks.is_some();
        let ranks = ranks.map(|ranks| {
            let dynamic = dynamic.get_or_init(|| Dynamic::new(&plan, recorded));
            Ranks::new(ranks, priorities, longest_paths.clone(), Arc::clone(dynamic))
        });
        let flags = cancel.iter().map(|token| Arc::clone(token.flag())).collect();
        let nesting =
            if in_background { Nesting::in_background(flags) } else { Nesting::new(flags) };
        place.write(Run {
            is_limited: AtomicBool::new(!requests.is_empty()),
            main: Part {
                plan,
                dependents,
                awaited,
                failures: Mutex::default(),
                longest_paths,
                requests,
            },
            dynamic,
            futures: OnceLock::new(),
            policy,
            strict,
            durations: durations.cloned(),
            recorded,
            nesting,
            put_off: OnceLock::new(),
            jitter_seed,
            stopped: AtomicBool::new(false),
            has_failures: AtomicBool::new(false),
            failed: Mutex::default(),
            late: Mutex::default(),
        });
        StartOrder { sources, ranks }
    }

    /// What the tasks of the run have made.
    fn dynamic(&self) -> &Arc<Dynamic> {
        self.dynamic.get_or_init(|| Dynamic::new(&self.main.plan, self.recorded))
    }

    /// The tasks of the run that wait for futures.
    fn futures(&self) -> &Arc<Futures> {
        self.futures.get_or_init(Arc::default)
    }

    /// The plan of the run's outputs.
    pub(crate) fn plan(&self) -> &Plan {
        &self.main.plan
    }

    /// How many tasks the run has had to do so far, those that its tasks have made included.
    pub(crate) fn tasks(&self) -> usize {
        self.dynamic.get().map_or(self.main.plan.len(), |dynamic| dynamic.tasks())
    }

    pub(crate) fn nesting(&self) -> &Arc<Nesting> {
        &self.nesting
    }

    /// Says whether every task that does not need a failed one still runs.
    pub(crate) fn keeps_going(&self) -> bool {
        self.policy == Policy::KeepGoing
    }

    /// Says whether no further task may start.
    #[inline]
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Lets no further task start.
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Says whether a task needs resources of the executor. Tasks that a task has made may be the first, and
    /// whoever takes one of those up sees it.
    #[inline]
    pub(crate) fn is_limited(&self) -> bool {
        self.is_limited.load(Ordering::Relaxed)
    }

    /// Says whether what a ready queue holds is a task of the main plan.
    #[inline]
    fn is_main(&self, task: u32) -> bool {
        (task as usize) < self.main.plan.len()
    }

    /// Where a ready task is.
    #[inline(always)]
    pub(crate) fn place(&self, task: u32) -> Place {
        if self.is_main(task) {
            return Place::main(task);
        }
        self.dynamic().look_up(task).expect("a ready task is asked for while the run goes on")
    }

    /// The plan that a task belongs to.
    #[inline]
    pub(crate) fn plan_of<'a>(&'a self, place: &'a Place) -> &'a Plan {
        &self.part(place).plan
    }

    #[inline]
    fn part<'a>(&'a self, place: &'a Place) -> &'a Part {
        place.segment.as_ref().map_or(&self.main, |segment| &segment.part)
    }

    /// What a ready queue is to hold for a task that was taken up.
    fn token_of(&self, place: &Place) -> u32 {
        match place.segment {
            None => place.index,
            Some(_) => self.dynamic().token(place.clone()),
        }
    }

    /// The number that a ready task has in the record: its index in the main plan, or one above those.
    pub(crate) fn id(&self, task: u32) -> u32 {
        if self.is_main(task) { task } else { Dynamic::id(&self.place(task)) }
    }

    /// Lets go of all that the run has left over. Returns the notes on the plans of what its tasks have
    /// made, when it is recorded. No task of the run may be running, and none starts any more.
    pub(crate) fn finish(&self) -> Vec<Arc<SegmentNotes>> {
        self.abandon_futures();
        self.dynamic.get().map(|dynamic| dynamic.finish()).unwrap_or_default()
    }

    /// Takes the failures out at the end of the run. Their errors are the user's, and must not go with
    /// the thread that happens to be the last to have the run.
    pub(crate) fn take_failures(&self) -> Failures {
        if !self.has_failures.load(Ordering::Acquire) {
            return Failures::default();
        }
        std::mem::take(&mut lock(&self.main.failures))
    }

    /// Takes out (number of a task in the record, why it failed); nothing when the run was not recorded.
    pub(crate) fn take_failed(&self) -> Vec<(u32, Reason)> {
        std::mem::take(&mut lock(&self.failed))
    }

    /// The first failure, when there was one.
    pub(crate) fn first_error(&self, failures: &Failures) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { failures.first_error(&self.main.plan, &self.main.dependents) }
    }

    /// Why the output has no result; `None` when it has one, or when the run was cancelled before.
    pub(crate) fn output_error(&self, failures: &Failures, output: u32) -> Option<Error> {
        // SAFETY: the handles exist (`Run::new`).
        unsafe { failures.output_error(&self.main.plan, &self.main.dependents, output) }
    }
}
