//! The phase of a task: what its slot holds, and who may touch it.
//!
//! ```text
//!             claim               publish             take
//!   Waiting ◄────────► Running ──────────► Done ─────────────► Taken
//!    ▲ │     give back    │               (result)            (empty)
//!    │ ▼ inspect          └──────────────► Failed ──► Waiting, when it is reset
//!  Inspecting                              (error)
//! ```
//!
//! Every transition is in this file. Who may touch the slot follows from the phase:
//!
//! - `Waiting`: nobody; a thread first makes it `Inspecting` or `Running`;
//! - `Inspecting`: the thread that made it so reads the body's inputs. This is a short lock, for
//!   another run might claim the task; no user code runs under it;
//! - `Running`: the thread that claimed the task. It takes the body out and runs it, or only asks it
//!   how many bytes it needs, and gives the task back as `Waiting`; so it does too when the body has
//!   made attempts that do not count, because the run has stopped, and has kept its inputs, and when the
//!   body waits for tasks that it has made (the thread then plans those before it gives the task back), or
//!   for a future;
//! - `Done`: whoever has a strong reference may borrow a shared result; the only one moves it out;
//! - `Failed`: whoever has a strong reference may clone the error; of a task that may be reset only under
//!   the lock that keeps its body, because whoever resets it puts the body there;
//! - `Taken`: nobody, the slot is empty.
//!
//! When the last strong reference is given up, that thread empties the slot, whatever the phase.

#![expect(unsafe_code, reason = "a thread that is alone with a task claims it without an exchange")]

use crate::sync::{AtomicU64, Ordering, yield_now};

/// What the slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    /// The body.
    Waiting = 0,
    /// The body, whose inputs one thread is reading.
    Inspecting = 1,
    /// The body while it is asked for its bytes or described, or while the tasks that it has made are
    /// planned; nothing while the thread that claimed the task runs it, for then the body is on that
    /// thread's stack.
    Running = 2,
    /// The result: a `T`, or an `Arc<T>` when the task is shared.
    Done = 3,
    /// An `Arc<Failure>`.
    Failed = 4,
    /// Nothing: the one consumer has taken the result.
    Taken = 5,
}

/// The answer to a claim.
pub(crate) enum Claim {
    /// The caller has the task, and must run it or give it back.
    Claimed,
    /// The task has ended before, and is in this phase.
    Ended(Phase),
    /// Another run has claimed the task.
    Busy,
}

/// The bits of the word that are the phase.
const PHASE_MASK: u64 = 0b0111;
/// Set for a task whose result is kept in an `Arc`.
const SHARED: u64 = 0b1000;
/// Set when another run wants to be told that the task has ended or waits again.
const SUBSCRIBED: u64 = 0b1_0000;
/// The lowest bit of the creation number.
const NUMBER_SHIFT: u32 = 8;

fn phase_of(word: u64) -> Phase {
    match word & PHASE_MASK {
        0 => Phase::Waiting,
        1 => Phase::Inspecting,
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

    /// The creation number.
    #[inline]
    pub(crate) fn number(&self) -> u64 {
        self.0.load(Ordering::Relaxed) >> NUMBER_SHIFT
    }

    #[inline]
    pub(crate) fn phase(&self) -> Phase {
        phase_of(self.0.load(Ordering::Acquire))
    }

    pub(super) fn is_shared(&self) -> bool {
        self.0.load(Ordering::Relaxed) & SHARED != 0
    }

    /// Marks a task whose handle becomes a [`Shared`](crate::Shared). It waits; `alone` says that nobody else
    /// knows of it.
    pub(super) fn mark_shared(&self, alone: bool) {
        if alone {
            self.0.store(self.0.load(Ordering::Relaxed) | SHARED, Ordering::Relaxed);
        } else {
            self.0.fetch_or(SHARED, Ordering::Relaxed);
        }
    }

    /// Tries to make the task the caller's own. Spins while it is inspected.
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
                Phase::Inspecting => {
                    yield_now();
                    seen = word.load(Ordering::Acquire);
                }
                Phase::Running => return Claim::Busy,
                ended => return Claim::Ended(ended),
            }
        }
    }

    /// [`claim`](Self::claim) for a task that no other run can reach.
    ///
    /// # Safety
    /// No other thread claims or inspects the task, now or later.
    #[inline]
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

    /// Asks to be told when a task that another run has claimed ends or waits again. Returns `false`
    /// when it has already.
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

    /// Ends the caller's claim: the task is `Done`, `Failed` or, when it is given back, `Waiting`.
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

    /// [`publish`](Self::publish) for a task that no other run can reach, so nobody has subscribed.
    #[inline]
    pub(crate) fn publish_exclusive(&self, now: Phase) {
        let seen = self.0.load(Ordering::Relaxed);
        self.0.store(with_phase(seen, now), Ordering::Release);
    }

    /// Runs `inspect` while nobody can take the body out. Returns `None`, and runs nothing, when the
    /// task does not wait any more.
    ///
    /// `inspect` must not run user code, for other threads may spin until it returns.
    pub(crate) fn while_waiting<R>(&self, inspect: impl FnOnce() -> R) -> Option<R> {
        let word = &self.0;
        let mut seen = word.load(Ordering::Acquire);
        loop {
            match phase_of(seen) {
                Phase::Waiting => {
                    let inspecting = with_phase(seen, Phase::Inspecting);
                    match word.compare_exchange_weak(
                        seen,
                        inspecting,
                        Ordering::Acquire,
                        Ordering::Acquire,
                    ) {
                        Ok(_) => break,
                        Err(now) => seen = now,
                    }
                }
                Phase::Inspecting => {
                    yield_now();
                    seen = word.load(Ordering::Acquire);
                }
                _ => return None,
            }
        }
        let result = inspect();
        word.store(with_phase(seen, Phase::Waiting), Ordering::Release);
        Some(result)
    }

    /// Lets a failed task wait again.
    pub(crate) fn publish_reset(&self) {
        let before = self.publish(Phase::Waiting);
        debug_assert!(!before, "nobody waits for the end of a task that has ended");
    }

    /// Marks the slot as empty for a caller that moves the result out.
    ///
    /// # Panics
    /// When the task has no result: a scheduler started a dependent too early.
    #[inline]
    pub(super) fn mark_taken(&self) {
        let word = self.0.load(Ordering::Acquire);
        assert!(phase_of(word) == Phase::Done, "a task starts after its dependencies have results");
        self.0.store(with_phase(word, Phase::Taken), Ordering::Release);
    }

    /// Marks the slot of a task without strong references as empty.
    pub(super) fn mark_released(&self) {
        let word = self.0.load(Ordering::Relaxed);
        self.0.store(with_phase(word, Phase::Taken), Ordering::Relaxed);
    }
}
