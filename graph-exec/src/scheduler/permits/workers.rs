//! How the workers of a pool come by work, and how they sleep when there is none.
//!
//! While there are runs, one of the sleeping workers keeps watch: every millisecond it looks around, and
//! then leaves the next look to another. It looks for two things that nobody would tell it of:
//!
//! - work that tasks have split up inside, for rayon tells nobody outside that it has some;
//! - threads that make slow progress with their runs: one may be alone, because its tasks are known to be short.
//!
//! All others sleep until they are woken, and after the last run so does the watch.

use std::{sync::Arc, time::Duration};

use super::{
    Assignment, Job, Permit, Permits, Sleeper, State, hand_over::Handed, waiting_runs::For,
};
use crate::{
    scheduler::durations::LONG,
    sync::{Instant, lock, prepare_light_fences, thread},
};

/// How often the watch looks around.
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// What a worker is to do next.
enum Next {
    /// Work for a run.
    Work(Assignment),
    /// Nothing, or help with rayon jobs if a permit was free.
    Help(Option<Permit>),
    /// End, for the pool is gone.
    End,
}

/// What the watch has seen, to be dropped when the lock is released.
#[derive(Default)]
struct Look {
    /// Runs with which those who work for them make slow progress.
    slow: Vec<Arc<dyn Job>>,
    /// The run that used the reserved permit.
    reserved: Option<Arc<dyn Job>>,
}

impl Permits {
    /// The loop of a worker, until the pool is gone. `help` takes up a rayon job, and says whether there was one.
    pub(crate) fn work(self: &Arc<Self>, help: impl Fn() -> bool) {
        let me = Sleeper::current();
        let mut permit = None;
        loop {
            let assignment = match self.next_for_worker(permit.take()) {
                Next::End => return,
                Next::Work(assignment) => assignment,
                Next::Help(free) => {
                    let helps = free.is_some_and(|free| {
                        free.hold();
                        let helped = help();
                        permit = Permit::take_held();
                        helped
                    });
                    if helps {
                        self.wake_one();
                        continue;
                    }
                    drop(permit.take());
                    match self.sleep(&me) {
                        Some(assignment) => assignment,
                        None => continue,
                    }
                }
            };
            let Assignment { run, permit: of_run } = assignment;
            of_run.hold();
            self.watch();
            run.execute();
            permit = Permit::take_held();
            self.end_work();
        }
    }

    /// Takes the run that comes first. `permit` is what the worker has left of its last one.
    fn next_for_worker(self: &Arc<Self>, permit: Option<Permit>) -> Next {
        let left =
            permit.and_then(|mut permit| Some((permit.number.take()?, permit.short_since.take())));
        let mut handed = Handed::default();
        let mut state = lock(&self.state);
        let left = left.map(|(number, short_since)| self.put_back(&mut state, number, short_since));
        self.retire_needless_spares(&mut state);
        if state.free.is_empty() {
            self.take_back_reserved(&mut state);
        }
        let mut assigned = None;
        while let Some(&number) = state.free.last() {
            if let Some(returning) = state.returning.pop_front() {
                handed.returning.push((returning, number));
            } else {
                let Some(waiting) = state.take_best(|_| true) else { break };
                state.users[number] = Some(Arc::clone(&waiting.run));
                if waiting.wanted == For::Worker {
                    assigned = Some((waiting, number));
                    state.free.pop();
                    break;
                }
                handed.callers.push((waiting, number));
            }
            state.free.pop();
        }
        state.retire_spares();
        let free = if assigned.is_none() { state.free.pop() } else { None };
        self.count_waiting(&state);
        let is_closed = state.closed;
        if assigned.is_some() {
            state.at_work += 1;
        }
        drop(state);
        drop(left);
        self.deliver(handed);
        let permit = |number| self.permit(number, Instant::now());
        match assigned {
            Some((waiting, number)) => {
                let permit = self.permit_of(number, &waiting, Instant::now());
                Next::Work(Assignment { run: waiting.run, permit })
            }
            None if is_closed => {
                drop(free.map(permit));
                Next::End
            }
            None => Next::Help(free.map(permit)),
        }
    }

    /// Notes that the worker has left the run that it was assigned.
    fn end_work(&self) {
        lock(&self.state).at_work -= 1;
    }

