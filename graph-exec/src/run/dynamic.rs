//! The tasks that tasks have made while a run goes on, spliced into it.
//!
//! A task that has made tasks gives itself back and waits for them, as it would for any dependency:
//!
//! ```text
//!   main plan      upstream ──► outer ──► …        outer runs, makes x, y and z, and waits;
//!                                 ▲                then it runs again, takes z's result, and ends
//!   a segment          x, y ──► z ┘
//! ```
//!
//! What a task has made is a [`Segment`]: a plan of its own, with its own join counters. It is kept by
//! its ready and suspended tasks, and goes when the last of them has ended; so a loop holds one.
//!
//! A ready queue holds tasks of the main plan by their index. A ready task of a segment gets a *token*
//! there, a number above all of these, which is free again when the task is taken up.

#![expect(unsafe_code, reason = "it names tasks through a plan's pointers")]

pub(crate) mod ranks;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock},
};

use graph_core::{
    __run::{Plan, Signature},
    Adjacency, TaskState,
};

use super::{
    failures::{Reason, Trail},
    part::Part,
};
use crate::{
    limits::memory::reservations::Results,
    sync::{AtomicUsize, Ordering, lock},
};

/// Where a task of a run is.
#[derive(Clone)]
pub(crate) struct Place {
    /// `None` for a task of the main plan.
    pub(crate) segment: Option<Arc<Segment>>,
    /// Its index in the plan.
    pub(crate) index: u32,
}

impl Place {
    #[inline]
    pub(crate) fn main(index: u32) -> Self {
        Place { segment: None, index }
    }

    /// The segments around the task, innermost first.
    fn segments(&self) -> impl Iterator<Item = &Arc<Segment>> {
        std::iter::successors(self.segment.as_ref(), |segment| segment.outer.segment.as_ref())
    }

    /// The task of the main plan that waits for this one, or this one.
    fn main_task(&self) -> u32 {
        self.segment.as_ref().map_or(self.index, |segment| segment.main_task)
    }
}

/// What one task has made and waits for.
pub(crate) struct Segment {
    pub(crate) part: Part,
    /// The task that waits.
    outer: Place,
    /// The creation number of the task that waits.
    outer_number: u64,
    /// The task of the main plan that waits, at the outermost.
    main_task: u32,
    /// How many segments the run had before.
    age: u32,
    /// Task → its position in the order of the segment. Empty when the run has no strict order.
    ranks: Vec<u32>,
    /// How many microseconds the longest path from the task that waits takes; 0 when that is not known.
    path: u64,
    /// How many tasks have neither ended nor been skipped.
    unsettled: AtomicUsize,
    /// What the results have reserved; empty without a memory limit.
    pub(crate) results: OnceLock<Results>,
    /// The number of the first task in the record.
    first_id: u32,
    /// Present when the run is recorded.
    notes: Option<Arc<SegmentNotes>>,
}

impl Segment {
    /// Counts tasks that have ended or were skipped. Returns `true` to the caller that counts the last.
    pub(super) fn settle(&self, count: usize) -> bool {
        self.unsettled.fetch_sub(count, Ordering::AcqRel) == count
    }

    pub(super) fn outer(&self) -> &Place {
        &self.outer
    }

    /// How many microseconds the longest path from one of its tasks takes, as far as that is known.
    pub(super) fn path(&self, task: u32) -> u64 {
        let within = self.part.longest_paths.as_ref().map_or(0, |paths| paths.path(task));
        self.path.saturating_add(within)
    }

    /// Why the outer task cannot go on; `None` when all of the segment is done.
    ///
    /// # Safety
    /// The outer task waits, so it holds the handles that the plan was made from.
    pub(super) unsafe fn reason(&self) -> Option<Reason> {
        let failures = lock(&self.part.failures);
        let mut outputs = self.part.plan.outputs().iter();
        let culprit = outputs.find_map(|&output| failures.culprit(output))?;
        // SAFETY: promised by the caller.
        Some(unsafe { self.lift(failures.reason(culprit)?, culprit) })
    }

