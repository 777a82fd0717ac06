//! Which run was started inside which task, and what each thread is doing.
//!
//! A task may compute another graph. From where a thread stands follow two things: which work it
//! may take up while it waits, and whether a wait would close a circle.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::memory::budget::Account;

/// A run and the tasks it was started inside, innermost first.
pub(crate) struct Lineage {
    run: u64,
    /// The task that started the run (its creation number), and that task's run.
    inside: Option<(u64, Arc<Lineage>)>,
}

/// Only a name, outside the model checker's world, so always the real atomic.
static NEXT_RUN: AtomicU64 = AtomicU64::new(1);

impl Lineage {
    /// The lineage of a run that begins on this thread now.
    pub(crate) fn of_new_run() -> Arc<Self> {
        let inside =
            with_innermost(|frame| frame.task.get().map(|task| (task, Arc::clone(&frame.lineage))));
        Arc::new(Lineage {
            run: NEXT_RUN.fetch_add(1, Ordering::Relaxed),
            inside: inside.flatten(),
        })
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.inside.is_some()
    }

    /// The tasks that wait for this run, innermost first.
    pub(crate) fn waiting_tasks(&self) -> impl Iterator<Item = u64> + '_ {
        std::iter::successors(self.inside.as_ref(), |(_, lineage)| lineage.inside.as_ref())
            .map(|(task, _)| *task)
    }

    /// Says whether this run is `other` or was started, at any depth, inside it.
    pub(crate) fn is_within(&self, other: &Lineage) -> bool {
        let outer = self.inside.as_ref();
        self.run == other.run
            || std::iter::successors(outer, |(_, lineage)| lineage.inside.as_ref())
                .any(|(_, lineage)| lineage.run == other.run)
    }
}

/// One level of a thread's stack: a worker's loop, and the task it is in.
pub(crate) struct Frame {
    lineage: Arc<Lineage>,
    /// Creation number of the running task.
    task: Cell<Option<u64>>,
    serial: bool,
    /// Of the executor that the run is on.
    account: Option<Arc<Account>>,
}

thread_local! {
    static FRAMES: RefCell<Vec<Rc<Frame>>> = const { RefCell::new(Vec::new()) };
}

fn with_innermost<R>(look: impl FnOnce(&Frame) -> R) -> Option<R> {
    FRAMES.with_borrow(|frames| frames.last().map(|frame| look(frame)))
}

impl Frame {
    /// Notes that this thread works for a run, until the guard goes.
    pub(crate) fn enter(
        lineage: &Arc<Lineage>,
        serial: bool,
        account: Option<&Arc<Account>>,
    ) -> FrameGuard {
        let (lineage, account) = (Arc::clone(lineage), account.cloned());
        let frame = Rc::new(Frame { lineage, task: Cell::new(None), serial, account });
        FRAMES.with_borrow_mut(|frames| frames.push(Rc::clone(&frame)));
        FrameGuard(frame)
    }
}

/// Leaves the frame when dropped.
pub(crate) struct FrameGuard(Rc<Frame>);

impl FrameGuard {
    /// Notes which task the thread is in.
    #[inline]
    pub(crate) fn set_task(&self, number: Option<u64>) {
        self.0.task.set(number);
    }
}

impl Drop for FrameGuard {
    fn drop(&mut self) {
        FRAMES.with_borrow_mut(Vec::pop);
    }
}

/// Says whether the thread is inside a task of a serial run, whose nested runs are serial too.
pub(crate) fn in_serial_task() -> bool {
    with_innermost(|frame| frame.serial && frame.task.get().is_some()).unwrap_or(false)
}

/// The account of the executor that runs the task which the thread is in.
pub(crate) fn account_here() -> Option<Arc<Account>> {
    let of_task = |frame: &Frame| frame.task.get().and(frame.account.clone());
    with_innermost(of_task).flatten()
}

/// The task that the thread is in waits for a run of its own, until this is dropped: it does not
/// count as active for the memory limit.
pub(crate) struct Pause(Option<Arc<Account>>);

impl Pause {
    pub(crate) fn begin() -> Self {
        let account = account_here();
        if let Some(account) = &account {
            account.leave();
        }
        Pause(account)
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        if let Some(account) = &self.0 {
            account.enter();
        }
    }
}
