//! What is seen of a run while it goes on: observers are told, and the recorder takes notes.
//!
//! A run that nobody looks at has no `Watch`, and reads no clock.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::{
    __run::{Ended, Execution, Signature},
    TaskState,
};

use super::observer::{ObservedTask, Observer, RunFinished, RunStarted, TaskFinished, TaskStarted};
#[cfg(feature = "tracing")]
use super::tracing_spans::{OpenSpan, Spans};
use crate::{
    error::Error,
    record::{
        outcome::RunOutcome,
        recorder::{Detail, Notebook, Recorder, Sample, Span},
    },
    run::Witness,
    sync::{AtomicBool, Ordering},
};

/// One task in so many is timed apart from what lies between tasks.
const SAMPLED: usize = 64;

pub(crate) struct Watch {
    begin: Instant,
    tasks: usize,
    recorder: Option<Recorder>,
    observers: Vec<Watched>,
    #[cfg(feature = "tracing")]
    spans: Option<Spans>,
}

struct Watched {
    observer: Arc<dyn Observer>,
    /// It has panicked, and is told no more but the end.
    muted: AtomicBool,
}

impl Watch {
    /// `None` when there is nobody to watch.
    pub(crate) fn new(
        begin: Instant,
        tasks: usize,
        recorded: bool,
        observers: &[Arc<dyn Observer>],
    ) -> Option<Self> {
        let observers: Vec<Watched> = observers
            .iter()
            .map(|observer| Watched {
                observer: Arc::clone(observer),
                muted: AtomicBool::new(false),
            })
            .collect();
        let recorder = recorded.then(Recorder::default);
        let watch = Watch {
            begin,
            tasks,
            recorder,
            observers,
            #[cfg(feature = "tracing")]
            spans: Spans::of_caller(),
        };
        watch.is_needed().then_some(watch)
    }

    fn is_needed(&self) -> bool {
        #[cfg(feature = "tracing")]
        if self.spans.is_some() {
            return true;
        }
        self.recorder.is_some() || !self.observers.is_empty()
    }

    fn now_ns(&self) -> u64 {
        // Half a thousand years fit.
        self.begin.elapsed().as_nanos() as u64
    }

    /// Position among the tasks in creation order; a plan begins with the newest.
    fn index(&self, task: u32) -> usize {
        self.tasks - 1 - task as usize
    }

    fn tell(&self, tell: impl Fn(&dyn Observer)) {
        for watched in &self.observers {
            if !watched.muted.load(Ordering::Relaxed)
                && catch_unwind(AssertUnwindSafe(|| tell(&*watched.observer))).is_err()
            {
                watched.muted.store(true, Ordering::Relaxed);
            }
        }
    }

    pub(crate) fn started(&self, workers: usize) {
        self.tell(|observer| observer.started(&RunStarted { tasks: self.tasks, workers }));
    }

    /// Tells that a task is ready.
    pub(crate) fn ready(&self, task: u32, signature: impl FnOnce() -> Signature) {
        if !self.observers.is_empty() {
            let signature = signature();
            let task = ObservedTask::new(self.index(task), &signature);
            self.tell(|observer| observer.ready(&task));
        }
    }

    pub(crate) fn finished(&self, outcome: RunOutcome, error: Option<&Error>, wall: Duration) {
        for watched in &self.observers {
            // What an observer does in its last event is its own affair.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                watched.observer.finished(&RunFinished { outcome, error, wall });
            }));
        }
    }

    /// A worker's view.
    pub(crate) fn shift(&self, worker: usize) -> WatchedShift<'_> {
        WatchedShift {
            watch: self,
            worker: worker as u32,
            notebook: Notebook::default(),
            last_end_ns: None,
            until_sample: SAMPLED,
        }
    }

    pub(crate) fn take_notebooks(&self) -> Vec<Notebook> {
        self.recorder.as_ref().map(Recorder::take).unwrap_or_default()
    }
}

/// What one worker has seen.
pub(crate) struct WatchedShift<'a> {
    watch: &'a Watch,
    worker: u32,
    notebook: Notebook,
    /// One clock reading serves the end of a task and the start of the next.
    last_end_ns: Option<u64>,
    until_sample: usize,
}