    /// The reason why a task of the segment failed, as that of the outer task.
    ///
    /// # Safety
    /// As for [`reason`](Self::reason).
    pub(super) unsafe fn lift(&self, reason: &Reason, task: u32) -> Reason {
        let Reason::Failure { failure, trail } = reason else { return reason.clone() };
        let Part { plan, dependents, .. } = &self.part;
        let is_output = |end| plan.outputs().contains(&end);
        // SAFETY: promised by the caller.
        let trail = unsafe { Trail::lifted(trail.as_deref(), plan, dependents, task, is_output) };
        Reason::Failure { failure: failure.clone(), trail: Some(Box::new(trail)) }
    }

    /// Notes the state in which the run leaves a task.
    pub(super) fn note(&self, task: u32, state: TaskState) {
        if let Some(notes) = &self.notes {
            lock(&notes.states)[task as usize] = state;
        }
    }

    fn id(&self, task: u32) -> u32 {
        let noted = self.notes.as_ref().map(|notes| notes.ids[task as usize]);
        noted.unwrap_or(self.first_id.wrapping_add(task))
    }
}

impl Drop for Segment {
    fn drop(&mut self) {
        // Segments inside segments may be a million deep, so they go one after the other.
        let mut outer = self.outer.segment.take();
        while let Some(mut segment) = outer.and_then(Arc::into_inner) {
            outer = segment.outer.segment.take();
        }
    }
}

/// What the record of a run needs to know of a segment.
#[derive(Debug)]
pub(crate) struct SegmentNotes {
    /// The number in the record of the task that waits.
    pub(crate) outer: u32,
    /// Task → its number in the record: an earlier one when the task was known before.
    pub(crate) ids: Vec<u32>,
    pub(crate) signatures: Vec<Signature>,
    pub(crate) dependencies: Adjacency,
    pub(crate) order_edges: Vec<(u32, u32)>,
    pub(crate) outputs: Vec<u32>,
    /// Task → the state in which the run has left it.
    pub(crate) states: Mutex<Vec<TaskState>>,
}

/// What is to become a segment.
pub(super) struct NewSegment {
    pub(super) part: Part,
    pub(super) ranks: Vec<u32>,
    /// How many microseconds the longest path from the task that waits takes; 0 when that is not known.
    pub(super) path: u64,
    pub(super) outer: Place,
    pub(super) outer_number: u64,
    /// One for each task when the run is recorded; else empty.
    pub(super) signatures: Vec<Signature>,
}

/// The segments of one run, and their ready tasks.
pub(crate) struct Dynamic {
    /// How many tasks the main plan has; tokens are numbers from there on.
    main_tasks: u32,
    /// How many tasks there have been, those of the main plan included.
    tasks: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Token, less `main_tasks` → the ready or suspended task; `None` when the token is free.
    tokens: Vec<Option<Place>>,
    free: Vec<u32>,
    /// Creation number of a task that waits for segments → how many.
    waiting: HashMap<u64, u32>,
    /// How many segments there have been.
    segments: u32,
    /// The number that the next task has in the record.
    next_id: u32,
    /// Present when the run is recorded.
    notes: Option<Notes>,
}

#[derive(Default)]
struct Notes {
    /// Creation number → number in the record, of tasks that can be in several plans at once.
    known: HashMap<u64, u32>,
    segments: Vec<Arc<SegmentNotes>>,
}

impl Dynamic {
    pub(super) fn new(plan: &Plan, recorded: bool) -> Arc<Self> {
        let main_tasks = u32::try_from(plan.len()).expect("a plan has fewer than 2³² tasks");
        let notes = recorded.then(Notes::default);
        let state = State { next_id: main_tasks, notes, ..State::default() };
        let tasks = AtomicUsize::new(plan.len());
        Arc::new(Dynamic { main_tasks, tasks, state: Mutex::new(state) })
    }

    /// How many tasks there have been, those of the main plan included.
    pub(crate) fn tasks(&self) -> usize {
        self.tasks.load(Ordering::Relaxed)
    }

    fn index(&self, token: u32) -> usize {
        (token - self.main_tasks) as usize
    }

    /// Where the task with a token is; `None` once the run is over.
    pub(super) fn look_up(&self, token: u32) -> Option<Place> {
        lock(&self.state).tokens.get(self.index(token)).cloned().flatten()
    }

    /// Takes up the task with a token, which is free then.
    pub(super) fn take(&self, token: u32) -> Place {
        let mut state = lock(&self.state);
        let place = state.tokens[self.index(token)].take();
        state.free.push(token);
        place.expect("a task is taken up once")
    }

