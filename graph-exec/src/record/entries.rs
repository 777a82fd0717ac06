//! What was noted of each task, put in order when it is first asked for.
//!
//! A program that runs many graphs and looks at few of their records does not pay for the rest.

use std::{collections::HashMap, fmt, ops::Deref, panic::Location, sync::LazyLock};

use graph_core::{
    __run::{Ended, Signature},
    Function, TaskState,
};

use super::recorder::{Detail, Notebook, Sample, Span};

/// One task of a run, in as few bytes as possible.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(super) function: fn() -> Function,
    /// Where the task was built.
    pub(super) caller: &'static Location<'static>,
    /// Since the run began; 0 when the task did not run in this run.
    pub(super) start_ns: u64,
    /// Since the run began; 0 when the task did not run in this run.
    pub(super) end_ns: u64,
    /// [`NOWHERE`] when the task did not run in this run.
    pub(super) worker: u32,
    /// How often it was tried; 0 when the task did not run in this run.
    pub(super) attempts: u32,
    pub(super) state: TaskState,
}

/// The worker of a task that did not run.
const NOWHERE: u32 = u32::MAX;

/// The tasks of a run in creation order.
#[derive(Default)]
pub(crate) struct Entries {
    ordered: LazyOrdered,
    /// What was measured of the sampled tasks, over all workers.
    sample: Sample,
}

/// The notes of all workers, put in order when they are first read.
struct LazyOrdered(LazyLock<Ordered, Box<dyn FnOnce() -> Ordered + Send>>);

#[derive(Default)]
struct Ordered {
    /// A task's index → the task.
    entries: Vec<Entry>,
    /// A task's index → what it has besides.
    details: HashMap<u32, Detail>,
    /// Whether some of them have waited for a future.
    has_waits: bool,
    /// (a task's index, one of its attempts but the last), in the order of tasks and time.
    earlier: Vec<(u32, Entry)>,
}

/// A task that did not run: its number in the plan, who it is, and its state.
type Idle = (u32, Signature, TaskState);

impl Entries {
    /// The `count` tasks of a plan. `idle` says who the tasks without notes are, and their states; it
    /// is called before this returns.
    pub(crate) fn new(
        count: usize,
        mut notebooks: Vec<Notebook>,
        idle: impl Fn(u32) -> (Signature, TaskState),
    ) -> Self {
        end_last_attempts(&mut notebooks, |task| idle(task).1);
        let mut sample = Sample::default();
        notebooks.iter().for_each(|notebook| sample.add(notebook.sample));
        let idle: Vec<Idle> = without_notes(count, &notebooks)
            .into_iter()
            .map(|task| {
                let (signature, state) = idle(task);
                (task, signature, state)
            })
            .collect();
        let order = move || Ordered::new(count, notebooks, idle);
        Entries { ordered: LazyOrdered(LazyLock::new(Box::new(order))), sample }
    }

    /// The attempts of a task but its last, the first one first.
    pub(super) fn earlier(&self, index: usize) -> &[(u32, Entry)] {
        let earlier = &self.ordered.0.earlier;
        if earlier.is_empty() {
            return &[];
        }
        let before = |index: usize| earlier.partition_point(|&(task, _)| (task as usize) < index);
        &earlier[before(index)..before(index + 1)]
    }

    /// Every attempt of the tasks that ran, with the index of the task; of each task the last one first.
    pub(super) fn attempts(&self) -> impl Iterator<Item = (usize, &Entry)> {
        let last = self.iter().enumerate().filter(|(_, entry)| entry.ran());
        let earlier = &self.ordered.0.earlier;
        last.chain(earlier.iter().map(|(index, entry)| (*index as usize, entry)))
    }

    /// (from, to) of each wait for another attempt, in nanoseconds since the run began.
    pub(super) fn between_attempts(&self) -> impl Iterator<Item = (u64, u64)> {
        let earlier = &self.ordered.0.earlier;
        earlier.iter().enumerate().map(|(place, &(task, entry))| {
            let next = earlier.get(place + 1).filter(|&&(other, _)| other == task);
            let next = next.map_or(&self[task as usize], |(_, next)| next);
            (entry.end_ns, next.start_ns.max(entry.end_ns))
        })
    }

    /// How much time was inside the attempts of a task but its last.
    pub(super) fn earlier_ns(&self, index: usize) -> u64 {
        self.earlier(index).iter().map(|(_, entry)| entry.duration_ns()).sum()
    }

    /// From the beginning of the first attempt of a task to that of the last: the attempts, and the waits
    /// between them.
    pub(super) fn retried_ns(&self, index: usize) -> u64 {
        let first = self.earlier(index).first();
        first.map_or(0, |(_, first)| self[index].start_ns.saturating_sub(first.start_ns))
    }

    pub(super) fn sample(&self) -> Sample {
        self.sample
    }

    /// Says whether tasks have waited for futures.
    pub(super) fn has_waits(&self) -> bool {
        self.ordered.0.has_waits
    }