impl<'a> WatchedShift<'a> {
    pub(crate) fn watch(&self) -> &'a Watch {
        self.watch
    }

    /// The worker has nothing to do for a while.
    pub(crate) fn pause(&mut self) {
        self.last_end_ns = None;
        if let Some(recorder) = &self.watch.recorder {
            recorder.hand_in(&mut self.notebook);
        }
    }

    /// Looks at the next task: `signature` was taken, and `bytes` declared, while it was ready.
    pub(crate) fn task<'s>(
        &'s mut self,
        task: u32,
        signature: Signature,
        bytes: Option<u64>,
    ) -> WatchedTask<'s> {
        let (watch, worker) = (self.watch, self.worker);
        WatchedTask {
            watch,
            worker,
            notebook: &mut self.notebook,
            last_end_ns: &mut self.last_end_ns,
            until_sample: &mut self.until_sample,
            task,
            signature,
            bytes,
            start_ns: 0,
            inside_since_ns: None,
            #[cfg(feature = "tracing")]
            span: None,
        }
    }
}

/// Notes on one task; nothing comes of it when another run has the task.
pub(crate) struct WatchedTask<'s> {
    watch: &'s Watch,
    worker: u32,
    notebook: &'s mut Notebook,
    last_end_ns: &'s mut Option<u64>,
    until_sample: &'s mut usize,
    task: u32,
    signature: Signature,
    bytes: Option<u64>,
    start_ns: u64,
    inside_since_ns: Option<u64>,
    #[cfg(feature = "tracing")]
    span: Option<OpenSpan>,
}

impl WatchedTask<'_> {
    fn observed(&self) -> ObservedTask<'_> {
        ObservedTask::new(self.watch.index(self.task), &self.signature)
    }
}

impl Witness for WatchedTask<'_> {
    #[inline]
    fn claimed(&mut self, _: &mut Execution<'_>) {
        let shared = self.last_end_ns.take();
        self.start_ns = shared.unwrap_or_else(|| self.watch.now_ns());
        if !self.watch.observers.is_empty() {
            let (task, worker) = (self.observed(), self.worker as usize);
            let at = Duration::from_nanos(self.start_ns);
            self.watch.tell(|observer| {
                observer.task_started(&TaskStarted { task, worker, at });
            });
        }
        *self.until_sample -= 1;
        if *self.until_sample == 0 {
            *self.until_sample = SAMPLED;
            self.inside_since_ns = shared.map(|_| self.watch.now_ns());
        }
        #[cfg(feature = "tracing")]
        if let Some(spans) = &self.watch.spans {
            self.span = Some(spans.open(&self.signature, self.worker));
        }
    }

    #[inline]
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        #[cfg(feature = "tracing")]
        if let Some(span) = self.span.take() {
            span.close(ended);
        }
        let end_ns = self.watch.now_ns();
        *self.last_end_ns = Some(end_ns);
        let failed = ended == Ended::Failed;
        let attempts = execution.attempts;
        if !self.watch.observers.is_empty() {
            let event = TaskFinished {
                task: self.observed(),
                worker: self.worker as usize,
                start: Duration::from_nanos(self.start_ns),
                duration: Duration::from_nanos(end_ns - self.start_ns),
                state: if failed { TaskState::Failed } else { TaskState::Done },
                attempts,
            };
            self.watch.tell(|observer| observer.task_finished(&event));
        }
        let Some(recorder) = &self.watch.recorder else { return };
        self.notebook.spans.push(Span {
            task: self.task,
            worker: self.worker,
            start_ns: self.start_ns,
            end_ns,
            function: self.signature.function,
            caller: self.signature.caller,
            attempts,
            failed,
        });
        let label = self.signature.label.take();
        if label.is_some() || self.bytes.is_some() {
            let (bytes, result_bytes) = (self.bytes, execution.result_bytes);
            self.notebook.details.push((self.task, Detail { label, bytes, result_bytes }));
        }
        if let Some(inside_since_ns) = self.inside_since_ns.take() {
            self.notebook.sample.add(Sample {
                tasks: 1,
                whole_ns: end_ns - self.start_ns,
                inside_ns: end_ns - inside_since_ns,
            });
        }
        if self.notebook.is_full() {
            recorder.hand_in(self.notebook);
        }
    }
}
