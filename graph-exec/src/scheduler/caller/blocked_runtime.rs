//! Runtimes whose only thread waits for a run, so that nobody drives their futures meanwhile.
//!
//! ```text
//!  the runtime's only thread │ block_on ── compute ── waits for the run
//!  worker                    │               begins a future ── nobody drives it, and the run waits for it
//! ```
//!
//! When such a thread begins to wait, it says for which run, and wakes the futures of its runtime that tasks wait
//! for. Whoever then polls one for that run, or for one inside it, finds it blocked. A run that others wait for in
//! ways that are not seen here is none of these.

use std::{
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{Arc, LazyLock, Mutex},
    task::{Context, Wake, Waker},
};

use tokio::{
    runtime::{Handle, Id, RuntimeFlavor},
    task::yield_now,
};

use crate::{
    run::nesting::{self, Nesting},
    sync::{AtomicBool, Ordering, lock},
};

/// Those of this process.
static RUNTIMES: LazyLock<Mutex<Runtimes>> = LazyLock::new(Mutex::default);

/// The runtimes of a single thread.
#[derive(Default)]
struct Runtimes {
    /// (a runtime, the run that its thread waits for).
    blocked: Vec<(Id, Arc<Nesting>)>,
    /// Number of a future → its runtime, and who is to poll it again when that is blocked.
    polled: HashMap<u64, (Id, Waker)>,
    /// The number of the next future.
    next: u64,
}

/// Says whether nobody would drive the runtime while the task that this thread is inside waits for it.
pub(crate) fn is_blocked(runtime: &Handle) -> bool {
    runtime.runtime_flavor() == RuntimeFlavor::CurrentThread
        && (is_driven_by_this_thread(runtime) || lock(&RUNTIMES).is_blocked(runtime.id()))
}

/// Says whether the runtime has a single thread, which is the calling one and runs a future now.
///
/// A thread may know of a runtime that another one drives: that of `spawn_blocking`, one that has entered it, or one
/// that is inside `Handle::block_on`.
fn is_driven_by_this_thread(runtime: &Handle) -> bool {
    Handle::try_current().is_ok_and(|current| current.id() == runtime.id()) && drives_a_runtime()
}

/// Says whether this thread drives a runtime: one that does so keeps a waker that yields until it has polled others,
/// and elsewhere it is woken at once.
fn drives_a_runtime() -> bool {
    let yielded = Arc::new(Yielded(AtomicBool::new(false)));
    let waker = Waker::from(Arc::clone(&yielded));
    let _ = pin!(yield_now()).poll(&mut Context::from_waker(&waker));
    !yielded.0.load(Ordering::Relaxed)
}

/// Whether a waker was woken.
struct Yielded(AtomicBool);

impl Wake for Yielded {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Runtimes {
    /// Says whether the runtime's thread waits for the run that this thread works for, or for one around it.
    fn is_blocked(&self, runtime: Id) -> bool {
        let mut blocked = self.blocked.iter();
        blocked.any(|(id, run)| *id == runtime && nesting::is_at_work_within(run))
    }
}

/// A future of a runtime that has a single thread, from when it was spawned until it is dropped.
pub(crate) struct DrivenFuture {
    runtime: Handle,
    number: u64,
}

impl DrivenFuture {
    /// `None` for one of another runtime, which has threads that drive it.
    pub(crate) fn new(runtime: &Handle) -> Option<Self> {
        if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread {
            return None;
        }
        let mut runtimes = lock(&RUNTIMES);
        runtimes.next += 1;
        Some(DrivenFuture { runtime: runtime.clone(), number: runtimes.next })
    }

    /// Says whether nobody would drive the future while it is waited for; to be asked when it was pending. Otherwise
    /// `waker` is woken when that may have changed.
    pub(crate) fn is_blocked(&self, waker: &Waker) -> bool {
        if is_driven_by_this_thread(&self.runtime) {
            return true;
        }
        let id = self.runtime.id();
        let mut runtimes = lock(&RUNTIMES);
        if runtimes.is_blocked(id) {
            return true;
        }
        let before = runtimes.polled.insert(self.number, (id, waker.clone()));
        drop(runtimes);
        drop(before);
        false
    }
}

impl Drop for DrivenFuture {
    fn drop(&mut self) {
        let polled = lock(&RUNTIMES).polled.remove(&self.number);
        // Nothing is dropped under the lock.
        drop(polled);
    }
}

/// A thread that waits for a run, and may be the only one that drives a runtime.
#[derive(Default)]
pub(super) struct Watch {
    /// How often it has slept.
    naps: u64,
    blocked: Option<Blocked>,
}

impl Watch {
    /// To be called before the thread sleeps.
    pub(super) fn nap(&mut self, run: &Arc<Nesting>) {
        if self.naps == 0 {
            self.blocked = Blocked::new(run);
        }
        self.naps += 1;
        // What waits for a future may have got inside the run since the last look.
        if let Some(blocked) = self.blocked.as_ref().filter(|_| self.naps.is_power_of_two()) {
            blocked.wake_futures();
        }
    }
}

/// While it lives, the only thread of a runtime waits for a run.
struct Blocked {
    runtime: Id,
    run: Arc<Nesting>,
}

impl Blocked {
    /// `None` when the calling thread drives no runtime, or is not the only one that does.
    fn new(run: &Arc<Nesting>) -> Option<Self> {
        let runtime = Handle::try_current().ok()?;
        let is_single = runtime.runtime_flavor() == RuntimeFlavor::CurrentThread;
        if !is_single || !drives_a_runtime() {
            return None;
        }
        let (runtime, run) = (runtime.id(), Arc::clone(run));
        lock(&RUNTIMES).blocked.push((runtime, Arc::clone(&run)));
        Some(Blocked { runtime, run })
    }

    /// Lets all futures of the runtime be polled again that tasks wait for.
    fn wake_futures(&self) {
        let of_runtime = |_: &u64, (runtime, _): &mut (Id, Waker)| *runtime == self.runtime;
        let woken: Vec<_> = lock(&RUNTIMES).polled.extract_if(of_runtime).collect();
        woken.into_iter().for_each(|(_, (_, waker))| waker.wake());
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        let mut runtimes = lock(&RUNTIMES);
        let is_this =
            |(id, run): &(Id, Arc<Nesting>)| *id == self.runtime && Arc::ptr_eq(run, &self.run);
        // The run is kept by whoever waits, so nothing is dropped under the lock.
        if let Some(place) = runtimes.blocked.iter().position(is_this) {
            runtimes.blocked.swap_remove(place);
        }
    }
}
