//! The instrumentation of a run: it tells observers, takes notes for the record, and opens spans.
//!
//! A run that nobody observes, records or traces has none, and reads no clock.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use graph_core::{
    __run::{Ended, Execution, Signature, call_quietly},
    Cause,
};

#[cfg(feature = "tracing")]
use super::tracing_spans::{OpenSpan, Spans};
use super::{
    observer::{
        ObservedTask, Observer, RunFinished, RunStarted, TaskFinished, TaskRetried, TaskStarted,
    },
    sampler::RunSampler,
};
use crate::{
    error::Error,
    record::{
        outcome::RunOutcome,
        recorder::{Detail, Notebook, Recorder, Sample, Span},
        run_data::samples::Samples,
    },
    run::step::hooks::{Awaited, TaskHooks},
    sync::{AtomicBool, Ordering},
};

/// Of one task in this many, the time inside it is also measured without the time between tasks.
const TASKS_PER_SAMPLE: usize = 64;

/// What observes, records and traces one run.
pub(crate) struct Instrumentation {
    begin: Instant,
    /// How many tasks the plan has.
    tasks: usize,
    /// `None` when no record is asked for.
    recorder: Option<Recorder>,
    /// `None` also where the system does not tell what threads do.
    sampler: Option<Arc<RunSampler>>,
    observers: Vec<RunObserver>,
    /// `None` when nobody collects spans.
    #[cfg(feature = "tracing")]
    spans: Option<Spans>,
}

/// An observer in one run.
struct RunObserver {
    observer: Arc<dyn Observer>,
    /// It has panicked in this run, and is told nothing more but the end.
    muted: AtomicBool,
}

impl Instrumentation {
    /// `None` when nobody observes, records or traces the run.
    pub(crate) fn new(
        begin: Instant,
        tasks: usize,
        workers: usize,
        recorded: bool,
        observers: &[Arc<dyn Observer>],
    ) -> Option<Self> {
        let observers: Vec<RunObserver> = observers
            .iter()
            .map(|observer| RunObserver {
                observer: Arc::clone(observer),
                muted: AtomicBool::new(false),
            })
            .collect();
        let recorder = recorded.then(Recorder::default);
        let sampler = if recorded { RunSampler::start(begin, workers) } else { None };
        let instrumentation = Instrumentation {
            begin,
            tasks,
            recorder,
            sampler,
            observers,
            #[cfg(feature = "tracing")]
            spans: Spans::from_caller(),
        };
        instrumentation.is_needed().then_some(instrumentation)
    }

    fn is_needed(&self) -> bool {
        #[cfg(feature = "tracing")]
        if self.spans.is_some() {
            return true;
        }
        self.recorder.is_some() || !self.observers.is_empty()
    }

    fn now_ns(&self) -> u64 {
        // 64 bits hold more than five hundred years.
        self.begin.elapsed().as_nanos() as u64
    }

    /// The task's place in creation order; a plan begins with the newest task. Tasks that other tasks
    /// have made come behind.
    fn index(&self, task: u32) -> usize {
        let task = task as usize;
        if task < self.tasks { self.tasks - 1 - task } else { task }
    }

    /// Tells every observer that has not panicked.
    fn tell(&self, tell: impl Fn(&dyn Observer)) {
        for run_observer in &self.observers {
            if !run_observer.muted.load(Ordering::Relaxed)
                && call_quietly(|| tell(&*run_observer.observer)).is_none()
            {
                run_observer.muted.store(true, Ordering::Relaxed);
            }
        }
    }

    /// Tells that the run begins.
    pub(crate) fn started(&self, workers: usize) {
        self.tell(|observer| observer.started(&RunStarted { tasks: self.tasks, workers }));
    }

    /// Tells that a task is ready, given its number in the record and what names it.
    pub(crate) fn ready(&self, task: impl FnOnce() -> (u32, Signature)) {
        if !self.observers.is_empty() {
            let (task, signature) = task();
            let task = ObservedTask::new(self.index(task), &signature);
            self.tell(|observer| observer.ready(&task));
        }
    }

