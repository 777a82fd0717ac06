//! What one worker does for one run, from sitting down to getting up.
//!
//! A plain task costs no more than it must: nothing here looks at a clock, an observer or the
//! memory unless the run has them.

use std::sync::Arc;

use graph_core::__run::Execution;

use crate::{
    limited::{ChargedTask, Limited},
    lineage::{Frame, FrameGuard},
    memory::TaskCharge,
    observe::{instrument::WorkerInstrumentation, progress::WorkerProgress},
    parallel::Parallel,
    queue::Worker,
    run::Step,
    standstill::Post,
    subscription::Subscriber,
};

pub(crate) struct Shift<'a> {
    parallel: &'a Arc<Parallel>,
    worker: Worker<'a>,
    frame: FrameGuard,
    post: Post<'a>,
    /// There for a run under a memory limit.
    limited: Option<Limited<'a>>,
    watched: Option<WorkerInstrumentation<'a>>,
    desk: Option<WorkerProgress<'a>>,
    /// What has been settled since that was last made known.
    settled: usize,
}

/// Of what a task makes ready, one may be kept to be run next; the rest is queued.
struct MadeReady<'a> {
    worker: &'a Worker<'a>,
    next: Option<u32>,
    queued: bool,
}

impl MadeReady<'_> {
    #[inline]
    fn add(&mut self, task: u32) {
        let for_the_queue =
            if self.worker.may_keep() { self.next.replace(task) } else { Some(task) };
        if let Some(task) = for_the_queue {
            self.worker.push(task);
            self.queued = true;
        }
    }
}

impl<'a> Shift<'a> {
    pub(crate) fn begin(parallel: &'a Arc<Parallel>, worker: Worker<'a>) -> Self {
        let (run, place) = (parallel.run(), worker.place());
        let limited = parallel.memory().zip(parallel.queue().ranked());
        let limited = limited.map(|(memory, queue)| Limited { run, queue, memory });
        let account = limited.as_ref().map(|limited| limited.memory.account());
        Shift {
            parallel,
            frame: Frame::enter(run.lineage(), false, account),
            watched: parallel.watch().map(|watch| watch.worker(place)),
            post: parallel.crew().post(),
            desk: parallel.board().map(|board| board.worker(place)),
            limited,
            worker,
            settled: 0,
        }
    }

    /// Runs ready tasks until there is none or the run stops. Returns whether there was one.
    pub(crate) fn work(&mut self) -> bool {
        let found = if self.limited.is_some() {
            self.run_admitted()
        } else if self.watched.is_some() || self.desk.is_some() {
            self.run_ready(|shift, task| shift.attended(task, None))
        } else {
            let parallel = self.parallel;
            let may_retry = || !parallel.run().is_stopped();
            let mut execution = Execution::new(&may_retry);
            self.run_ready(|shift, task| shift.plain(task, &mut execution))
        };
        self.frame.set_task(None);
        self.pause();
        found
    }

    /// Takes ready tasks as they come, and goes on with what they make ready.
    #[inline]
    fn run_ready(&mut self, mut run_one: impl FnMut(&mut Self, u32) -> Option<u32>) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(mut task) = self.worker.next() {
            found = true;
            loop {
                self.set_task(task);
                let next = run_one(self, task);
                if parallel.run().is_stopped() {
                    return true;
                }
                match next {
                    Some(next) => task = next,
                    None => break,
                }
            }
        }
        found
    }

    /// Takes ready tasks as there is room for them.
    fn run_admitted(&mut self) -> bool {
        let parallel = self.parallel;
        let mut found = false;
        while let Some(limited) = &self.limited
            && let Some((task, charge)) = limited.next(&self.worker, &self.frame)
        {
            found = true;
            self.set_task(task);
            self.attended(task, Some(charge));
            if let Some(memory) = parallel.memory() {
                memory.account().leave();
            }
            if parallel.run().is_stopped() {
                break;
            }
        }
        found
    }

    /// Notes which task the thread is in now.
    #[inline]
    fn set_task(&self, task: u32) {
        let number = self.parallel.run().number(task);
        self.frame.set_task(Some(number));
        self.post.show(number);
    }

    /// Runs a task that nobody looks at.
    #[inline]
    fn plain(&mut self, task: u32, execution: &mut Execution<'_>) -> Option<u32> {
        let parallel = self.parallel;
        let mut made_ready = MadeReady { worker: &self.worker, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let step = parallel
            .run()
            .step(task, execution, &mut (), subscriber, |ready| made_ready.add(ready));
        let MadeReady { next, queued, .. } = made_ready;
        self.stepped(step);
        if queued {
            parallel.invite();
        }
        next
    }

    /// Runs a task that somebody looks at, or that is charged.
    fn attended(&mut self, task: u32, charge: Option<TaskCharge>) -> Option<u32> {
        let (parallel, run) = (self.parallel, self.parallel.run());
        if let Some(desk) = &mut self.desk {
            desk.begin(run.function(task));
        }
        let watched = self.watched.as_mut().map(|watched| {
            let bytes = charge.as_ref().map_or_else(|| run.reserve(task), |charge| charge.bytes());
            watched.task(task, run.signature(task), bytes)
        });
        let charged = charge
            .zip(parallel.memory())
            .map(|(charge, memory)| ChargedTask::new(run, memory, task, charge));
        let may_retry = || !run.is_stopped();
        let mut execution = Execution::new(&may_retry);
        let mut made_ready = MadeReady { worker: &self.worker, next: None, queued: false };
        let subscriber = || Arc::clone(parallel) as Arc<dyn Subscriber>;
        let step = run.step(task, &mut execution, &mut (watched, charged), subscriber, |ready| {
            if let Some(watch) = parallel.watch() {
                watch.ready(ready, || run.signature(ready));
            }
            made_ready.add(ready);
        });
        let MadeReady { next, queued, .. } = made_ready;
        let settled = self.stepped(step);
        if let Some(desk) = &mut self.desk {
            desk.settled(settled);
        }
        if queued {
            parallel.invite();
        }
        next
    }

    #[inline]
    fn stepped(&mut self, step: Step) -> usize {
        let settled = match step {
            Step::Settled(count) => count,
            Step::PutAside => 0,
        };
        self.settled += settled;
        settled
    }

    /// Makes known what there is to know, before the worker does something else.
    fn pause(&mut self) {
        if let Some(watched) = &mut self.watched {
            watched.pause();
        }
        if let Some(desk) = &self.desk {
            desk.pause();
        }
        self.parallel.settle(std::mem::take(&mut self.settled));
    }
}
