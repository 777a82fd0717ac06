//! How permits come to those who wait: whoever gives one up hands it to whose turn it is.

use std::sync::Arc;

use super::{
    Assignment, Job, Permit, Permits, Returning, Sleeper, State, Waiting,
    waiting_runs::{Choice, For},
};
use crate::sync::{Instant, Ordering, lock};

/// Numbers of permits with those who get them, to be told once the lock is released.
#[must_use]
#[derive(Default)]
pub(super) struct Handed {
    pub(super) callers: Vec<(Waiting, usize)>,
    pub(super) sleepers: Vec<(Arc<Sleeper>, Waiting, usize)>,
    pub(super) returning: Vec<(Arc<Returning>, usize)>,
}

impl Permits {
    /// Takes a permit back, and hands it on to whoever waits.
    pub(super) fn give_back(self: &Arc<Self>, number: usize, short_since: Option<Instant>) {
        let mut state = lock(&self.state);
        let user = self.put_back(&mut state, number, short_since);
        let handed = state.is_wanted().then(|| self.serve(&mut state));
        drop(state);
        drop(user);
        if let Some(handed) = handed {
            self.deliver(handed);
        }
    }

    /// Makes a permit free. Returns the run that it was used for, to be dropped when the lock is released.
    pub(super) fn put_back(
        &self,
        state: &mut State,
        number: usize,
        short_since: Option<Instant>,
    ) -> Option<Arc<dyn Job>> {
        state.ration.spend_since(short_since);
        state.free.push(number);
        state.users[number].take()
    }

    /// Hands the free permits to those who wait.
    pub(super) fn serve(&self, state: &mut State) -> Handed {
        let mut handed = Handed::default();
        self.retire_needless_spares(state);
        loop {
            self.hand_out_free(state, &mut handed);
            state.retire_spares();
            self.count_waiting(state);
            let is_wanted = !state.runs.is_empty() || !state.returning.is_empty();
            if !is_wanted || !self.take_back_reserved(state) {
                return handed;
            }
        }
    }

    fn hand_out_free(&self, state: &mut State, handed: &mut Handed) {
        while let Some(&number) = state.free.last() {
            if let Some(returning) = state.returning.pop_front() {
                handed.returning.push((returning, number));
            } else {
                let is_served = !state.sleeping.is_empty();
                let best = state.take_best(|wanted| wanted == For::Caller || is_served);
                let Some(waiting) = best else { break };
                let sleeper = match waiting.wanted {
                    For::Worker => state.sleeping.pop_back(),
                    For::Caller => None,
                };
                state.users[number] = Some(Arc::clone(&waiting.run));
                match sleeper {
                    Some(sleeper) => {
                        state.at_work += 1;
                        handed.sleepers.push((sleeper, waiting, number));
                    }
                    None => handed.callers.push((waiting, number)),
                }
            }
            state.free.pop();
        }
    }

    /// Gives permits to those that they were handed to. Nothing is told under the lock.
    pub(super) fn deliver(self: &Arc<Self>, handed: Handed) {
        let Handed { callers, sleepers, returning } = handed;
        if callers.is_empty() && sleepers.is_empty() && returning.is_empty() {
            return;
        }
        let now = Instant::now();
        for (waiting, number) in callers {
            waiting.run.grant(self.permit_of(number, &waiting, now));
        }
        for (sleeper, waiting, number) in sleepers {
            let permit = self.permit_of(number, &waiting, now);
            sleeper.assign(Assignment { run: waiting.run, permit });
        }
        for (returning, number) in returning {
            *lock(&returning.permit) = Some(self.permit(number, now));
            returning.granted.notify_all();
        }
    }

    pub(super) fn count_waiting(&self, state: &State) {
        let waiting = state.runs.len() + state.returning.len() + state.spares.out();
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// A permit for a run that has waited for it.
    pub(super) fn permit_of(
        self: &Arc<Self>,
        number: usize,
        waiting: &Waiting,
        now: Instant,
    ) -> Permit {
        let mut permit = self.permit(number, now);
        permit.keeps_until += waiting.turn(now);
        if self.are_wanted() && waiting.run.claim(now).level.is_short() {
            permit.short_since.set(Some(now));
        }
        permit
    }
}

impl State {
    /// Says whether a permit that is given back has to go on to others, or out of use.
    pub(super) fn is_wanted(&self) -> bool {
        !self.runs.is_empty() || !self.returning.is_empty() || !self.spares.is_empty()
    }

    /// Takes the run that comes first among those that can be served; `None` when there is none.
    pub(super) fn take_best(&mut self, can_serve: impl Fn(For) -> bool) -> Option<Waiting> {
        if self.runs.is_empty() {
            return None;
        }
        let now = Instant::now();
        let levels_count = self.ration.is_left(now);
        self.runs.take_best(&Choice { now, levels_count, can_serve: &can_serve, but: None })
    }
}
