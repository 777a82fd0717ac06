//! The phase of a task: what its slot holds, and who may touch it.
//!
//! ```text
//!            claim               finish              take
//!  Waiting ◄────────► Running ──────────► Done ─────────────► Taken
//!    ▲ │   give back     │                 (result)            (empty)
//!    │ ▼ look            └──────────────► Failed
//!  Looking                                 (error)
//! ```
//!
//! Every transition is in this file. `Looking` is a short lock: a walk reads the body's inputs while
//! another run might claim the task; it runs no user code. A task that is asked how many bytes it
//! needs is claimed for that, and given back.

#![expect(unsafe_code, reason = "some transitions are for a thread that knows to be alone")]

use crate::sync::{AtomicU64, Ordering, yield_now};

/// What the slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// The body.
    Waiting = 0,
    /// The body, and one thread is reading its inputs.
    Looking = 1,
    /// Nothing: the body is on the stack of the thread that runs it.
    Running = 2,
    /// The result: a `T`, or an `Arc<T>` when the task is shared.
    Done = 3,
    /// An `Arc<Failure>`.
    Failed = 4,
    /// Nothing: the one consumer has taken the result.
    Taken = 5,
}

/// What came of trying to start a task.
pub(crate) enum Claim {
    /// The caller has it and must run it.
    Claimed,
    /// It has ended before.
    Ended(Phase),
    /// Another run is at it.
    Busy,
}

const PHASE_MASK: u64 = 0b0111;
/// The result is to be kept in an `Arc`.
const SHARED: u64 = 0b1000;
/// Another run wants to hear when the task ends.
const SUBSCRIBED: u64 = 0b1_0000;
/// Where the creation number begins.
const NUMBER_SHIFT: u32 = 8;

fn phase_of(word: u64) -> Phase {
    match word & PHASE_MASK {
        0 => Phase::Waiting,
        1 => Phase::Looking,
        2 => Phase::Running,
        3 => Phase::Done,
        4 => Phase::Failed,
        5 => Phase::Taken,
        other => unreachable!("a task's phase is one of six, found {other}"),
    }
}

fn with_phase(word: u64, phase: Phase) -> u64 {
    (word & !PHASE_MASK) | phase as u64
}

/// A task's creation number in the upper 56 bits, its phase and two flags in the lower 8.
pub(crate) struct StateWord(AtomicU64);

impl StateWord {
    /// The word of a task that waits, with this creation number.
    #[inline]
    pub(super) fn new(number: u64) -> Self {
        StateWord(AtomicU64::new((number << NUMBER_SHIFT) | Phase::Waiting as u64))
    }

    pub(crate) fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed) >> NUMBER_SHIFT
    }

    pub(crate) fn phase(&self) -> Phase {
        phase_of(self.0.load(Ordering::Acquire))
    }

    pub(super) fn is_shared(&self) -> bool {
        self.0.load(Ordering::Relaxed) & SHARED != 0
    }

    /// Marks a task whose handle is becoming a [`Shared`](crate::Shared) one.
    pub(crate) fn mark_shared(&self) {
        self.0.fetch_or(SHARED, Ordering::Relaxed);
    }

    /// Tries to become the one that runs the task.
    pub(crate) fn claim(&self) -> Claim {
        let word = &self.0;
        let mut seen = word.load(Ordering::Acquire);
        loop {
            match phase_of(seen) {
                Phase::Waiting => {
                    let running = with_phase(seen, Phase::Running);
                    if cfg!(planted = "double_run") {
                        word.store(running, Ordering::Release);
                        return Claim::Claimed;
                    }
                    match word.compare_exchange_weak(
                        seen,
                        running,
                        Ordering::Acquire,
                        Ordering::Acquire,
                    ) {
                        Ok(_) => return Claim::Claimed,
                        Err(now) => seen = now,
                    }
                }
                Phase::Looking => {
                    yield_now();
                    seen = word.load(Ordering::Acquire);
                }
                Phase::Running => return Claim::Busy,
                ended => return Claim::Ended(ended),
            }
        }
    }

    /// [`claim`](Self::claim) for a task that no other run can know of.
    ///
    /// # Safety
    /// No other thread claims or looks at the task, now or later.
    pub(crate) unsafe fn claim_exclusive(&self) -> Claim {
        let seen = self.0.load(Ordering::Acquire);
        match phase_of(seen) {
            Phase::Waiting => {
                self.0.store(with_phase(seen, Phase::Running), Ordering::Relaxed);
                Claim::Claimed
            }
            ended => Claim::Ended(ended),
        }
    }

    /// Asks to be told when the task that another run has claimed ends. `false`: it has ended already.
    pub(crate) fn subscribe(&self) -> bool {
        let word = &self.0;
        let mut seen = word.load(Ordering::Acquire);
        while phase_of(seen) == Phase::Running {
            let told = seen | SUBSCRIBED;
            match word.compare_exchange_weak(seen, told, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return true,
                Err(now) => seen = now,
            }
        }
        false
    }

    /// Makes the end of a task that the caller has claimed known, or gives it back as `Waiting`.
    /// Returns whether another run has subscribed.
    pub(crate) fn publish(&self, now: Phase) -> bool {
        let word = &self.0;
        let mut seen = word.load(Ordering::Relaxed);
        loop {
            let next = with_phase(seen, now) & !SUBSCRIBED;
            match word.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return seen & SUBSCRIBED != 0,
                Err(now) => seen = now,
            }
        }
    }

    /// [`publish`](Self::publish) for a task that no other run can know of.
    pub(crate) fn publish_exclusive(&self, now: Phase) {
        let seen = self.0.load(Ordering::Relaxed);
        self.0.store(with_phase(seen, now), Ordering::Release);
    }

    /// Runs `look` while the body is sure to stay; `None` when the task has left `Waiting`.
    ///
    /// `look` must not run user code: whoever meets the task meanwhile spins.
    pub(crate) fn while_waiting<R>(&self, look: impl FnOnce() -> R) -> Option<R> {
        let word = &self.0;
        let mut seen = word.load(Ordering::Acquire);
        loop {
            match phase_of(seen) {
                Phase::Waiting => {
                    let looking = with_phase(seen, Phase::Looking);
                    match word.compare_exchange_weak(
                        seen,
                        looking,
                        Ordering::Acquire,
                        Ordering::Acquire,
                    ) {
                        Ok(_) => break,
                        Err(now) => seen = now,
                    }
                }
                Phase::Looking => {
                    yield_now();
                    seen = word.load(Ordering::Acquire);
                }
                _ => return None,
            }
        }
        let result = look();
        word.store(with_phase(seen, Phase::Waiting), Ordering::Release);
        Some(result)
    }

    /// Says that the caller, who is the only one to take the result, takes it.
    ///
    /// # Panics
    /// When the task has no result: a scheduler started its dependent too early.
    pub(super) fn mark_taken(&self) {
        let word = self.0.load(Ordering::Acquire);
        assert!(phase_of(word) == Phase::Done, "a task starts after its dependencies have results");
        self.0.store(with_phase(word, Phase::Taken), Ordering::Release);
    }

    /// Says that the slot is empty, for a task that nobody holds any more.
    pub(super) fn mark_released(&self) {
        let word = self.0.load(Ordering::Relaxed);
        self.0.store(with_phase(word, Phase::Taken), Ordering::Relaxed);
    }
}