    /// Tells that an attempt of a task has failed and there is to be another, given the task's number in the
    /// record and what names it.
    #[cold]
    pub(crate) fn retried(
        &self,
        task: impl FnOnce() -> (u32, Signature),
        worker: usize,
        attempt: u32,
        cause: &Cause,
        wait: Duration,
    ) {
        if !self.observers.is_empty() {
            let (task, signature) = task();
            let task = ObservedTask::new(self.index(task), &signature);
            let event = TaskRetried { task, worker, attempt, cause, wait };
            self.tell(|observer| observer.task_retried(&event));
        }
    }

    /// Tells that the run is over.
    pub(crate) fn finished(&self, outcome: RunOutcome, error: Option<&Error>, wall: Duration) {
        for run_observer in &self.observers {
            // After its last event it does not matter whether an observer has panicked.
            call_quietly(|| run_observer.observer.finished(&RunFinished { outcome, error, wall }));
        }
    }

    /// The instrumentation of one worker.
    pub(crate) fn worker(&self, worker: usize) -> WorkerInstrumentation<'_> {
        if let Some(sampler) = &self.sampler {
            sampler.enter(worker);
        }
        WorkerInstrumentation {
            run: self,
            worker: worker as u32,
            notebook: Notebook::default(),
            last_end_ns: None,
            until_sample: TASKS_PER_SAMPLE,
        }
    }

    /// Says whether a record is asked for.
    pub(crate) fn is_recorded(&self) -> bool {
        self.recorder.is_some()
    }

    /// Takes what the workers have noted; nothing when no record is asked for.
    pub(crate) fn take_notebooks(&self) -> Vec<Notebook> {
        self.recorder.as_ref().map(Recorder::take).unwrap_or_default()
    }

    /// Takes what was seen of the threads; `None` when no record is asked for, when the system does not
    /// tell, and when the run was too short.
    pub(crate) fn take_samples(&self) -> Option<Samples> {
        self.sampler.as_ref()?.finish()
    }
}

/// What observes, records and traces the tasks of one worker.
pub(crate) struct WorkerInstrumentation<'a> {
    run: &'a Instrumentation,
    worker: u32,
    notebook: Notebook,
    /// When the last task ended, which is also when the next one starts; `None` after a pause.
    last_end_ns: Option<u64>,
    /// How many tasks are left until one is sampled, that one included.
    until_sample: usize,
}

impl Drop for WorkerInstrumentation<'_> {
    fn drop(&mut self) {
        if let Some(sampler) = &self.run.sampler {
            sampler.leave(self.worker as usize);
        }
    }
}

impl<'a> WorkerInstrumentation<'a> {
    pub(crate) fn run(&self) -> &'a Instrumentation {
        self.run
    }

    /// The number of the worker, from 0.
    pub(crate) fn number(&self) -> usize {
        self.worker as usize
    }

    /// Hands in the notes; called when the worker has nothing to do for a while.
    pub(crate) fn pause(&mut self) {
        self.last_end_ns = None;
        if let Some(recorder) = &self.run.recorder {
            recorder.hand_in(&mut self.notebook);
        }
    }

    /// The instrumentation of the worker's next task.
    pub(crate) fn task(&mut self, next: NextTask) -> TaskInstrumentation<'_> {
        let NextTask { id, signature, bytes, is_dynamic, was_put_off } = next;
        TaskInstrumentation {
            run: self.run,
            worker: self.worker,
            notebook: &mut self.notebook,
            last_end_ns: &mut self.last_end_ns,
            until_sample: &mut self.until_sample,
            task: id,
            signature,
            bytes,
            is_dynamic,
            was_put_off,
            start_ns: 0,
            inside_since_ns: None,
            #[cfg(feature = "tracing")]
            span: None,
        }
    }
}

/// A task that is about to start, with what was asked of it while it was ready.
pub(crate) struct NextTask {
    /// Its number in the record.
    pub(crate) id: u32,
    pub(crate) signature: Signature,
    /// How many bytes it declares.
    pub(crate) bytes: Option<u64>,
    /// It may make tasks and wait for them.
    pub(crate) is_dynamic: bool,
    /// It has been tried before in this run.
    pub(crate) was_put_off: bool,
}

