//! Sharing out the ready tasks of one run among the workers of a crew.
//!
//! Workers are invited with *tickets* (see [`crew`](crate::crew)), at most one a worker. The tasks
//! themselves wait in the run's own ready queue.
//!
//! **Nothing is overlooked**, and nothing runs on: see [`attendance`](crate::attendance).
//!
//! **The caller returns** when every task is settled, or when the run has stopped and nobody is
//! inside a task any more; tickets that arrive later find nothing to do.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    time::Duration,
};

use crossbeam_utils::CachePadded;

use crate::{
    attendance::Attendance,
    cancel::Cancellable,
    crew::Crew,
    lineage::{Lineage, Pause},
    memory::{Account, RunMemory, Starved},
    observe::{instrument::Instrumentation, progress::Progress},
    queue::Queue,
    ranked::RankedQueue,
    ready::ReadyQueue,
    run::{Run, Turns},
    shift::Shift,
    standstill::{BETWEEN_LOOKS, Vigil},
    subscription::Subscriber,
    sync::{AtomicUsize, Ordering, lock},
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;
/// How long a waiting worker sleeps before it looks again whether it can help.
const NAP: Duration = Duration::from_micros(500);

pub(crate) struct Parallel {
    run: Run,
    queue: Queue,
    crew: Arc<Crew>,
    watch: Option<Arc<Instrumentation>>,
    board: Option<Arc<Progress>>,
    memory: Option<RunMemory>,
    unsettled: CachePadded<AtomicUsize>,
    attendance: Attendance,
    /// The caller is to look: the run may be over, or work has come from elsewhere.
    signal: Mutex<bool>,
    changed: Condvar,
}

impl Parallel {
    pub(crate) fn new(
        run: Run,
        Turns { sources, ranks }: Turns,
        crew: Arc<Crew>,
        account: Option<Arc<Account>>,
        watch: Option<Arc<Instrumentation>>,
        board: Option<Arc<Progress>>,
    ) -> Arc<Self> {
        Arc::new_cyclic(|this: &Weak<Parallel>| Parallel {
            unsettled: CachePadded::new(AtomicUsize::new(run.plan().len())),
            queue: match ranks {
                None => Queue::Free(ReadyQueue::new(sources, crew.threads())),
                Some(ranks) => Queue::Ranked(RankedQueue::new(sources, ranks, crew.threads())),
            },
            memory: account.map(|account| {
                RunMemory::new(account, Weak::clone(this) as Weak<dyn Starved>, run.plan())
            }),
            attendance: Attendance::new(crew.threads()),
            run,
            crew,
            watch,
            board,
            signal: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// How many tasks have no outcome, and will have none.
    pub(crate) fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::SeqCst)
    }

    pub(crate) fn crew(&self) -> &Crew {
        &self.crew
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(crate) fn watch(&self) -> Option<&Instrumentation> {
        self.watch.as_deref()
    }

    pub(crate) fn board(&self) -> Option<&Progress> {
        self.board.as_deref()
    }

    pub(crate) fn memory(&self) -> Option<&RunMemory> {
        self.memory.as_ref()
    }

    /// Takes back tasks for whose bytes there was no room.
    pub(crate) fn resume_parked(self: &Arc<Self>, tasks: &[u32]) {
        if let Some(queue) = self.queue.ranked() {
            tasks.iter().for_each(|&task| queue.push(task));
            queue.release_sources();
        }
        if !self.run.is_stopped() {
            self.invite();
        }
        self.tell_caller();
    }

    /// Runs everything and returns when nothing of it is running any more.
    pub(crate) fn complete(self: &Arc<Self>) {
        // A task that computes a graph waits, and must not keep that graph's tasks from starting.
        let _waiting = Pause::begin();
        let _on_its_way = self.crew.begin_run();
        let takes_part = self.crew.contains_this_thread();
        if let Some(watch) = &self.watch {
            self.queue
                .sources()
                .iter()
                .for_each(|&task| watch.ready(task, || self.run.signature(task)));
        }
        let workers = self.crew.threads().min(self.queue.sources().len());
        for _ in usize::from(takes_part)..workers {
            self.invite();
        }
        let mut vigil = Vigil::default();
        loop {
            if takes_part || self.is_left_alone(&mut vigil) {
                self.attendance.come();
                self.work();
                self.leave();
            }
            if self.is_over() {
                return;
            }
            if !Crew::help_within(self.run.lineage()) {
                self.wait();
            }
            if !takes_part && self.queue.has_work() {
                self.invite();
            }
        }
    }

    /// Says whether nobody will come for what is ready, as far as can be seen.
    fn is_left_alone(&self, vigil: &mut Vigil) -> bool {
        let waits =
            self.queue.has_work() && !self.run.is_stopped() && self.attendance.nobody_works();
        if !waits {
            vigil.end();
        }
        waits && vigil.stands_still(self.crew.posts())
    }

    fn is_over(&self) -> bool {
        self.unsettled.load(Ordering::SeqCst) == 0
            || (self.run.is_stopped() && self.attendance.nobody_works())
    }

    /// Waits for a signal. Nobody waits for long: a worker may be needed elsewhere, and anybody else
    /// looks whether the workers stand still.
    fn wait(&self) {
        let is_worker = rayon::current_thread_index().is_some();
        let longest = if is_worker { NAP } else { BETWEEN_LOOKS };
        let mut signal = lock(&self.signal);
        if !*signal {
            let woken = self.changed.wait_timeout(signal, longest);
            (signal, _) = woken.unwrap_or_else(PoisonError::into_inner);
        }
        *signal = false;
    }

    fn tell_caller(&self) {
        *lock(&self.signal) = true;
        self.changed.notify_all();
    }

    /// Sends one more ticket, unless every thread has one.
    pub(crate) fn invite(self: &Arc<Self>) {
        if self.attendance.invite() {
            self.crew.invite(Arc::clone(self));
        }
    }

    /// Works for the run as long as there is something to do.
    pub(crate) fn accept_ticket(self: Arc<Self>) {
        self.work();
        self.leave();
    }

    pub(crate) fn lineage(&self) -> &Lineage {
        self.run.lineage()
    }

    /// Counts this thread out, and sees to it that somebody comes for work that has turned up.
    fn leave(self: &Arc<Self>) {
        if self.attendance.leave(|| !self.run.is_stopped() && self.queue.has_work()) {
            self.crew.invite(Arc::clone(self));
        }
    }

    /// Works until nothing is ready.
    fn work(self: &Arc<Self>) {
        let Some(worker) = self.queue.worker() else { return };
        self.attendance.begin_work();
        {
            let mut shift = Shift::begin(self, worker);
            while !self.run.is_stopped() {
                if !shift.work() && !self.wait_for_work() {
                    break;
                }
            }
        }
        if self.attendance.end_work() && self.run.is_stopped() {
            self.tell_caller();
        }
    }

    /// Looks for a while whether work turns up.
    fn wait_for_work(&self) -> bool {
        for look in 0..LOOKS_BEFORE_LEAVING {
            if self.unsettled.load(Ordering::Relaxed) == 0 {
                return false;
            }
            if self.queue.has_work() {
                return true;
            }
            if look % 16 == 15 {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
        false
    }

    /// Makes known what a worker has settled.
    pub(crate) fn settle(&self, settled: usize) {
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            self.tell_caller();
        }
    }
}

impl Cancellable for Parallel {
    fn cancel(&self) {
        self.run.stop();
        self.tell_caller();
    }
}

impl Subscriber for Parallel {
    fn task_ended(self: Arc<Self>, index: u32) {
        self.queue.resume(index);
        if !self.run.is_stopped() {
            self.invite();
        }
        self.tell_caller();
    }

    fn lineage(&self) -> &Lineage {
        self.run.lineage()
    }
}
