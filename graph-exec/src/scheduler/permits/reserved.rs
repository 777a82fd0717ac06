//! A permit that stays reserved for the thread that has used it last: one that computes a small graph after another
//! needs no lock then for each.
//!
//! ```text
//!          reserve (lock)              begin             end
//!  free ──────────────────► reserved ────────► used ──────────► reserved …
//!   ▲                          │                 │
//!   └──── take back (lock) ────┘                 └── make ordinary (lock) ──► held, as any other
//! ```
//!
//! An executor has one reservation at most, of the thread that has ended a run last. Whoever needs a permit and finds
//! none free takes it back; so does the watch after a while in which no run began, since nobody wakes it for one that
//! begins like this.
//!
//! Source: Kawachiya, Koseki and Onodera, "Lock Reservation", 2002.

#![expect(unsafe_code, reason = "the watch takes a reference to a run that a thread only borrows")]

use std::{cell::Cell, marker::PhantomData, ptr::NonNull, sync::Arc};

use super::{HELD, Job, Permit, Permits, State};
use crate::sync::{
    AtomicU64, AtomicUsize, Instant, Ordering, UnsafeCell, fence, fence_for_models, lock,
    thread_local,
};

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

pub(super) struct Reservation {
    /// The number of the reservation and, in the lower two bits, its state.
    word: AtomicU64,
    /// Number of the permit. Written under the lock of the permits.
    permit: AtomicUsize,
    /// How many runs have begun with reserved permits. Written by who has the reservation.
    begun: AtomicU64,
    /// The run that uses it. Whoever has made the state [`BUSY`] may touch it.
    run: UnsafeCell<Option<NonNull<dyn Job>>>,
}

// SAFETY: the run is only touched by who has made the state busy, which one thread at a time can; and it points to what
// all threads may use (`Job` is `Send` and `Sync`).
unsafe impl Send for Reservation {}
// SAFETY: as above.
unsafe impl Sync for Reservation {}

impl Reservation {
    pub(super) fn new() -> Self {
        Reservation {
            word: AtomicU64::new(FREE),
            permit: AtomicUsize::new(0),
            begun: AtomicU64::new(0),
            run: UnsafeCell::new(None),
        }
    }

    /// Says whether a permit is reserved, used or not. Only under the lock does one become so.
    pub(super) fn is_out(&self) -> bool {
        self.word.load(Ordering::Relaxed) % ONE_RESERVATION != FREE
    }

    /// How many runs have begun with reserved permits.
    pub(super) fn begun(&self) -> u64 {
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
    fn reserve(&self, permit: usize) -> u64 {
        self.permit.store(permit, Ordering::Relaxed);
        let id = self.id() + ONE_RESERVATION;
        self.word.store(id | RESERVED, Ordering::SeqCst);
        id
    }

    /// Takes back a permit that is reserved and unused. Under the lock.
    fn take_back(&self) -> Option<usize> {
        let is_taken = self.change(self.id(), RESERVED, FREE);
        is_taken.then(|| self.permit.load(Ordering::Relaxed))
    }

    /// Begins to use the permit for a run, which lives until that ends. `false` when it was taken back.
    fn begin(&self, id: u64, run: NonNull<dyn Job>) -> bool {
        if !self.change(id, RESERVED, BUSY) {
            return false;
        }
        // SAFETY: this thread has made it busy.
        self.run.with_mut(|place| unsafe { *place = Some(run) });
        self.begun.store(self.begun().wrapping_add(1), Ordering::Relaxed);
        self.word.store(id | USED, Ordering::Release);
        true
    }

    /// Ends the reservation of a permit that is used. Under the lock, for the thread that uses it.
    fn end_for_good(&self) {
        self.word.store(self.id() | FREE, Ordering::Release);
    }

    /// The permit that is used, and the run unless that is just beginning. Under the lock. The run may end at any time, so
    /// what this returns may be dropped only when the lock is released.
    pub(super) fn user(&self) -> Option<(usize, Option<Arc<dyn Job>>)> {
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
            // SAFETY: it is the pointer of an `Arc` that the thread which uses the permit borrows until it has ended that,
            // and while the state is busy it cannot.
            unsafe {
                Arc::increment_strong_count(run.as_ptr());
                Arc::from_raw(run.as_ptr())
            }
        });
        self.word.store(id | USED, Ordering::Release);
        Some((permit, run))
    }
}

thread_local! {
    /// What is reserved for this thread.
    static OF_THREAD: Cell<Option<Reserved>> = const { Cell::new(None) };
}

/// The permit that is reserved for a thread, unless it was taken back meanwhile.
struct Reserved {
    /// `None` once it is used.
    permit: Option<Permit>,
    id: u64,
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(permit) = &mut self.permit
            && !permit.permits.reservation.change(self.id, RESERVED, FREE)
        {
            permit.number = None;
        }
    }
}

