//! The bytes that the tasks of one run have reserved, and until when.
//!
//! The reservation of a result is held by the run until the last task of the run that takes the
//! result has ended and, when the result is shared, by the result itself until it is freed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use graph_core::__run::{Ended, Execution, Plan};

use super::budget::{Granted, MemoryBudget, Request};
use crate::{
    limits::unpark::Unpark,
    record::run_data::memory::MemoryRecord,
    sync::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering, lock},
};

/// Bytes of a budget, released when dropped.
struct Reservation {
    budget: Arc<MemoryBudget>,
    bytes: AtomicU64,
}

impl Reservation {
    /// Changes how many bytes are reserved.
    fn resize(&self, bytes: u64) {
        let before = self.bytes.swap(bytes, Ordering::Relaxed);
        if bytes > before {
            self.budget.add(bytes - before);
        } else {
            self.budget.release(before - bytes);
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.release(*self.bytes.get_mut());
    }
}

/// The reservations of one run.
pub(crate) struct RunMemory {
    budget: Arc<MemoryBudget>,
    run: Weak<dyn Unpark>,
    results: Results,
    /// The most bytes that a task with dependencies has asked for; [`UNKNOWN`] while none has.
    largest_follow_up: AtomicU64,
    /// The most bytes of the budget in use since the run began.
    peak: Arc<AtomicU64>,
    /// How many tasks were admitted although they exceeded the limit.
    overcommitted: AtomicUsize,
    /// All who are active have not gone on for long.
    have_stalled: AtomicBool,
    /// How many tasks have ended that declare no bytes.
    undeclared: AtomicUsize,
    /// Reservations that shared results held when the run needed them no longer.
    left: Mutex<Vec<Weak<Reservation>>>,
    held_back: Mutex<HeldBack>,
}

/// The ready tasks that did not fit, and the times in which they waited.
#[derive(Default)]
struct HeldBack {
    /// Task that has been parked and not admitted → since when.
    since: HashMap<u32, Instant>,
    /// From when a task was parked for the first time until it was admitted.
    times: Vec<(Instant, Instant)>,
}

const UNKNOWN: u64 = u64::MAX;

/// The reservations of the results of one plan: task → the reservation of its result.
pub(crate) struct Results(Vec<ResultReservation>);

struct ResultReservation {
    /// `None` before the task has ended, when it declares no bytes, and after the last use.
    reservation: Mutex<Option<Arc<Reservation>>>,
    /// How many tasks of the run have yet to take the result; an output is taken after the run.
    uses: AtomicU32,
}

impl Results {
    pub(crate) fn new(plan: &Plan) -> Self {
        let results: Vec<ResultReservation> = (0..plan.len())
            .map(|_| ResultReservation { reservation: Mutex::new(None), uses: AtomicU32::new(0) })
            .collect();
        let taken = plan.dependencies().edges().map(|(_, dependency)| dependency);
        for task in taken.chain(plan.outputs().iter().copied()) {
            results[task as usize].uses.fetch_add(1, Ordering::Relaxed);
        }
        Results(results)
    }
}

impl RunMemory {
    pub(crate) fn new(budget: Arc<MemoryBudget>, run: Weak<dyn Unpark>, plan: &Plan) -> Self {
        RunMemory {
            peak: budget.begin_run(),
            budget,
            run,
            results: Results::new(plan),
            largest_follow_up: AtomicU64::new(UNKNOWN),
            overcommitted: AtomicUsize::new(0),
            have_stalled: AtomicBool::new(false),
            undeclared: AtomicUsize::new(0),
            left: Mutex::default(),
            held_back: Mutex::default(),
        }
    }

    pub(crate) fn budget(&self) -> &Arc<MemoryBudget> {
        &self.budget
    }

    /// Asks for the bytes of a ready task; `None` when the task is parked. A task that declares no
    /// bytes needs none.
    pub(crate) fn admit(
        &self,
        task: u32,
        rank: u32,
        is_source: bool,
        bytes: Option<u64>,
    ) -> Option<TaskReservation> {
        self.note_follow_up(is_source, bytes.unwrap_or(0));
        let Some(bytes) = bytes else { return Some(TaskReservation(None)) };
        let headroom = match self.largest_follow_up.load(Ordering::Relaxed) {
            _ if !is_source => 0,
            // Whatever takes this result is probably as large.
            UNKNOWN => bytes,
            known => known,
        };
        let granted = self.budget.admit(Request { task, rank, bytes, headroom }, &self.run);
        self.note_held_back(task, granted.is_none());
        Some(self.reservation(granted?))
    }

    /// Notes that a task was parked, or that it was admitted.
    fn note_held_back(&self, task: u32, parked: bool) {
        let mut held_back = lock(&self.held_back);
        if parked {
            held_back.since.entry(task).or_insert_with(Instant::now);
        } else if let Some(since) = held_back.since.remove(&task) {
            held_back.times.push((since, Instant::now()));
        }
    }

    /// The times in which ready tasks did not fit, one for each task, in nanoseconds since `begin`. Tasks
    /// that still wait do so until now.
    pub(crate) fn take_held_back(&self, begin: Instant) -> Vec<(u64, u64)> {
        let HeldBack { since, mut times } = std::mem::take(&mut *lock(&self.held_back));
        let now = Instant::now();
        times.extend(since.into_values().map(|since| (since, now)));
        let since_begin = |at: Instant| at.saturating_duration_since(begin).as_nanos() as u64;
        times.into_iter().map(|(from, to)| (since_begin(from), since_begin(to))).collect()
    }

