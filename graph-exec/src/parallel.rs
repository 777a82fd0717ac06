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
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crossbeam_utils::CachePadded;

use crate::{
    attendance::Attendance,
    crew::Crew,
    lineage::{Frame, Lineage},
    ready::{ReadyQueue, Worker},
    record::{Recorder, Span},
    run::{Run, Step},
    subscription::Subscriber,
    sync::{AtomicUsize, Ordering, lock},
};

/// How often an idle worker looks again before it leaves.
const LOOKS_BEFORE_LEAVING: u32 = 64;
/// How long a waiting worker sleeps before it looks again whether it can help.
const NAP: Duration = Duration::from_micros(500);

pub(crate) struct Parallel {
    run: Run,
    queue: ReadyQueue,
    crew: Arc<Crew>,
    recorder: Option<Recorder>,
    unsettled: CachePadded<AtomicUsize>,
    attendance: Attendance,
    /// The caller is to look: the run may be over, or work has come from elsewhere.
    signal: Mutex<bool>,
    changed: Condvar,
}

impl Parallel {
    pub(crate) fn new(
        run: Run,
        sources: Vec<u32>,
        crew: Arc<Crew>,
        recorder: Option<Recorder>,
    ) -> Arc<Self> {
        Arc::new(Parallel {
            unsettled: CachePadded::new(AtomicUsize::new(run.plan().len())),
            queue: ReadyQueue::new(sources, crew.threads()),
            attendance: Attendance::new(crew.threads()),
            run,
            crew,
            recorder,
            signal: Mutex::default(),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn run(&self) -> &Run {
        &self.run
    }

    /// What was recorded.
    pub(crate) fn spans(&self) -> Vec<Span> {
        self.recorder.as_ref().map(Recorder::take).unwrap_or_default()
    }

    /// Runs everything and returns when nothing of it is running any more.
    pub(crate) fn complete(self: &Arc<Self>) {
        let _on_its_way = self.crew.begin_run();
        let takes_part = self.crew.contains_this_thread();
        let workers = self.crew.threads().min(self.queue.source_count());
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
        let mut shift = Shift { settled: 0, spans: Vec::new(), last_end: None };
        {
            let frame = Frame::enter(self.run.lineage(), false);
            'work: while !self.run.is_stopped() {
                let Some(mut task) = worker.next() else {
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
                    match self.run_one(&worker, &mut shift, task) {
                        Some(next) if !self.run.is_stopped() => task = next,
                        _ => break,
                    }
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

    /// Runs one task. Of what it makes ready, one is returned and the rest is queued.
    #[inline]
    fn run_one(self: &Arc<Self>, worker: &Worker<'_>, shift: &mut Shift, task: u32) -> Option<u32> {
        let started = self.recorder.as_ref().map(|recorder| {
            // One clock reading serves the end of a task and the start of the next.
            shift.last_end.take().unwrap_or_else(|| recorder.now())
        });
        let mut next = None;
        let mut queued = false;
        let step = self.run.step(
            task,
            || Arc::clone(self) as Arc<dyn Subscriber>,
            |ready| {
                if let Some(earlier) = next.replace(ready) {
                    worker.push(earlier);
                    queued = true;
                }
            },
        );
        if let Step::Settled(count) = step {
            shift.settled += count;
            if let (Some(recorder), Some(start)) = (&self.recorder, started) {
                let end = recorder.now();
                shift.spans.push(Span { task, worker: worker.place() as u32, start, end });
                shift.last_end = next.map(|_| end);
            }
        }
        if queued {
            self.invite();
        }
        next
    }

    /// Makes known what this worker has settled.
    fn settle(&self, shift: &mut Shift) {
        shift.last_end = None;
        if let Some(recorder) = &self.recorder {
            recorder.add(&mut shift.spans);
        }
        let settled = std::mem::take(&mut shift.settled);
        if settled > 0 && self.unsettled.fetch_sub(settled, Ordering::SeqCst) == settled {
            self.tell_caller();
        }
    }
}

/// What a worker has done since it last made it known.
struct Shift {
    settled: usize,
    spans: Vec<Span>,
    last_end: Option<Instant>,
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