    /// What a ready queue holds for a task.
    pub(super) fn token(&self, place: Place) -> u32 {
        if place.segment.is_none() {
            return place.index;
        }
        let mut state = lock(&self.state);
        if let Some(token) = state.free.pop() {
            state.tokens[self.index(token)] = Some(place);
            return token;
        }
        let token = u32::try_from(state.tokens.len()).ok();
        let token = token.and_then(|count| self.main_tasks.checked_add(count));
        state.tokens.push(Some(place));
        token.expect("a run has fewer than 2³² ready tasks")
    }

    /// The number that a task has in the record.
    pub(super) fn id(place: &Place) -> u32 {
        place.segment.as_ref().map_or(place.index, |segment| segment.id(place.index))
    }

    /// The position of a task among those of segments that the same task of the main plan waits for: the
    /// newest segment first, so that few are begun.
    fn rank_within(place: &Place) -> u64 {
        let Some(segment) = &place.segment else { return 0 };
        let rank = segment.ranks.get(place.index as usize).copied().unwrap_or(0);
        u64::from(u32::MAX - segment.age) << 32 | u64::from(rank)
    }

    /// Says whether a task that waits for a new segment waits, in the end, for itself: for the names of
    /// the tasks in between.
    pub(super) fn circle(&self, place: &Place, number: u64) -> Option<Vec<Place>> {
        let is_waiting = lock(&self.state).waiting.contains_key(&number);
        if !is_waiting {
            return None;
        }
        let outers = || place.segments().map(|segment| (segment.outer_number, &segment.outer));
        let end = outers().position(|(outer, _)| outer == number)?;
        Some(outers().take(end + 1).map(|(_, outer)| outer.clone()).collect())
    }

    /// Adds a segment; it has ended when [`end`](Self::end) is called.
    pub(super) fn begin(&self, new: NewSegment, main: &Plan) -> Arc<Segment> {
        let NewSegment { part, ranks, path, outer, outer_number, signatures } = new;
        let count = part.plan.len();
        self.tasks.fetch_add(count, Ordering::Relaxed);
        let mut state = lock(&self.state);
        *state.waiting.entry(outer_number).or_default() += 1;
        let age = state.segments;
        state.segments = age.wrapping_add(1);
        let first_id = state.next_id;
        let State { next_id, notes, .. } = &mut *state;
        let notes = notes.as_mut().map(|notes| {
            if notes.segments.is_empty() {
                notes.known = main.exposed().map(|(task, number)| (number, task)).collect();
            }
            let exposed: HashMap<u32, u64> = part.plan.exposed().collect();
            let mut new_id = || {
                *next_id += 1;
                *next_id - 1
            };
            let mut id = |task| match exposed.get(&task) {
                Some(&number) => *notes.known.entry(number).or_insert_with(&mut new_id),
                None => new_id(),
            };
            let segment = Arc::new(SegmentNotes {
                outer: Self::id(&outer),
                ids: (0..count as u32).map(&mut id).collect(),
                signatures,
                dependencies: part.plan.dependencies().clone(),
                order_edges: part.plan.order_edges().to_vec(),
                outputs: part.plan.outputs().to_vec(),
                states: Mutex::new(vec![TaskState::Cancelled; count]),
            });
            notes.segments.push(Arc::clone(&segment));
            segment
        });
        if notes.is_none() {
            *next_id = next_id.wrapping_add(count as u32);
        }
        Arc::new(Segment {
            main_task: outer.main_task(),
            outer,
            outer_number,
            age,
            ranks,
            path,
            unsettled: AtomicUsize::new(count),
            results: OnceLock::new(),
            first_id,
            notes,
            part,
        })
    }

    /// Forgets that a task waits for a segment.
    pub(super) fn end(&self, segment: &Segment) {
        let mut state = lock(&self.state);
        if let Some(count) = state.waiting.get_mut(&segment.outer_number) {
            *count -= 1;
            if *count == 0 {
                state.waiting.remove(&segment.outer_number);
            }
        }
    }

    /// Forgets the tasks that were ready when the run stopped, and takes the notes out.
    pub(super) fn finish(&self) -> Vec<Arc<SegmentNotes>> {
        let (tokens, notes) = {
            let mut state = lock(&self.state);
            (std::mem::take(&mut state.tokens), state.notes.take())
        };
        drop(tokens);
        notes.map(|notes| notes.segments).unwrap_or_default()
    }
}