    /// (from, to) of the wait of a task that ran for its future, in nanoseconds since the run began; `None` when
    /// it has none.
    pub(super) fn wait(&self, index: usize) -> Option<(u64, u64)> {
        if !self.has_waits() {
            return None;
        }
        let since_ns = self.detail(index)?.waits_since_ns?;
        self[index].ran().then_some((since_ns, self[index].start_ns))
    }

    /// What the task has besides its entry; `None` when it has nothing.
    pub(super) fn detail(&self, index: usize) -> Option<&Detail> {
        self.ordered.0.details.get(&(index as u32))
    }
}

impl Default for LazyOrdered {
    fn default() -> Self {
        LazyOrdered(LazyLock::new(Box::new(Ordered::default)))
    }
}

impl Deref for Entries {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.ordered.0.entries
    }
}

impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deref().fmt(f)
    }
}

/// Lets tasks that were put off and not tried again end with their last attempts, in the state in which the
/// run has left them.
fn end_last_attempts(notebooks: &mut [Notebook], state: impl Fn(u32) -> TaskState) {
    let mut last: HashMap<u32, Span> = HashMap::new();
    for span in notebooks.iter().flat_map(|notebook| &notebook.earlier) {
        let last = last.entry(span.task).or_insert(*span);
        if last.start_ns < span.start_ns {
            *last = *span;
        }
    }
    if last.is_empty() {
        return;
    }
    for span in notebooks.iter().flat_map(|notebook| &notebook.spans) {
        last.remove(&span.task);
    }
    for Notebook { spans, earlier, .. } in notebooks {
        let is_last = |span: &mut Span| {
            last.get(&span.task).is_some_and(|last| last.start_ns == span.start_ns)
        };
        for span in earlier.extract_if(.., is_last) {
            let ended = match state(span.task) {
                TaskState::Done => Ended::Done,
                TaskState::Failed => Ended::Failed,
                _ => Ended::Cancelled,
            };
            spans.push(Span { ended, ..span });
        }
    }
}

/// The numbers in the plan of the tasks without a span in any notebook.
fn without_notes(count: usize, notebooks: &[Notebook]) -> Vec<u32> {
    let spans = || notebooks.iter().flat_map(|notebook| &notebook.spans);
    // A task has at most one span.
    if notebooks.iter().map(|notebook| notebook.spans.len()).sum::<usize>() == count {
        return Vec::new();
    }
    let mut has_notes = vec![false; count];
    spans().for_each(|span| has_notes[span.task as usize] = true);
    (0..count as u32).filter(|&task| !has_notes[task as usize]).collect()
}

impl Ordered {
    fn new(count: usize, notebooks: Vec<Notebook>, idle: Vec<Idle>) -> Self {
        // A plan begins with the newest task.
        let index = |task: u32| count - 1 - task as usize;
        let mut entries: Vec<Option<Entry>> = vec![None; count];
        let mut details: HashMap<u32, Detail> = HashMap::new();
        let mut waits = Vec::new();
        let mut earlier = Vec::new();
        for notebook in notebooks {
            let attempts = notebook.earlier.iter();
            earlier.extend(attempts.map(|span| (index(span.task) as u32, Entry::from_span(span))));
            for span in notebook.spans {
                entries[index(span.task)] = Some(Entry::from_span(&span));
            }
            waits.extend(notebook.waits);
            let noted = notebook.details.into_iter();
            details.extend(noted.map(|(task, detail)| (index(task) as u32, detail)));
        }
        let has_waits = !waits.is_empty();
        for (task, at_ns) in waits {
            let since_ns = &mut details.entry(index(task) as u32).or_default().waits_since_ns;
            *since_ns = Some(since_ns.map_or(at_ns, |before| before.min(at_ns)));
        }
        for (task, signature, state) in idle {
            entries[index(task)] = Some(Entry::from_idle(&signature, state));
            if let Some(label) = signature.label {
                details.entry(index(task) as u32).or_default().label = Some(label);
            }
        }
        let entries: Vec<Entry> = entries.into_iter().flatten().collect();
        debug_assert_eq!(entries.len(), count, "every task has notes or is known to be idle");
        earlier.sort_unstable_by_key(|(task, entry)| (*task, entry.start_ns));
        Ordered { entries, details, has_waits, earlier }
    }
}

impl Entry {
    fn from_span(span: &Span) -> Self {
        Entry {
            function: span.function,
            caller: span.caller,
            start_ns: span.start_ns,
            end_ns: span.end_ns,
            worker: span.worker,
            attempts: span.attempts,
            state: span.ended.state(),
        }
    }

    fn from_idle(signature: &Signature, state: TaskState) -> Self {
        Entry {
            function: signature.function,
            caller: signature.caller,
            start_ns: 0,
            end_ns: 0,
            worker: NOWHERE,
            attempts: 0,
            state,
        }
    }

    pub(super) fn ran(&self) -> bool {
        self.worker != NOWHERE
    }

    pub(super) fn duration_ns(&self) -> u64 {
        self.end_ns - self.start_ns
    }
}
