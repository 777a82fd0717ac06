//! What one run takes of its executor's resources, and how long its tasks wait for them.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, Weak},
    time::{Duration, Instant},
};

use super::{
    limiter::{Answer, Ask, Limiter},
    request::Request,
    state::{Circle, ResourceName},
};
use crate::{
    limits::unpark::Unpark,
    record::run_data::resources::{HeldBack, ResourceKind, ResourceRecord},
    run::{Run, nesting::Nesting},
    sync::lock,
};

/// The tasks of one run at the resources of its executor.
pub(crate) struct RunLimits {
    limiter: Arc<Limiter>,
    run: Weak<dyn Unpark>,
    nesting: Arc<Nesting>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    /// Parked task → since when.
    parked: HashMap<u32, (Instant, Request)>,
    /// Of each task that was parked: what it needed, and when it waited.
    waited: Vec<(Request, Instant, Instant)>,
    /// Number of a task that waits for a future → what it holds until it has ended.
    kept: HashMap<u64, Held>,
    /// Index of a resource → what the run has used of it.
    used: BTreeMap<usize, Used>,
}

#[derive(Default)]
struct Used {
    /// The most that was in use when a task of the run had taken some.
    peak: u32,
    /// Amount × time, over all tasks of the run.
    time: Duration,
}

/// What a ready task is told that needs resources.
pub(crate) enum Asked<'a> {
    /// It may start, and holds what it needs until this is dropped.
    Taken(Hold<'a>),
    /// It needs nothing, for it has a result or an error.
    Ended,
    /// It goes back to its run later.
    Parked,
    /// It fails.
    Never(Circle),
}

/// What a task holds of the resources; given back when dropped, unless the task has a future.
pub(crate) struct Hold<'a> {
    limits: &'a RunLimits,
    kind: HoldKind,
}

enum HoldKind {
    /// Held by the thread that runs the task.
    Here(Held),
    /// Held by the task, of this number, until it has ended, however many threads poll its future meanwhile.
    Kept(u64),
}

struct Held {
    hold: u64,
    request: Request,
    since: Instant,
}

impl Hold<'_> {
    /// To be called after a step of the task.
    pub(crate) fn stepped(self, awaits: bool) {
        if let (HoldKind::Kept(number), false) = (&self.kind, awaits) {
            let kept = lock(&self.limits.notes).kept.remove(number);
            kept.iter().for_each(|held| self.limits.give_back(held));
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if let HoldKind::Here(held) = &self.kind {
            self.limits.give_back(held);
        }
    }
}

impl RunLimits {
    pub(crate) fn new(limiter: Arc<Limiter>, run: Weak<dyn Unpark>, nesting: Arc<Nesting>) -> Self {
        RunLimits { limiter, run, nesting, notes: Mutex::default() }
    }