/// What observes, records and traces one task. It notes nothing when another run has the task.
pub(crate) struct TaskInstrumentation<'s> {
    run: &'s Instrumentation,
    worker: u32,
    notebook: &'s mut Notebook,
    last_end_ns: &'s mut Option<u64>,
    until_sample: &'s mut usize,
    task: u32,
    signature: Signature,
    /// Declared before the task started.
    bytes: Option<u64>,
    /// Observers are told of the last part of such a task alone, when it has ended: only then is known
    /// which part was the last.
    is_dynamic: bool,
    /// Observers know that it has started.
    was_put_off: bool,
    /// When the task started, or when the one right before it on this worker ended.
    start_ns: u64,
    /// When the task itself started; `None` unless it is sampled.
    inside_since_ns: Option<u64>,
    #[cfg(feature = "tracing")]
    span: Option<OpenSpan>,
}

impl TaskInstrumentation<'_> {
    fn observed(&self) -> ObservedTask<'_> {
        ObservedTask::new(self.run.index(self.task), &self.signature)
    }

    fn span_until(&self, end_ns: u64, attempts: u32, ended: Ended) -> Span {
        Span {
            task: self.task,
            worker: self.worker,
            start_ns: self.start_ns,
            end_ns,
            function: self.signature.function,
            caller: self.signature.caller,
            attempts,
            ended,
        }
    }

    /// Notes an attempt after which the task waits for another. Observers hear of the last one alone.
    #[cold]
    fn put_off(&mut self, end_ns: u64, attempts: u32) {
        if let Some(recorder) = &self.run.recorder {
            let span = self.span_until(end_ns, attempts, Ended::Failed);
            self.notebook.earlier.push(span);
            recorder.hand_in(self.notebook);
        }
    }

    fn tell_started(&self) {
        let (task, worker) = (self.observed(), self.worker as usize);
        let at = Duration::from_nanos(self.start_ns);
        self.run.tell(|observer| {
            observer.task_started(&TaskStarted { task, worker, at });
        });
    }
}

impl TaskHooks for TaskInstrumentation<'_> {
    #[inline]
    fn claimed(&mut self, execution: &mut Execution<'_>) {
        let shared = self.last_end_ns.take();
        self.start_ns = shared.unwrap_or_else(|| self.run.now_ns());
        if !self.run.observers.is_empty() && !self.is_dynamic {
            if !self.was_put_off {
                self.tell_started();
            }
            // An observer may have looked at a token; the task has not.
            execution.forget_told_cancelled();
        }
        *self.until_sample -= 1;
        if *self.until_sample == 0 {
            *self.until_sample = TASKS_PER_SAMPLE;
            self.inside_since_ns = shared.map(|_| self.run.now_ns());
        }
        #[cfg(feature = "tracing")]
        if let Some(spans) = &self.run.spans {
            self.span = Some(spans.open(&self.signature, self.worker));
        }
    }

    fn paused(&mut self, awaited: Awaited) {
        #[cfg(feature = "tracing")]
        drop(self.span.take());
        let now_ns = self.run.now_ns();
        *self.last_end_ns = Some(now_ns);
        if awaited == Awaited::Future && self.run.recorder.is_some() {
            self.notebook.waits.push((self.task, now_ns));
        }
    }

    #[inline]
    fn ran(&mut self, ended: Ended, execution: &Execution<'_>) {
        #[cfg(feature = "tracing")]
        if let Some(span) = self.span.take() {
            span.close(ended);
        }
        let end_ns = self.run.now_ns();
        *self.last_end_ns = Some(end_ns);
        let attempts = execution.attempts;
        if ended == Ended::PutOff {
            return self.put_off(end_ns, attempts);
        }
        if !self.run.observers.is_empty() {
            if self.is_dynamic {
                self.tell_started();
            }
            let event = TaskFinished {
                task: self.observed(),
                worker: self.worker as usize,
                start: Duration::from_nanos(self.start_ns),
                duration: Duration::from_nanos(end_ns - self.start_ns),
                state: ended.state(),
                attempts,
            };
            self.run.tell(|observer| observer.task_finished(&event));
        }
        let Some(recorder) = &self.run.recorder else { return };
        let span = self.span_until(end_ns, attempts, ended);
        self.notebook.spans.push(span);
        let label = self.signature.label.take();
        let waited = execution.waited;
        if label.is_some() || self.bytes.is_some() || !waited.is_zero() {
            let (bytes, result_bytes) = (self.bytes, execution.result_bytes);
            let detail = Detail { label, bytes, result_bytes, waits_since_ns: None, waited };
            self.notebook.details.push((self.task, detail));
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