    fn note_follow_up(&self, is_source: bool, bytes: u64) {
        if !is_source {
            let _ = self.largest_follow_up.fetch_update(
                Ordering::Relaxed,
                Ordering::Relaxed,
                |largest| (largest == UNKNOWN || largest < bytes).then_some(bytes),
            );
        }
    }

    /// Says whether a task of the run waits for memory.
    pub(crate) fn has_parked(&self) -> bool {
        self.budget.has_parked(&self.run)
    }

    /// Lets one parked task start although others seem to go on, because they have stalled.
    pub(crate) fn note_stall(&self) {
        self.have_stalled.store(true, Ordering::Relaxed);
    }

    /// Admits a parked task when nothing else can go on.
    pub(crate) fn overcommit(&self) -> Option<(u32, TaskReservation)> {
        let have_stalled = self.have_stalled.swap(false, Ordering::Relaxed);
        let granted = self.budget.overcommit(&self.run, have_stalled)?;
        self.note_held_back(granted.task, false);
        Some((granted.task, self.reservation(granted)))
    }

    fn reservation(&self, granted: Granted) -> TaskReservation {
        if granted.overcommitted {
            self.overcommitted.fetch_add(1, Ordering::Relaxed);
        }
        let (budget, bytes) = (Arc::clone(&self.budget), AtomicU64::new(granted.bytes));
        TaskReservation(Some(Arc::new(Reservation { budget, bytes })))
    }

    /// The reservations of the main plan's results.
    pub(crate) fn results(&self) -> &Results {
        &self.results
    }

    /// Notes the end of a task of the plan that has these results: the results that it took are released, and
    /// its own is reserved. Or that of an attempt after which the task waits for another.
    pub(crate) fn end(&self, plan: &Plan, results: &Results, task: EndedTask) {
        let EndedTask { task, reservation, ended, result_bytes } = task;
        if ended == Ended::PutOff {
            // Its next attempt needs its inputs, which stay; what it reserved itself is free meanwhile.
            return;
        }
        for &dependency in plan.dependencies().neighbours(task) {
            let result = &results.0[dependency as usize];
            if result.uses.fetch_sub(1, Ordering::AcqRel) == 1 {
                let reservation = lock(&result.reservation).take();
                self.let_go(reservation);
            }
        }
        let Some(reservation) = reservation.0 else {
            self.undeclared.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if ended != Ended::Done {
            return;
        }
        if let Some(bytes) = result_bytes {
            reservation.resize(bytes);
        }
        let result = &results.0[task as usize];
        if result.uses.load(Ordering::Acquire) > 0 {
            *lock(&result.reservation) = Some(reservation);
        } else {
            self.let_go(Some(reservation));
        }
    }

    /// Releases what the run still holds of the results of a plan.
    pub(crate) fn release(&self, results: &Results) {
        for result in &results.0 {
            let reservation = lock(&result.reservation).take();
            self.let_go(reservation);
        }
    }

    /// Drops the run's part of a reservation, and remembers one that a shared result still holds.
    fn let_go(&self, reservation: Option<Arc<Reservation>>) {
        if let Some(reservation) = reservation
            && Arc::strong_count(&reservation) > 1
        {
            lock(&self.left).push(Arc::downgrade(&reservation));
        }
    }

    /// Ends the run: releases what it still holds, and returns what is known of its memory.
    pub(crate) fn finish(&self) -> MemoryRecord {
        self.budget.end_run(&self.run, &self.peak);
        self.release(&self.results);
        let left = std::mem::take(&mut *lock(&self.left));
        let pinned = left.iter().filter_map(Weak::upgrade);
        let pinned = pinned.map(|reservation| reservation.bytes.load(Ordering::Relaxed));
        let (limit, peak) = (self.budget.limit(), self.peak.load(Ordering::Relaxed));
        MemoryRecord {
            limit,
            peak,
            held_back: 0,
            waited: Duration::ZERO,
            overcommitted: self.overcommitted.load(Ordering::Relaxed),
            excess: peak.saturating_sub(limit),
            undeclared: self.undeclared.load(Ordering::Relaxed),
            pinned: pinned.fold(0, u64::saturating_add),
        }
    }
}

/// A task that was admitted and has ended.
pub(crate) struct EndedTask {
    pub(crate) task: u32,
    pub(crate) reservation: TaskReservation,
    pub(crate) ended: Ended,
    /// The size of its result, when it declares one and the result is known.
    pub(crate) result_bytes: Option<u64>,
}

/// What one admitted task has reserved, released when dropped; `None` when it declares no bytes.
pub(crate) struct TaskReservation(Option<Arc<Reservation>>);

impl TaskReservation {
    /// How many bytes are reserved; `None` when the task declares none.
    pub(crate) fn bytes(&self) -> Option<u64> {
        self.0.as_ref().map(|reservation| reservation.bytes.load(Ordering::Relaxed))
    }

    /// Lets a shared result hold the reservation until it is freed.
    pub(crate) fn lend_to(&self, execution: &mut Execution<'_>) {
        if let Some(reservation) = &self.0 {
            execution.charge = Some(Arc::clone(reservation) as _);
        }
    }
}