/// A run uses the permit that was reserved for the calling thread. When this is dropped, the permit is one like others.
pub(crate) struct InUse<'a> {
    permits: &'a Permits,
    id: u64,
    run: PhantomData<&'a Arc<dyn Job>>,
}

impl InUse<'_> {
    /// Reserves the permit again, at the end of the run. The thread holds none any more.
    pub(crate) fn end(self) {
        let Some(permit) = Permit::take_held() else { return };
        let (id, reservation) = (self.id, &self.permits.reservation);
        let is_same = permit.number == Some(reservation.permit.load(Ordering::Relaxed));
        if !is_same || !reservation.change(id, USED, RESERVED) {
            drop(self);
            return permit.reserve();
        }
        let reserved = Reserved { permit: Some(permit), id };
        fence_for_models();
        // Who waits says so first, and then looks for a permit that is reserved.
        if self.permits.waiting.load(Ordering::SeqCst) == 0 || cfg!(planted = "kept_reservation") {
            keep(reserved);
        }
    }

    /// Takes the permit that the thread holds, which is one like others from now on.
    pub(crate) fn stop(self) -> Option<Permit> {
        drop(self);
        Permit::take_held()
    }
}

impl Drop for InUse<'_> {
    fn drop(&mut self) {
        let reservation = &self.permits.reservation;
        let word = reservation.word.load(Ordering::Relaxed);
        if word == self.id | USED || word == self.id | BUSY {
            let number = reservation.permit.load(Ordering::Relaxed);
            self.permits.make_ordinary(&mut lock(&self.permits.state), number);
        }
    }
}

/// Keeps what is reserved for the calling thread. Where that is ending, it goes back.
fn keep(reserved: Reserved) {
    let mut reserved = Some(reserved);
    let _ = OF_THREAD.try_with(|of_thread| of_thread.set(reserved.take()));
}

impl Permit {
    /// Reserves the permit for the next run of the calling thread, or gives it back.
    pub(crate) fn reserve(self) {
        let Some(number) = self.number else { return };
        // One permit is reserved for a thread, of whichever executor.
        let Ok(before) = OF_THREAD.try_with(Cell::take) else { return };
        drop(before);
        let permits: &Permits = &self.permits;
        let mut state = lock(&permits.state);
        let is_wanted =
            !state.runs.is_empty() || !state.returning.is_empty() || !state.spares.is_empty();
        let is_watched = state.watched || state.sleeping.is_empty();
        if is_wanted || !is_watched || number >= permits.count {
            return;
        }
        permits.take_back_reserved(&mut state);
        if permits.reservation.is_out() {
            return;
        }
        state.ration.spend_since(self.short_since.take());
        let user = state.users[number].take();
        let id = permits.reservation.reserve(number);
        drop(state);
        drop(user);
        keep(Reserved { permit: Some(self), id });
    }
}

impl Permits {
    /// Begins a run with the permit that is reserved for the calling thread, which holds it from now on; `None` when there
    /// is none, or when the thread holds one.
    pub(crate) fn begin_reserved<'a, J: Job + 'static>(
        self: &'a Arc<Self>,
        run: &'a Arc<J>,
        now: Instant,
    ) -> Option<InUse<'a>> {
        if HELD.with(|held| held.borrow().is_some()) {
            return None;
        }
        let mut reserved = OF_THREAD.try_with(Cell::take).ok()??;
        if !reserved.permit.as_ref()?.is_of(self) {
            keep(reserved);
            return None;
        }
        let run = NonNull::new(Arc::as_ptr(run).cast_mut() as *mut dyn Job)?;
        if !self.reservation.begin(reserved.id, run) {
            return None;
        }
        let mut permit = reserved.permit.take()?;
        permit.since.set(now);
        permit.keeps_until = now;
        permit.hold();
        Some(InUse { permits: self, id: reserved.id, run: PhantomData })
    }

    /// Makes the permit with this number one like all others, if it is reserved and used: which run uses it stands under
    /// the lock then. For the thread that uses it.
    pub(super) fn make_ordinary(&self, state: &mut State, number: usize) {
        if self.reservation.permit.load(Ordering::Relaxed) == number
            && let Some((_, Some(run))) = self.reservation.user()
        {
            self.reservation.end_for_good();
            state.users[number] = Some(run);
        }
    }

    /// Makes the permit free that is reserved and unused. Says whether there was one.
    pub(super) fn take_back_reserved(&self, state: &mut State) -> bool {
        if !self.reservation.is_out() {
            return false;
        }
        // What was said before of who waits is seen by a thread that ends its use after this.
        fence(Ordering::SeqCst);
        let number = self.reservation.take_back();
        state.free.extend(number);
        number.is_some()
    }

    /// Takes a free permit, or else the one that is reserved and unused.
    pub(super) fn take_free(&self, state: &mut State) -> Option<usize> {
        if state.free.is_empty() {
            self.take_back_reserved(state);
        }
        state.free.pop()
    }
}