    /// Sees to it that a sleeping worker looks for rayon jobs while others are at work.
    fn watch(&self) {
        let sleeper = {
            let state = lock(&self.state);
            if state.watched { None } else { state.sleeping.front().cloned() }
        };
        sleeper.into_iter().for_each(|sleeper| sleeper.wake());
    }

    /// Wakes a sleeping worker to look for rayon jobs, because there were some.
    fn wake_one(&self) {
        let sleeper = lock(&self.state).sleeping.back().cloned();
        sleeper.into_iter().for_each(|sleeper| sleeper.wake());
    }

    /// Sleeps until there may be something to do. Returns what was assigned meanwhile; `None` when the
    /// worker is to look for itself.
    fn sleep(&self, me: &Arc<Sleeper>) -> Option<Assignment> {
        prepare_light_fences();
        let watches = {
            let mut state = lock(&self.state);
            if state.closed || (state.has_job() && !cfg!(planted = "overlooked_run")) {
                return None;
            }
            let watches = !state.watched
                && (state.watch.is_needed(state.at_work) || self.reservation.is_out());
            state.watched |= watches;
            state.sleeping.push_back(Arc::clone(me));
            watches
        };
        if watches {
            thread::park_timeout(BETWEEN_LOOKS);
        } else {
            thread::park();
        }
        let (is_assigned, next, Look { slow, reserved }) = {
            let mut state = lock(&self.state);
            let index = state.sleeping.iter().position(|other| Arc::ptr_eq(other, me));
            index.and_then(|index| state.sleeping.remove(index));
            let look = if watches { self.look_around(&mut state) } else { Look::default() };
            // While another is awake, rayon may have a job. Each worker has to look now and then, for that may be for it
            // alone; and who takes one up looks no more until it is done.
            let passes_on = watches && state.sleeping.len() + 1 < self.count;
            let next = state.sleeping.front().filter(|_| passes_on).cloned();
            (index.is_none(), next, look)
        };
        next.into_iter().for_each(|next| next.wake());
        drop(reserved);
        slow.into_iter().for_each(Job::call);
        if !is_assigned {
            return None;
        }
        // It was taken from the list, so what it is to do is on its way.
        loop {
            if let Some(assignment) = lock(&me.assigned).take() {
                return Some(assignment);
            }
            thread::park();
        }
    }

    /// Looks at all who hold a permit.
    fn look_around(&self, state: &mut State) -> Look {
        state.watched = false;
        let now = Instant::now();
        let passed = now.duration_since(state.watch.at);
        let mut look = Look::default();
        if passed < BETWEEN_LOOKS {
            return look;
        }
        let reserved = self.reservation.user();
        let State { watch, users, .. } = state;
        watch.at = now;
        for (number, run) in users.iter().enumerate() {
            let of_reserved = reserved.as_ref().filter(|(permit, _)| *permit == number);
            let run = run.as_ref().or_else(|| of_reserved?.1.as_ref());
            let address = run.map_or(0, |run| Arc::as_ptr(run).addr());
            let count = self.heartbeats.count(number);
            let (address_before, before) =
                std::mem::replace(&mut watch.seen[number], (address, count));
            if let Some(run) = run
                && address == address_before
                && let Ok(tasks) = u32::try_from(count.wrapping_sub(before))
                && LONG.saturating_mul(tasks) < passed
            {
                look.slow.push(Arc::clone(run));
            }
        }
        let is_unused = watch.note_reserved(reserved.is_some(), self.reservation.begun());
        let has_run = std::mem::take(&mut watch.has_begun)
            || reserved.is_some()
            || users.iter().any(Option::is_some);
        watch.idle = if has_run { 0 } else { watch.idle + 1 };
        if is_unused {
            self.take_back_reserved(state);
        }
        look.reserved = reserved.and_then(|(_, run)| run);
        look
    }

    /// Lets all workers end.
    pub(crate) fn close(&self) {
        let sleeping = {
            let mut state = lock(&self.state);
            state.closed = true;
            self.take_back_reserved(&mut state);
            state.sleeping.clone()
        };
        sleeping.into_iter().for_each(|sleeper| sleeper.wake());
    }
}

impl State {
    /// Says whether a worker that is awake would find a run to work for.
    fn has_job(&self) -> bool {
        !self.free.is_empty() && self.runs.has_for_worker()
    }
}
