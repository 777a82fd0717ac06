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
//! An executor has one reservation at most, and so has a thread. Whoever needs a permit and finds none free takes it back; so
//! does the watch when it has been unused for some looks: nobody wakes the watch for a run that begins like this, and other
//! threads may compute small graphs too.
//!
//! Source: Kawachiya, Koseki and Onodera, "Lock Reservation", 2002.

#![expect(unsafe_code, reason = "it vouches that a run outlives the use of a permit for it")]

pub(super) mod reservation;

use std::{cell::Cell, marker::PhantomData, ptr::NonNull, sync::Arc};

use super::{HELD, Job, Permit, Permits, State};
use crate::sync::{Instant, Ordering, fence, fence_for_models, lock, thread_local};

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

impl Reserved {
    /// Says whether nobody has taken the permit back. It may be so no more in the next moment.
    fn is_reserved(&self) -> bool {
        let reservation = self.permit.as_ref().map(|permit| &permit.permits.reservation);
        reservation.is_some_and(|reservation| reservation.is_unused(self.id))
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(permit) = &mut self.permit
            && !permit.permits.reservation.give_up(self.id)
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
        if !self.permits.reservation.end(self.id, permit.number) {
            drop(self);
            return permit.reserve();
        }
        let reserved = Reserved { permit: Some(permit), id: self.id };
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
        if let Some(number) = self.permits.reservation.used(self.id) {
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
        // One permit is reserved for a thread, of whichever executor: the first, for as long as that is used now and then.
        match OF_THREAD.try_with(Cell::take) {
            Ok(Some(other)) if other.is_reserved() => return keep(other),
            Ok(_) => {}
            Err(_) => return,
        }
        let permits: &Permits = &self.permits;
        let mut state = lock(&permits.state);
        let is_watched = state.watched || state.sleeping.is_empty();
        let is_out = permits.reservation.is_out();
        if is_out || state.is_wanted() || !is_watched || number >= permits.count {
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
        // SAFETY: it is the pointer of an `Arc` that is borrowed as long as what is returned lives, which ends the use.
        if !unsafe { self.reservation.begin(reserved.id, run) } {
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
        if self.reservation.is_of(number)
            && let Some((_, Some(run))) = self.reservation.user()
        {
            self.reservation.end_for_good();
            state.users[number] = Some(run);
            // The watch may be about to sleep, since it has seen neither.
            state.watch.begin_run();
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
