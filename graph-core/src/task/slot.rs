//! One slot: it holds a task's body until the task starts, then its result or its error.
//!
//! ```text
//!            claim               finish              take
//!  Waiting ◄────────► Running ──────────► Done ─────────────► Taken
//!    ▲ │   give back     │                 (result)            (empty)
//!    │ ▼ look            └──────────────► Failed
//!  Looking                                 (error)
//! ```
//!
//! Every transition of a task's phase is in this file. `Looking` is a short lock: a walk reads the
//! body's inputs while another run might claim the task; it runs no user code. A task that is asked
//! how many bytes it needs is claimed for that, and given back.

#![expect(unsafe_code, reason = "body and result share their bytes; the phase says which is there")]

use std::{
    mem::ManuallyDrop,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::{
    sync::{Ordering, yield_now},
    task::{
        execution::Execution,
        failure::{Cause, Failure},
        header::{Body, Edges, Header, Notes, TaskPointer},
    },
};

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

const PHASE_MASK: u64 = 0b0111;
/// The result is to be kept in an `Arc`.
const SHARED: u64 = 0b1000;
/// Another run wants to hear when the task ends.
const SUBSCRIBED: u64 = 0b1_0000;

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

pub(crate) fn phase(header: &Header) -> Phase {
    phase_of(header.state_word().load(Ordering::Acquire))
}

pub(super) fn is_shared(header: &Header) -> bool {
    header.state_word().load(Ordering::Relaxed) & SHARED != 0
}

/// The bytes behind the header.
#[repr(C)]
pub(crate) union Slot<B: Body> {
    pub(super) body: ManuallyDrop<B>,
    pub(super) value: ManuallyDrop<B::Value>,
    pub(super) shared: ManuallyDrop<Arc<B::Value>>,
    pub(super) failure: ManuallyDrop<Arc<Failure>>,
}

impl<B: Body> Slot<B> {
    pub(crate) fn with_body(body: B) -> Self {
        Slot { body: ManuallyDrop::new(body) }
    }
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

/// Marks a task whose handle is becoming a [`Shared`](crate::Shared) one.
pub(crate) fn mark_shared(header: &Header) {
    header.state_word().fetch_or(SHARED, Ordering::Relaxed);
}

/// Tries to become the one that runs the task.
pub(crate) fn claim(header: &Header) -> Claim {
    let word = header.state_word();
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

/// [`claim`] for a task that no other run can know of.
///
/// # Safety
/// No other thread claims or looks at the task, now or later.
pub(crate) unsafe fn claim_exclusive(header: &Header) -> Claim {
    let word = header.state_word();
    let seen = word.load(Ordering::Acquire);
    match phase_of(seen) {
        Phase::Waiting => {
            word.store(with_phase(seen, Phase::Running), Ordering::Relaxed);
            Claim::Claimed
        }
        ended => Claim::Ended(ended),
    }
}

/// Asks to be told when the task that another run has claimed ends. `false`: it has ended already.
pub(crate) fn subscribe(header: &Header) -> bool {
    let word = header.state_word();
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

/// Makes the end of a task that the caller has claimed known, or gives it back as `Waiting`. Returns
/// whether another run has subscribed.
pub(crate) fn publish(header: &Header, now: Phase) -> bool {
    let word = header.state_word();
    let mut seen = word.load(Ordering::Relaxed);
    loop {
        let next = with_phase(seen, now) & !SUBSCRIBED;
        match word.compare_exchange_weak(seen, next, Ordering::AcqRel, Ordering::Relaxed) {
            Ok(_) => return seen & SUBSCRIBED != 0,
            Err(now) => seen = now,
        }
    }
}

/// [`publish`] for a task that no other run can know of.
pub(crate) fn publish_exclusive(header: &Header, now: Phase) {
    let word = header.state_word();
    let seen = word.load(Ordering::Relaxed);
    word.store(with_phase(seen, now), Ordering::Release);
}

/// Takes the body out, runs it and puts its result or its error into the slot.
/// The caller makes the returned phase known.
///
/// # Safety
/// The task is a `Task<B>` that the caller has claimed and not run yet.
pub(crate) unsafe fn run<B: Body>(pointer: TaskPointer, execution: &mut Execution<'_>) -> Phase {
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there and is read once.
    let (slot, body) = unsafe {
        let slot = pointer.slot::<Slot<B>>();
        (slot, std::ptr::read(&raw const (*slot).body))
    };
    let result = catch_unwind(AssertUnwindSafe(|| ManuallyDrop::into_inner(body).run(execution)));
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    let (content, phase) = match result {
        Ok(Ok(value)) if is_shared(header) => {
            if B::DECLARES_BYTES
                && let (Some(charge), Some(notes)) = (execution.charge.take(), header.notes())
            {
                notes.keep_charge(charge);
            }
            (Slot { shared: ManuallyDrop::new(Arc::new(value)) }, Phase::Done)
        }
        Ok(Ok(value)) => (Slot { value: ManuallyDrop::new(value) }, Phase::Done),
        Ok(Err(cause)) => (Slot { failure: failure(header, cause) }, Phase::Failed),
        Err(payload) => (Slot { failure: failure(header, Cause::panic(payload)) }, Phase::Failed),
    };
    // SAFETY: still the only thread at the slot, which is empty since the body was read.
    unsafe { slot.write(content) };
    phase
}

/// Lets the body take its inputs and say how many bytes it needs; `None` when that panicked, which
/// is then the task's error. The caller makes the end known, or gives the task back.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe fn reserve<B: Body>(pointer: TaskPointer) -> Option<u64> {
    // SAFETY: a claimed task exists; the claim makes this thread the only one at the slot, and the
    // phase was `Waiting`, so the body is there.
    let slot = unsafe { &mut *pointer.slot::<Slot<B>>() };
    // SAFETY: as above.
    let body = unsafe { &mut slot.body };
    let payload = match catch_unwind(AssertUnwindSafe(|| body.reserve())) {
        Ok(bytes) => return Some(bytes),
        Err(payload) => payload,
    };
    // SAFETY: the body is dropped once: the error takes its place before anybody else can look.
    let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ManuallyDrop::drop(&mut slot.body) }));
    if let Err(second) = dropped {
        // The first panic is the one to report; this one's payload must not escape either.
        drop(Cause::panic(second));
    }
    // SAFETY: the task is claimed, so it exists.
    let header = unsafe { pointer.header() };
    *slot = Slot { failure: failure(header, Cause::panic(payload)) };
    None
}

