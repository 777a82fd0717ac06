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
    limited::{ChargedTask, Limited},
    lineage::{Frame, FrameGuard, Lineage, Pause},
    memory::{Account, RunMemory, Starved, TaskCharge},
    queue::{Queue, Worker},
    ranked::RankedQueue,
    ready::ReadyQueue,
    run::{Run, Step, Turns},
    subscription::Subscriber,
    sync::{AtomicUsize, Ordering, lock},
    watch::{Watch, WatchedShift},
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;
/// How long a waiting worker sleeps before it looks again whether it can help.
const NAP: Duration = Duration::from_micros(500);

pub(crate) struct Parallel {
    run: Run,
    queue: Queue,
    crew: Arc<Crew>,
    watch: Option<Arc<Watch>>,
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
        watch: Option<Arc<Watch>>,
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
        loop {
            if takes_part {
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

    fn is_over(&self) -> bool {
        self.unsettled.load(Ordering::SeqCst) == 0
            || (self.run.is_stopped() && self.attendance.nobody_works())
    }

    /// Waits for a signal; a worker does not wait long, since it may be needed elsewhere.
    fn wait(&self) {
        let mut signal = lock(&self.signal);
        if rayon::current_thread_index().is_some() {
            if !*signal {
                let woken = self.changed.wait_timeout(signal, NAP);
                (signal, _) = woken.unwrap_or_else(PoisonError::into_inner);
            }
        } else {
            while !*signal {
                signal = self.changed.wait(signal).unwrap_or_else(PoisonError::into_inner);
            }
        }
        *signal = false;
    }

    fn tell_caller(&self) {
        *lock(&self.signal) = true;
        self.changed.notify_all();
    }

    /// Sends one more ticket, unless every thread has one.
    fn invite(self: &Arc<Self>) {
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
        let watched = self.watch.as_deref().map(|watch| watch.shift(worker.place()));
        let mut shift = Shift { settled: 0, watched };
        {
            let frame = Frame::enter(self.run.lineage(), false, self.account());
            'work: while !self.run.is_stopped() {
                let Some((mut task, mut charge)) = self.next(&worker, &frame) else {
                    self.settle(&mut shift);
                    for look in 0..LOOKS_BEFORE_LEAVING {
                        if self.unsettled.load(Ordering::Relaxed) == 0 {
                            break 'work;
                        }
                        if self.queue.has_work() {
                            continue 'work;
                        }
                        if look % 16 == 15 {
                            std::thread::yield_now();
                        } else {
                            std::hint::spin_loop();
                        }
                    }
                    break;
                };
                loop {
                    frame.set_task(Some(self.run.number(task)));
                    match self.run_one(&worker, &mut shift, task, charge.take()) {
                        Some(next) if !self.run.is_stopped() => task = next,
                        _ => break,
                    }
                }
                if let Some(memory) = &self.memory {
                    memory.account().leave();
                }
            }
            frame.set_task(None);
        }
        self.settle(&mut shift);
        drop(worker);
        if self.attendance.end_work() && self.run.is_stopped() {
            self.tell_caller();
        }
    }

    fn account(&self) -> Option<&Arc<Account>> {
        self.memory.as_ref().map(RunMemory::account)
    }

    /// Takes a ready task, which under a memory limit must have been admitted.
    #[inline]
    fn next(&self, worker: &Worker<'_>, frame: &FrameGuard) -> Option<(u32, Option<TaskCharge>)> {
        match (&self.memory, self.queue.ranked()) {
            (Some(memory), Some(queue)) => {
                let limited = Limited { run: &self.run, queue, memory };
                limited.next(worker, frame).map(|(task, charge)| (task, Some(charge)))
            }
            _ => worker.next().map(|task| (task, None)),
        }
    }

    /// Runs one task. Of what it makes ready, one may be returned; the rest is queued.
    #[inline]
    fn run_one(
        self: &Arc<Self>,
        worker: &Worker<'_>,
        shift: &mut Shift<'_>,
        task: u32,
        charge: Option<TaskCharge>,
    ) -> Option<u32> {
        let mut next = None;
        let mut queued = false;
        let may_keep = worker.may_keep();
        let ready = |ready| {
            let queue = if may_keep { next.replace(ready) } else { Some(ready) };
            if let Some(task) = queue {
                worker.push(task);
                queued = true;
            }
        };
        let step = if shift.watched.is_none() && charge.is_none() {
            let subscriber = || Arc::clone(self) as Arc<dyn Subscriber>;
            self.run.step(task, &mut (), subscriber, ready)
        } else {
            self.attended_step(shift.watched.as_mut(), charge, task, ready)
        };
        if let Step::Settled(count) = step {
            shift.settled += count;
        }
        if queued {
            self.invite();
        }
        next
    }

    #[inline(never)]
    fn attended_step(
        self: &Arc<Self>,
        watched: Option<&mut WatchedShift<'_>>,
        charge: Option<TaskCharge>,
        task: u32,
        mut ready: impl FnMut(u32),
    ) -> Step {
        let watch = self.watch.as_deref();
        let watched = watched.map(|watched| {
            let bytes =
                charge.as_ref().map_or_else(|| self.run.reserve(task), |charge| charge.bytes());
            watched.task(task, self.run.signature(task), bytes)
        });
        let charged = charge
            .zip(self.memory.as_ref())
            .map(|(charge, memory)| ChargedTask::new(&self.run, memory, task, charge));
        let subscriber = || Arc::clone(self) as Arc<dyn Subscriber>;
        self.run.step(task, &mut (watched, charged), subscriber, |task| {
            if let Some(watch) = watch {
                watch.ready(task, || self.run.signature(task));
            }
            ready(task);
        })
    }

    /// Makes known what this worker has settled.
    fn settle(&self, shift: &mut Shift<'_>) {
        if let Some(watched) = &mut shift.watched {
            watched.pause();
        }
        let settled = std::mem::take(&mut shift.settled);
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            self.tell_caller();
        }
    }
}

/// What a worker has done since it last made it known.
struct Shift<'a> {
    settled: usize,
    watched: Option<WatchedShift<'a>>,
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