    /// Asks for what a ready task of the run needs.
    pub(crate) fn ask(&self, run: &Run, task: u32, request: &Request, priority: i32) -> Asked<'_> {
        if run.has_ended(task) {
            // In another run, while it waited here perhaps.
            lock(&self.notes).parked.remove(&task);
            self.limiter.forget(&self.nesting, task);
            return Asked::Ended;
        }
        let (signature, number) = (run.signature(task), run.number(task));
        if lock(&self.notes).kept.contains_key(&number) {
            return Asked::Taken(Hold { limits: self, kind: HoldKind::Kept(number) });
        }
        // Noted before it is parked, since another thread may take it up at once.
        let now = Instant::now();
        let since = {
            let mut notes = lock(&self.notes);
            notes.parked.entry(task).or_insert_with(|| (now, Arc::clone(request))).0
        };
        let answer = self.limiter.ask(&Ask {
            run: &self.run,
            nesting: &self.nesting,
            task,
            number,
            priority,
            request,
            signature: &signature,
        });
        match answer {
            Answer::Taken { hold, in_use } => {
                let mut notes = lock(&self.notes);
                notes.parked.remove(&task);
                if since < now {
                    notes.waited.push((Arc::clone(request), since, now));
                }
                for need in &**request {
                    let used = notes.used.entry(need.resource).or_default();
                    used.peak = used.peak.max(in_use[need.resource]);
                }
                let held = Held { hold, request: Arc::clone(request), since: now };
                let kind = if run.has_future(task) {
                    notes.kept.insert(number, held);
                    HoldKind::Kept(number)
                } else {
                    HoldKind::Here(held)
                };
                drop(notes);
                Asked::Taken(Hold { limits: self, kind })
            }
            Answer::Parked => Asked::Parked,
            Answer::Never(circle) => {
                lock(&self.notes).parked.remove(&task);
                Asked::Never(circle)
            }
        }
    }

    fn give_back(&self, held: &Held) {
        let length = held.since.elapsed();
        {
            let mut notes = lock(&self.notes);
            for need in &*held.request {
                notes.used.entry(need.resource).or_default().time += length * need.amount;
            }
        }
        self.limiter.give_back(held.hold);
    }

    /// Says whether a task of the run waits for a resource, or has been called and not yet asked again.
    pub(crate) fn has_parked(&self) -> bool {
        !lock(&self.notes).parked.is_empty()
    }

    /// How long the task of the run waits that has waited longest; zero when none does.
    pub(crate) fn longest_wait(&self) -> Duration {
        let notes = lock(&self.notes);
        let first = notes.parked.values().map(|(since, _)| *since).min();
        first.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// To be called from time to time by a thread that waits for the run.
    pub(crate) fn look_for_circles(&self) {
        if self.nesting.is_nested() && self.has_parked() {
            self.limiter.look_for_circles(&self.nesting);
        }
    }

    /// Lets the tasks of the run overtake others, which may be waiting for this run.
    pub(crate) fn let_overtake(&self) {
        self.limiter.let_overtake(&self.nesting);
    }

    /// Lets no task of the run wait any more, because it has stopped.
    pub(crate) fn withdraw(&self) {
        self.limiter.withdraw(&self.nesting);
    }

    /// Lets go of everything, because the run has ended: no task of it waits any more, and none holds anything
    /// for a future, which the run does not wait for any more. Others may be waiting for that, while somebody
    /// still has the run.
    pub(crate) fn end(&self) {
        self.withdraw();
        self.give_all_back();
    }

    /// Gives back what tasks hold while they wait for their futures.
    fn give_all_back(&self) {
        let kept = std::mem::take(&mut lock(&self.notes).kept);
        kept.values().for_each(|held| self.give_back(held));
    }

    /// Takes what is known of the resources of the run, which [has ended](Self::end) and began at `begin`, and when
    /// its tasks waited for them.
    pub(crate) fn take_records(&self, begin: Instant) -> (Vec<ResourceRecord>, Vec<HeldBack>) {
        let Notes { parked, mut waited, mut used, .. } = std::mem::take(&mut *lock(&self.notes));
        let now = Instant::now();
        waited.extend(parked.into_values().map(|(since, request)| (request, since, now)));
        for need in waited.iter().flat_map(|(request, ..)| &**request) {
            used.entry(need.resource).or_default();
        }
        let names = self.limiter.names();
        let since_begin = |at: Instant| at.saturating_duration_since(begin).as_nanos() as u64;
        // Index among the executor's resources → among those of the record.
        let indices: HashMap<usize, usize> = used.keys().copied().zip(0..).collect();
        let held_back: Vec<HeldBack> = waited
            .iter()
            .map(|(request, from, to)| HeldBack {
                resources: request.iter().map(|need| indices[&need.resource]).collect(),
                from_ns: since_begin(*from),
                to_ns: since_begin(*to),
            })
            .collect();
        let records = used.into_iter().map(|(index, used)| {
            let (name, capacity) = names[index].clone();
            let (name, kind) = match name {
                ResourceName::Declared(name) => (name, ResourceKind::Declared),
                ResourceName::AtMost(function, _) => (function, ResourceKind::AtMost),
            };
            ResourceRecord::new(name, kind, capacity, used.peak, used.time)
        });
        let mut records: Vec<ResourceRecord> = records.collect();
        for (index, record) in records.iter_mut().enumerate() {
            record.note_held_back(index, &held_back);
        }
        (records, held_back)
    }
}

impl Drop for RunLimits {
    fn drop(&mut self) {
        self.end();
    }
}