#[cold]
pub(super) fn failure(header: &Header, cause: Cause) -> ManuallyDrop<Arc<Failure>> {
    ManuallyDrop::new(Arc::new(Failure {
        function: header.function().path(),
        label: header.label().map(str::to_owned),
        built_at: header.built_at(),
        cause,
    }))
}

/// # Safety
/// The task is a `Task<B>` whose body is there and stays so during the call.
pub(crate) unsafe fn edges<B: Body>(pointer: TaskPointer, edges: &mut Edges) {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.edges(edges) }
}

/// # Safety
/// As for [`edges`].
pub(crate) unsafe fn argument<B: Body>(pointer: TaskPointer) -> Option<String> {
    // SAFETY: promised by the caller.
    unsafe { (*pointer.slot::<Slot<B>>()).body.argument() }
}

/// Runs `look` while the body is sure to stay; `None` when the task has left `Waiting`.
///
/// # Safety
/// The header must exist during the call. `look` must not run user code.
pub(crate) unsafe fn while_waiting<R>(
    pointer: TaskPointer,
    look: impl FnOnce(&Header) -> R,
) -> Option<R> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    let word = header.state_word();
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
    let result = look(header);
    word.store(with_phase(seen, Phase::Waiting), Ordering::Release);
    Some(result)
}

