//! The bytes of one run: which results are charged, and until when.
//!
//! A result's charge is held by the run until the last task of the run that takes it has ended,
//! and, when the result is shared, by the result itself until it is freed.

use std::sync::{Arc, Mutex, Weak};

use graph_core::__run::{Ended, Execution, Plan};

use super::{Account, Granted, Request, Starved};
use crate::{
    MemoryRecord,
    sync::{AtomicU32, AtomicU64, AtomicUsize, Ordering, lock},
};

/// Bytes on an account, given back when dropped.
struct Charge {
    account: Arc<Account>,
    bytes: AtomicU64,
}

impl Charge {
    /// Corrects it.
    fn resize(&self, bytes: u64) {
        let before = self.bytes.swap(bytes, Ordering::Relaxed);
        if bytes > before {
            self.account.add(bytes - before);
        } else {
            self.account.give_back(before - bytes);
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.account.give_back(*self.bytes.get_mut());
    }
}

pub(crate) struct RunMemory {
    account: Arc<Account>,
    run: Weak<dyn Starved>,
    results: Vec<ResultCharge>,
    /// The most that a task with dependencies has asked for; [`UNKNOWN`] while none has.
    largest_follow_up: AtomicU64,
    peak: Arc<AtomicU64>,
    forced: AtomicUsize,
    undeclared: AtomicUsize,
    /// Charges that outlived the run's own use.
    left: Mutex<Vec<Weak<Charge>>>,
}

const UNKNOWN: u64 = u64::MAX;

struct ResultCharge {
    charge: Mutex<Option<Arc<Charge>>>,
    /// How many tasks of the run have yet to take it; an output is taken after the run.
    uses: AtomicU32,
}

impl RunMemory {
    pub(crate) fn new(account: Arc<Account>, run: Weak<dyn Starved>, plan: &Plan) -> Self {
        let results: Vec<ResultCharge> = (0..plan.len())
            .map(|_| ResultCharge { charge: Mutex::new(None), uses: AtomicU32::new(0) })
            .collect();
        let taken = plan.dependencies().edges().map(|(_, dependency)| dependency);
        for task in taken.chain(plan.outputs().iter().copied()) {
            results[task as usize].uses.fetch_add(1, Ordering::Relaxed);
        }
        RunMemory {
            peak: account.begin_run(),
            account,
            run,
            results,
            largest_follow_up: AtomicU64::new(UNKNOWN),
            forced: AtomicUsize::new(0),
            undeclared: AtomicUsize::new(0),
            left: Mutex::default(),
        }
    }

    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// Asks for the bytes of a ready task; `None` when it is parked. A task that declares none
    /// needs none.
    pub(crate) fn admit(
        &self,
        task: u32,
        rank: u32,
        is_source: bool,
        bytes: Option<u64>,
    ) -> Option<TaskCharge> {
        self.note_follow_up(is_source, bytes.unwrap_or(0));
        let Some(bytes) = bytes else { return Some(TaskCharge(None)) };
        let headroom = match self.largest_follow_up.load(Ordering::Relaxed) {
            _ if !is_source => 0,
            // What is loaded is probably taken up by something of its size.
            UNKNOWN => bytes,
            known => known,
        };
        let granted = self.account.admit(Request { task, rank, bytes, headroom }, &self.run)?;
        Some(self.charge(granted))
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

    /// Lets a parked task through when nothing else can go on.
    pub(crate) fn force(&self) -> Option<(u32, TaskCharge)> {
        let granted = self.account.force(&self.run)?;
        Some((granted.task, self.charge(granted)))
    }

    fn charge(&self, granted: Granted) -> TaskCharge {
        if granted.forced {
            self.forced.fetch_add(1, Ordering::Relaxed);
        }
        let (account, bytes) = (Arc::clone(&self.account), AtomicU64::new(granted.bytes));
        TaskCharge(Some(Arc::new(Charge { account, bytes })))
    }

    /// A task has ended: what it took is free, and its result is charged.
    pub(crate) fn end(
        &self,
        plan: &Plan,
        task: u32,
        charge: TaskCharge,
        ended: Ended,
        result_bytes: Option<u64>,
    ) {
        for &dependency in plan.dependencies().neighbours(task) {
            let result = &self.results[dependency as usize];
            if result.uses.fetch_sub(1, Ordering::AcqRel) == 1 {
                let charge = lock(&result.charge).take();
                self.let_go(charge);
            }
        }
        let Some(charge) = charge.0 else {
            self.undeclared.fetch_add(1, Ordering::Relaxed);
            return;
        };
        if ended == Ended::Failed {
            return;
        }
        if let Some(bytes) = result_bytes {
            charge.resize(bytes);
        }
        let result = &self.results[task as usize];
        if result.uses.load(Ordering::Acquire) > 0 {
            *lock(&result.charge) = Some(charge);
        } else {
            self.let_go(Some(charge));
        }
    }

    fn let_go(&self, charge: Option<Arc<Charge>>) {
        if let Some(charge) = charge
            && Arc::strong_count(&charge) > 1
        {
            lock(&self.left).push(Arc::downgrade(&charge));
        }
    }

    /// The run is over: gives back what it still holds and says how it went.
    pub(crate) fn finish(&self) -> MemoryRecord {
        self.account.end_run(&self.run, &self.peak);
        for result in &self.results {
            let charge = lock(&result.charge).take();
            self.let_go(charge);
        }
        let left = std::mem::take(&mut *lock(&self.left));
        let pinned = left.iter().filter_map(Weak::upgrade);
        let (limit, peak) = (self.account.limit(), self.peak.load(Ordering::Relaxed));
        MemoryRecord {
            limit,
            peak,
            overcommitted: self.forced.load(Ordering::Relaxed),
            excess: peak.saturating_sub(limit),
            undeclared: self.undeclared.load(Ordering::Relaxed),
            pinned: pinned.map(|charge| charge.bytes.load(Ordering::Relaxed)).sum(),
        }
    }
}

/// What one admitted task is charged; given back when dropped.
pub(crate) struct TaskCharge(Option<Arc<Charge>>);

impl TaskCharge {
    pub(crate) fn bytes(&self) -> Option<u64> {
        self.0.as_ref().map(|charge| charge.bytes.load(Ordering::Relaxed))
    }

    /// Sees to it that a shared result keeps its charge until it is freed.
    pub(crate) fn lend_to(&self, execution: &mut Execution<'_>) {
        if let Some(charge) = &self.0 {
            execution.charge = Some(Arc::clone(charge) as _);
        }
    }
}
