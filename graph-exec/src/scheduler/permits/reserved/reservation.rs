//! Which permit is reserved, whether a run uses it, and which.
//!
//! "The lock" is that of the permits.

#![expect(unsafe_code, reason = "a reference is taken to a run that another thread only borrows")]

use std::{ptr::NonNull, sync::Arc};

use crate::sync::{AtomicU64, AtomicUsize, Ordering, UnsafeCell};

/// No permit is reserved.
const FREE: u64 = 0;
/// A permit is reserved, and unused.
const RESERVED: u64 = 1;
/// A run uses it.
const USED: u64 = 2;
/// Which run uses it is being written, or read.
const BUSY: u64 = 3;

/// One more for each reservation, so that who had an earlier one notices.
const ONE_RESERVATION: u64 = 4;

pub(crate) struct Reservation<R: ?Sized> {
    /// The number of the reservation and, in the lower two bits, its state.
    word: AtomicU64,
    /// Number of the permit. Written under the lock.
    permit: AtomicUsize,
    /// How many runs have begun with reserved permits. Written by who has the reservation.
    begun: AtomicU64,
    /// The run that uses it. Whoever has made the state [`BUSY`] may touch it.
    run: UnsafeCell<Option<NonNull<R>>>,
}

// SAFETY: the run is only touched by who has made the state busy, which one thread at a time can; and it points to what
// all threads may use.
unsafe impl<R: ?Sized + Send + Sync> Send for Reservation<R> {}
// SAFETY: as above.
unsafe impl<R: ?Sized + Send + Sync> Sync for Reservation<R> {}

impl<R: ?Sized> Reservation<R> {
    pub(crate) fn new() -> Self {
        Reservation {
            word: AtomicU64::new(FREE),
            permit: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            run: UnsafeCell::new(None),
        }
    }

    /// Says whether a permit is reserved, used or not. Only under the lock does one become so; it may be
    /// [given up](Self::give_up) without, and what was done before that comes before what the next one does.
    pub(crate) fn is_out(&self) -> bool {
        self.word.load(Ordering::Acquire) % ONE_RESERVATION != FREE
    }

    /// How many runs have begun with reserved permits.
    pub(crate) fn begun(&self) -> u64 {
        self.begun.load(Ordering::Relaxed)
    }

    /// The number of the reservation, or of the last one. It changes only under the lock.
    fn id(&self) -> u64 {
        self.word.load(Ordering::Relaxed) & !(ONE_RESERVATION - 1)
    }

    /// Goes from one state to another, of the reservation with this number; `false` when it is in no such state.
    fn change(&self, id: u64, from: u64, to: u64) -> bool {
        let order = Ordering::SeqCst;
        self.word.compare_exchange(id | from, id | to, order, order).is_ok()
    }

    /// Reserves a permit; returns the number of the reservation. Under the lock, when none is out.
    pub(crate) fn reserve(&self, permit: usize) -> u64 {
        self.permit.store(permit, Ordering::Relaxed);
        let id = self.id() + ONE_RESERVATION;
        self.word.store(id | RESERVED, Ordering::SeqCst);
        id
    }

    /// Takes back a permit that is reserved and unused. Under the lock.
    pub(crate) fn take_back(&self) -> Option<usize> {
        let is_taken = self.change(self.id(), RESERVED, FREE);
        is_taken.then(|| self.permit.load(Ordering::Relaxed))
    }

    /// Says whether a permit is reserved with this number, and unused. Others may see that late.
    pub(crate) fn is_unused(&self, id: u64) -> bool {
        self.word.load(Ordering::Relaxed) == id | RESERVED
    }

    /// Gives up the permit with this reservation, which is unused. `false` when it was taken back before.
    pub(crate) fn give_up(&self, id: u64) -> bool {
        self.change(id, RESERVED, FREE)
    }

    /// Begins to use the permit for a run. `false` when it was taken back.
    ///
    /// # Safety
    /// The pointer is that of an `Arc`, which lives until the use is [ended](Self::end), also [for good](Self::end_for_good).
    pub(crate) unsafe fn begin(&self, id: u64, run: NonNull<R>) -> bool {
        if !self.change(id, RESERVED, BUSY) {
            return false;
        }
        // SAFETY: this thread has made it busy.
        self.run.with_mut(|place| unsafe { *place = Some(run) });
        self.begun.store(self.begun().wrapping_add(1), Ordering::Relaxed);
        self.word.store(id | USED, Ordering::Release);
        true
    }

    /// Ends the use of this permit, which is reserved again. `false` when somebody looks just now who uses it, or when it is
    /// used with this reservation no more.
    pub(crate) fn end(&self, id: u64, permit: Option<usize>) -> bool {
        permit == Some(self.permit.load(Ordering::Relaxed)) && self.change(id, USED, RESERVED)
    }

    /// The permit that is used with this reservation; `None` when none is.
    pub(crate) fn used(&self, id: u64) -> Option<usize> {
        let is_used = [id | USED, id | BUSY].contains(&self.word.load(Ordering::Relaxed));
        is_used.then(|| self.permit.load(Ordering::Relaxed))
    }

    /// Says whether it is the permit with this number that is reserved, or was last. Under the lock.
    pub(crate) fn is_of(&self, permit: usize) -> bool {
        self.permit.load(Ordering::Relaxed) == permit
    }

    /// Ends the reservation of a permit that is used. Under the lock, for the thread that uses it.
    pub(crate) fn end_for_good(&self) {
        self.word.store(self.id() | FREE, Ordering::Release);
    }

    /// The permit that is used, and the run unless that is just beginning. Under the lock. The run may end at any time, so
    /// what this returns may be dropped only when the lock is released.
    pub(crate) fn user(&self) -> Option<(usize, Option<Arc<R>>)> {
        let (id, permit) = (self.id(), self.permit.load(Ordering::Relaxed));
        if [FREE, RESERVED].contains(&(self.word.load(Ordering::Relaxed) - id)) {
            return None;
        }
        if !self.change(id, USED, BUSY) {
            return Some((permit, None));
        }
        // SAFETY: this thread has made it busy.
        let run = self.run.with(|place| unsafe { *place });
        let run = run.map(|run| {
            // SAFETY: it is the pointer of an `Arc` that lives until the use is ended (`begin`), and while the state is
            // busy it cannot be.
            unsafe {
                Arc::increment_strong_count(run.as_ptr());
                Arc::from_raw(run.as_ptr())
            }
        });
        self.word.store(id | USED, Ordering::Release);
        Some((permit, run))
    }
}