/// Drops what a slot holds in `phase`.
///
/// # Safety
/// The task is a `Task<B>`, and nobody else will look at the slot again.
pub(crate) unsafe fn drop_contents<B: Body>(pointer: TaskPointer, phase: Phase, shared: bool) {
    // SAFETY: the phase says which member is there, and nobody else will look at the slot again.
    unsafe {
        let slot = &mut *pointer.slot::<Slot<B>>();
        match phase {
            Phase::Waiting | Phase::Looking => ManuallyDrop::drop(&mut slot.body),
            Phase::Done if shared => ManuallyDrop::drop(&mut slot.shared),
            Phase::Done => ManuallyDrop::drop(&mut slot.value),
            Phase::Failed => ManuallyDrop::drop(&mut slot.failure),
            Phase::Running | Phase::Taken => {}
        }
    }
}

/// Empties the slot of a task without holders.
///
/// # Safety
/// The last holder is leaving; the header still exists.
pub(crate) unsafe fn release(pointer: TaskPointer) {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    let phase = phase(header);
    // Dropped last, also when a destructor in the slot panics.
    let _charge = header.vtable.reserve.and(header.notes()).and_then(Notes::take_charge);
    if phase != Phase::Taken {
        let shared = is_shared(header);
        // SAFETY: without holders nobody can reach the slot, and plans only look at tasks with holders.
        unsafe { (header.vtable.drop_contents)(pointer, phase, shared) };
        let word = header.state_word().load(Ordering::Relaxed);
        header.state_word().store(with_phase(word, Phase::Taken), Ordering::Relaxed);
    }
}

/// Takes the result out of the slot of a task that is not shared.
///
/// # Panics
/// When the task has no result: a scheduler started its dependent too early.
///
/// # Safety
/// The task's result is a `T`, it is not shared, and the caller owns its only handle.
pub(crate) unsafe fn take_value<T>(pointer: TaskPointer) -> T {
    // SAFETY: a handle keeps the task.
    let header = unsafe { pointer.header() };
    let word = header.state_word().load(Ordering::Acquire);
    assert!(phase_of(word) == Phase::Done, "a task starts after its dependencies have results");
    header.state_word().store(with_phase(word, Phase::Taken), Ordering::Release);
    // SAFETY: `Done` and not shared means a `T`; the only handle's owner is the only one to read it,
    // and `Taken` keeps it from being dropped again.
    unsafe { std::ptr::read(pointer.slot::<T>()) }
}

/// Borrows the result of a shared task.
///
/// # Panics
/// As for [`take_value`].
///
/// # Safety
/// The task's result is a `T`, it is shared, and a holder exists during `'a`.
pub(crate) unsafe fn borrow_shared<'a, T>(pointer: TaskPointer) -> &'a Arc<T> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    assert!(phase(header) == Phase::Done, "a task starts after its dependencies have results");
    // SAFETY: `Done` and shared means an `Arc<T>`; it stays while a holder exists.
    unsafe { &*pointer.slot::<Arc<T>>() }
}

/// Takes the result out of a shared task of which the caller has the last handle.
///
/// # Safety
/// As for [`borrow_shared`], and the caller's is the only holder.
pub(crate) unsafe fn take_shared<T>(pointer: TaskPointer) -> Arc<T> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    let word = header.state_word().load(Ordering::Acquire);
    assert!(phase_of(word) == Phase::Done, "a task starts after its dependencies have results");
    header.state_word().store(with_phase(word, Phase::Taken), Ordering::Release);
    // SAFETY: as in `take_value`, with an `Arc<T>`.
    unsafe { std::ptr::read(pointer.slot::<Arc<T>>()) }
}

/// The error of a failed task.
///
/// # Safety
/// A holder exists during the call.
pub(crate) unsafe fn failure_of(pointer: TaskPointer) -> Option<Arc<Failure>> {
    // SAFETY: promised by the caller.
    let header = unsafe { pointer.header() };
    // SAFETY: `Failed` means an `Arc<Failure>`, which stays while a holder exists.
    (phase(header) == Phase::Failed).then(|| unsafe { (*pointer.slot::<Arc<Failure>>()).clone() })
}
