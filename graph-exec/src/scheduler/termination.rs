//! Who is there for a run: so that no ready task is overlooked, and its end is not missed.
//!
//! **Nothing is overlooked.** A worker that finds nothing leaves in the order: *count myself out,
//! then look once more*. Whoever adds work does it in the order: *add, then look whether everybody
//! is there*. At least one sees the other.
//!
//! **Nothing runs on.** Who sets out to work does it in the order: *count myself in, then look
//! whether the run has stopped*. The caller returns when it has seen: *the run has stopped, then
//! nobody is counted in*. Who counts himself out last looks once more, and tells the caller.
//!
//! Every pair of steps has a sequentially consistent fence between them, so the order of all fences
//! decides who sees whom, whoever stopped the run: a task that failed, or another thread.

use crossbeam_utils::CachePadded;

use crate::sync::{AtomicUsize, Ordering, fence};

pub(crate) struct Attendance {
    /// How many threads there can be.
    places: usize,
    /// Tickets on their way, and threads that have come.
    invited: CachePadded<AtomicUsize>,
    /// Threads that may be inside a task.
    working: CachePadded<AtomicUsize>,
}

impl Attendance {
    pub(crate) fn new(places: usize) -> Self {
        Attendance {
            places,
            invited: CachePadded::new(AtomicUsize::new(0)),
            working: CachePadded::new(AtomicUsize::new(0)),
        }
    }

    /// To be called after adding work. `true`: somebody is missing, and the caller sends a ticket.
    pub(crate) fn invite(&self) -> bool {
        fence(Ordering::SeqCst);
        let mut invited = self.invited.load(Ordering::SeqCst);
        while invited < self.places {
            match self.invited.compare_exchange_weak(
                invited,
                invited + 1,
                Ordering::SeqCst,
                Ordering::SeqCst,
            ) {
                Ok(_) => return true,
                Err(now) => invited = now,
            }
        }
        false
    }

    /// Counts in a thread that comes without a ticket.
    pub(crate) fn come(&self) {
        self.invited.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts out a thread that has come, then looks whether work is left. `true`: it is, somebody
    /// is missing, and the caller sends a ticket.
    pub(crate) fn leave(&self, is_work_left: impl FnOnce() -> bool) -> bool {
        self.invited.fetch_sub(1, Ordering::SeqCst);
        if cfg!(planted = "lost_wake_up") {
            return false;
        }
        fence(Ordering::SeqCst);
        is_work_left() && self.invite()
    }

    /// To be called before looking whether the run has stopped and starting a task.
    pub(crate) fn begin_work(&self) {
        self.working.fetch_add(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
    }

    /// `true` for the last one at work: if the run has stopped, it tells the caller.
    pub(crate) fn end_work(&self) -> bool {
        let before = self.working.fetch_sub(1, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        before == 1
    }

    /// To be asked after seeing that the run has stopped.
    pub(crate) fn nobody_works(&self) -> bool {
        fence(Ordering::SeqCst);
        self.working.load(Ordering::SeqCst) == 0
    }
}
