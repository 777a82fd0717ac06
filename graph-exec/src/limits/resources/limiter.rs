//! The resources of one executor: how much there is, who holds it, and who waits for it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, Weak},
    time::{Duration, Instant},
};

use graph_core::{
    __run::{Needs, Signature},
    Function, SourceLocation,
};

use super::{
    circles,
    error::ResourceError,
    request::{Need, Request},
    state::{Calls, Circle, Holder, Resource, ResourceName, State},
    waiting::Waiting,
};
use crate::{limits::unpark::Unpark, run::nesting::Nesting, sync::lock};

/// What looks for so long as if it waited for ever, does.
const STUCK_AFTER: Duration = Duration::from_millis(200);

/// The resources of one executor.
#[derive(Default)]
pub(crate) struct Limiter {
    state: Mutex<State>,
    /// Whether there is of each resource as much as any one task has needed.
    as_needed: bool,
}

/// A task that asks for what it needs.
pub(crate) struct Ask<'a> {
    pub(crate) run: &'a Weak<dyn Unpark>,
    pub(crate) nesting: &'a Arc<Nesting>,
    /// What the queue of its run calls it.
    pub(crate) task: u32,
    /// Its creation number.
    pub(crate) number: u64,
    pub(crate) priority: i32,
    pub(crate) request: &'a Request,
    pub(crate) signature: &'a Signature,
}

/// What a task is told that asks.
pub(crate) enum Answer {
    /// It has all that it needs, until [`Limiter::give_back`] is called with this number. `in_use` says how
    /// much of each resource is in use now.
    Taken { hold: u64, in_use: Vec<u32> },
    /// It waits.
    Parked,
    /// It would wait for ever.
    Never(Circle),
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.lock().resources).finish()
    }
}

impl Limiter {
    /// One with these declared resources: (name, how much there is).
    pub(crate) fn new(declared: impl IntoIterator<Item = (String, u32)>) -> Arc<Self> {
        let resources = declared.into_iter().map(|(name, capacity)| Resource {
            name: ResourceName::Declared(name),
            capacity,
            free: capacity,
        });
        let state = State { resources: resources.collect(), ..State::default() };
        Arc::new(Limiter { state: Mutex::new(state), as_needed: false })
    }

    /// One that has of each resource as much as the task that needs most of it, of those that it has seen.
    pub(crate) fn as_needed() -> Arc<Self> {
        Arc::new(Limiter { as_needed: true, ..Limiter::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Looks up what a task needs, which is told by its name and place, and its function.
    pub(super) fn request(
        &self,
        needs: &Needs,
        ((task, built_at), function): ((String, SourceLocation), fn() -> Function),
    ) -> Result<Request, ResourceError> {
        let mut state = self.lock();
        let mut request = Vec::with_capacity(needs.resources.len() + 1);
        for (name, amount) in &needs.resources {
            let (resource, amount) = (name.to_string(), *amount);
            if amount == 0 {
                return Err(ResourceError::Nothing { task, built_at, resource });
            }
            if self.as_needed {
                state.provide(name, amount);
            }
            let Some(index) = state.declared().position(|other| other == Some(name)) else {
                let declared = state.declared().flatten().map(str::to_owned).collect();
                return Err(ResourceError::Undeclared {
                    task,
                    built_at,
                    resource,
                    amount,
                    declared,
                });
            };
            let capacity = state.resources[index].capacity;
            if capacity < amount {
                return Err(ResourceError::TooMuch { task, built_at, resource, amount, capacity });
            }
            request.push(Need { resource: index, amount });
        }
        if let Some(at_most) = needs.at_most {
            let resource = state.function(at_most.function, at_most.tasks, function);
            request.push(Need { resource, amount: 1 });
        }
        Ok(request.into())
    }

    /// Takes all that a task needs, or parks it.
    pub(crate) fn ask(&self, ask: &Ask<'_>) -> Answer {
        let mut state = self.lock();
        let Ask { nesting, request, .. } = *ask;
        let place = state.waiting.place(nesting.id(), ask.task);
        let free = state.free();
        if state.waiting.may_start(place, ask.priority, request, nesting, free)
            || place.is_some_and(|place| state.may_overtake(place, request))
        {
            let waited = place.and_then(|place| state.waiting.remove(place));
            let holder = Holder {
                number: ask.number,
                signature: ask.signature.clone(),
                request: Arc::clone(request),
            };
            let hold = state.take(holder);
            let in_use = state.resources.iter().map(|one| one.capacity - one.free).collect();
            // Those behind it may fit beside it.
            let calls = state.call();
            drop(state);
            drop(waited);
            calls.make();
            return Answer::Taken { hold, in_use };
        }
        let is_doomed = place
            .and_then(|place| state.waiting.get_mut(place))
            .is_some_and(|waiting| waiting.doomed);
        if let Some(circle) = state.circle(request, nesting, is_doomed) {
            let waited = place.and_then(|place| state.waiting.remove(place));
            let calls = state.call();
            drop(state);
            drop(waited);
            calls.make();
            return Answer::Never(circle);
        }
        match place.and_then(|place| state.waiting.get_mut(place)) {
            Some(waiting) => waiting.called = false,
            None => state.waiting.add(
                ask.priority,
                Waiting {
                    run: Weak::clone(ask.run),
                    nesting: Arc::clone(nesting),
                    was_nested: nesting.is_nested(),
                    task: ask.task,
                    request: Arc::clone(request),
                    called: false,
                    may_overtake: false,
                    stuck_since: None,
                    doomed: false,
                },
            ),
        }
        // Those behind it need not leave anything for it any more.
        let calls = if place.is_some() { state.call() } else { Calls::default() };
        drop(state);
        calls.make();
        Answer::Parked
    }

    /// Takes back what a task has held.
    pub(crate) fn give_back(&self, hold: u64) {
        let mut state = self.lock();
        let holder = state.holders.remove(&hold);
        for need in holder.iter().flat_map(|holder| &*holder.request) {
            state.resources[need.resource].free += need.amount;
        }
        let calls = state.call();
        drop(state);
        drop(holder);
        calls.make();
    }

    /// Lets a task of a run wait for nothing any more.
    pub(crate) fn forget(&self, nesting: &Nesting, task: u32) {
        let mut state = self.lock();
        let place = state.waiting.place(nesting.id(), task);
        let removed = place.and_then(|place| state.waiting.remove(place));
        let calls = if removed.is_some() { state.call() } else { Calls::default() };
        drop(state);
        drop(removed);
        calls.make();
    }

    /// Lets the tasks of a run wait for nothing any more.
    pub(crate) fn withdraw(&self, nesting: &Nesting) {
        let mut state = self.lock();
        let removed = state.waiting.remove_run(nesting.id());
        let calls = if removed.is_empty() { Calls::default() } else { state.call() };
        drop(state);
        drop(removed);
        calls.make();
    }

    /// Lets those tasks of a run that fit start, whoever waits longer: those may be waiting for this very run
    /// in ways that cannot be seen.
    pub(crate) fn let_overtake(&self, nesting: &Nesting) {
        let mut state = self.lock();
        for waiting in state.waiting.values_mut() {
            waiting.may_overtake |= waiting.nesting.id() == nesting.id();
        }
        let calls = state.call();
        drop(state);
        calls.make();
    }

    /// Looks whether tasks of a run wait for ever, and calls those that do, to be told. It takes two looks:
    /// a run that is about to end looks for a moment as if it went on.
    pub(crate) fn look_for_circles(&self, nesting: &Nesting) {
        let mut state = self.lock();
        let stuck = circles::stuck(&state);
        let mut calls = Calls::default();
        for waiting in state.waiting.values_mut() {
            if waiting.nesting.id() != nesting.id() {
                continue;
            }
            if !stuck.contains(&waiting.task_of_run()) {
                waiting.stuck_since = None;
            } else if waiting.stuck_since.get_or_insert_with(Instant::now).elapsed() >= STUCK_AFTER
            {
                waiting.doomed = true;
                if !std::mem::replace(&mut waiting.called, true) {
                    calls.0.push((Weak::clone(&waiting.run), waiting.task));
                }
            }
        }
        drop(state);
        calls.make();
    }

    /// What the resources are called, and how much there is of each.
    pub(crate) fn names(&self) -> Vec<(ResourceName, u32)> {
        self.lock().resources.iter().map(|one| (one.name.clone(), one.capacity)).collect()
    }

    /// How many tasks hold something or wait.
    #[cfg(test)]
    pub(crate) fn tasks(&self) -> (usize, usize) {
        let state = self.lock();
        (state.holders.len(), state.waiting.values().count())
    }
}
