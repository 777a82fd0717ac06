//! The runs that wait for a permit, and which of them comes first without looking at all of them.
//!
//! The claim of a run that nobody works for stays as it is: what was attained for it does not change, and no task of it
//! starts or ends. So such a run is ranked once. When threads come to work for it, its claim gets worse (what a task makes
//! ready is at most as urgent as the task was), and that is noticed when the run seems to come first:
//!
//! ```text
//!  asks ─► unranked ── nobody works for it ─────────► ranked: by priority, level and arrival
//!             ▲                                         │
//!             └── seems to come first, but has threads ─┘
//! ```
//!
//! Of the runs that are unranked, every one is looked at each time: there are no more than threads inside
//! their tasks. Of those that are ranked, only the first one, and whichever comes first in its place if its rank is not true
//! any more. A rank is never worse than the claim, so whoever has the best rank, and a claim as good as that, comes before all others.
//! Only a task that had to wait for something, and is ready again, makes a claim better: then the run is [looked
//! at](WaitingRuns::look_again) anew.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use super::{attained::Level, claim::Claim};
use crate::{run::nesting::Nesting, sync::Instant};

/// Who is to work for a run that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum For {
    /// A worker of the pool.
    Worker,
    /// The thread that has called `compute`.
    Caller,
}

/// A run that may wait.
pub(super) trait Claimant {
    /// Its number is that of the run.
    fn nesting(&self) -> &Nesting;
    /// What decides whose turn it is.
    fn claim(&self, now: Instant) -> Claim;
}

pub(super) struct Waiting<R: ?Sized> {
    pub(super) run: Arc<R>,
    pub(super) wanted: For,
    pub(super) since: Instant,
}

/// The runs that wait for a permit. A run may wait for several: for one that its caller works with, and for workers.
pub(super) struct WaitingRuns<R: ?Sized> {
    requests: BTreeMap<Request, Asked<R>>,
    /// How many of them are for workers.
    for_workers: usize,
    /// How many requests there have been so far.
    arrived: u64,
    /// By what is wanted, and by level.
    ranked: [[BTreeSet<Ranked>; Level::COUNT]; 2],
    /// The runs whose requests are not ranked.
    unranked: BTreeSet<u64>,
    /// The runs that a task waits for.
    nested: BTreeSet<u64>,
}

/// The number of the run that asks, what it asks for, and the number of the request by arrival.
pub(super) type Request = (u64, For, u64);

struct Asked<R: ?Sized> {
    waiting: Waiting<R>,
    /// `None` for a request that is not ranked, like all others of the run.
    rank: Option<Rank>,
}

/// What the claim of a run was that nobody worked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rank {
    priority: i32,
    level: Level,
}

/// The priority, the number of the request, and the number of the run: the first one comes first on its level.
type Ranked = (Reverse<i32>, u64, u64);

/// Where a request is among all that wait; the least comes first. Without levels when they do not count.
type Place = (Reverse<i32>, Option<Level>, usize, u64);

/// Who is to be served.
pub(super) struct Choice<'a> {
    pub(super) now: Instant,
    /// Short runs come first.
    pub(super) levels_count: bool,
    /// Whose requests can be served.
    pub(super) can_serve: &'a dyn Fn(For) -> bool,
    /// A run that is left out.
    pub(super) but: Option<&'a Nesting>,
}

impl Choice<'_> {
    fn place(&self, claim: Claim, number: u64) -> Place {
        let level = self.levels_count.then_some(claim.level);
        (Reverse(claim.priority), level, claim.threads, number)
    }

    fn leaves_out(&self, run: u64) -> bool {
        self.but.is_some_and(|but| but.id() == run)
    }

    fn wanted(&self) -> impl Iterator<Item = For> {
        [For::Worker, For::Caller].into_iter().filter(|&wanted| (self.can_serve)(wanted))
    }
}

/// All requests of a run.
fn all_of(run: u64) -> RangeInclusive<Request> {
    (run, For::Worker, 0)..=(run, For::Caller, u64::MAX)
}

impl<R: ?Sized> Default for WaitingRuns<R> {
    fn default() -> Self {
        WaitingRuns {
            requests: BTreeMap::new(),
            for_workers: 0,
            arrived: 0,
            ranked: Default::default(),
            unranked: BTreeSet::new(),
            nested: BTreeSet::new(),
        }
    }
}

impl<R: Claimant + ?Sized> WaitingRuns<R> {
    pub(super) fn is_empty(&self) -> bool {
        self.requests.is_empty()
    }

    /// How many requests there are.
    pub(super) fn len(&self) -> usize {
        self.requests.len()
    }

    /// Says whether a run waits for a worker.
    pub(super) fn has_for_worker(&self) -> bool {
        self.for_workers > 0
    }

    /// Adds a request that is made now.
    pub(super) fn push(&mut self, waiting: Waiting<R>) {
        let (nesting, wanted, since) = (waiting.run.nesting(), waiting.wanted, waiting.since);
        let (run, is_alone) = (nesting.id(), self.is_empty());
        if nesting.is_nested() {
            self.nested.insert(run);
        }
        self.arrived += 1;
        self.for_workers += usize::from(wanted == For::Worker);
        self.unranked.insert(run);
        self.requests.insert((run, wanted, self.arrived), Asked { waiting, rank: None });
        // One that is alone is mostly served at once.
        if !is_alone {
            self.look(run, since);
        }
    }

    /// Looks at the claim of a run, and ranks its requests by that if nobody works for it. `None` when it has none.
    pub(super) fn look(&mut self, run: u64, now: Instant) -> Option<Claim> {
        let (_, first) = self.requests.range(all_of(run)).next()?;
        let claim = first.waiting.run.claim(now);
        let Claim { priority, threads, level } = claim;
        let rank = (threads == 0).then_some(Rank { priority, level });
        for (&(_, wanted, number), asked) in self.requests.range_mut(all_of(run)) {
            let before = std::mem::replace(&mut asked.rank, rank);
            if before != rank {
                let ranked = &mut self.ranked[wanted as usize];
                if let Some(Rank { priority, level }) = before {
                    ranked[level.index()].remove(&(Reverse(priority), number, run));
                }
                if let Some(Rank { priority, level }) = rank {
                    ranked[level.index()].insert((Reverse(priority), number, run));
                }
            }
        }
        if rank.is_some() {
            self.unranked.remove(&run);
        } else {
            self.unranked.insert(run);
        }
        Some(claim)
    }

    /// Looks again at a run whose claim may have got better, or which a task waits for from now on.
    pub(super) fn look_again(&mut self, nesting: &Nesting, now: Instant) {
        if self.look(nesting.id(), now).is_some() && nesting.is_nested() {
            self.nested.insert(nesting.id());
        }
    }

    /// Takes the request that comes first; `None` when none can be served.
    pub(super) fn take_best(&mut self, choice: &Choice<'_>) -> Option<Waiting<R>> {
        let request = match self.requests.first_key_value() {
            Some((&(run, wanted, number), _)) if self.len() == 1 => {
                let may = (choice.can_serve)(wanted) && !choice.leaves_out(run);
                may.then_some((run, wanted, number))
            }
            _ => self.best(choice).map(|(request, _)| request),
        };
        self.take(request?)
    }

    /// The claim of the run that comes first; `None` when none can be served.
    pub(super) fn best_claim(&mut self, choice: &Choice<'_>) -> Option<Claim> {
        self.best(choice).map(|(_, claim)| claim)
    }

    /// The request that comes first, and the claim of its run.
    fn best(&mut self, choice: &Choice<'_>) -> Option<(Request, Claim)> {
        let mut best = None;
        let mut from = 0;
        while let Some(&run) = self.unranked.range(from..).next() {
            from = run + 1;
            if !choice.leaves_out(run)
                && let Some(claim) = self.look(run, choice.now)
                && claim.threads > 0
            {
                best = best.into_iter().chain(self.of_run(choice, run, claim)).min_by_key(by_place);
            }
        }
        while let Some((place, request, rank)) = self.first_ranked(choice) {
            if best.is_some_and(|best| by_place(&best) < place) {
                break;
            }
            let (run, ..) = request;
            let Some(claim) = self.look(run, choice.now) else { break };
            let Claim { priority, threads, level } = claim;
            if threads > 0 {
                best = best.into_iter().chain(self.of_run(choice, run, claim)).min_by_key(by_place);
            } else if rank == (Rank { priority, level }) {
                return Some((request, claim));
            }
        }
        best.map(|(_, request, claim)| (request, claim))
    }

    /// The first request of a run with this claim.
    fn of_run(
        &self,
        choice: &Choice<'_>,
        run: u64,
        claim: Claim,
    ) -> Option<(Place, Request, Claim)> {
        let first = choice.wanted().filter_map(|wanted| self.first_of(run, wanted));
        let (run, wanted, number) = first.min_by_key(|&(.., number)| number)?;
        Some((choice.place(claim, number), (run, wanted, number), claim))
    }

    /// The first of all requests by their ranks.
    fn first_ranked(&self, choice: &Choice<'_>) -> Option<(Place, Request, Rank)> {
        let firsts = choice.wanted().flat_map(|wanted| {
            let levels = Level::all().zip(&self.ranked[wanted as usize]);
            levels.filter_map(move |(level, ranked)| {
                let &(Reverse(priority), number, run) =
                    ranked.iter().find(|(.., run)| !choice.leaves_out(*run))?;
                let place = choice.place(Claim { priority, threads: 0, level }, number);
                Some((place, (run, wanted, number), Rank { priority, level }))
            })
        });
        firsts.min_by_key(|&(place, ..)| place)
    }

    fn first_of(&self, run: u64, wanted: For) -> Option<Request> {
        let requests = self.requests.range((run, wanted, 0)..=(run, wanted, u64::MAX));
        requests.map(|(&request, _)| request).next()
    }

    /// Takes a request that was found.
    pub(super) fn take(&mut self, request: Request) -> Option<Waiting<R>> {
        let Asked { waiting, rank } = self.requests.remove(&request)?;
        let (run, wanted, number) = request;
        self.for_workers -= usize::from(wanted == For::Worker);
        if let Some(Rank { priority, level }) = rank {
            let ranked = &mut self.ranked[wanted as usize][level.index()];
            ranked.remove(&(Reverse(priority), number, run));
        }
        if self.requests.range(all_of(run)).next().is_none() {
            self.unranked.remove(&run);
            self.nested.remove(&run);
        }
        Some(waiting)
    }

    /// Takes the first request of a run for this.
    pub(super) fn take_of(&mut self, nesting: &Nesting, wanted: For) -> Option<Waiting<R>> {
        self.first_of(nesting.id(), wanted).and_then(|request| self.take(request))
    }

    /// The first request for a worker by the run with nesting `awaited`, or by one that was started inside it.
    pub(super) fn first_within(&self, awaited: &Nesting) -> Option<Request> {
        let is_within = |run: &u64| {
            let first = self.requests.range(all_of(*run)).next();
            first.is_some_and(|(_, asked)| asked.waiting.run.nesting().is_within(awaited))
        };
        let nested = self.nested.iter().copied().filter(is_within);
        let requests = std::iter::once(awaited.id()).chain(nested);
        let requests = requests.filter_map(|run| self.first_of(run, For::Worker));
        requests.min_by_key(|&(.., number)| number)
    }

    /// Forgets all requests of a run.
    pub(super) fn remove(&mut self, nesting: &Nesting) {
        while let Some((&request, _)) = self.requests.range(all_of(nesting.id())).next() {
            drop(self.take(request));
        }
    }
}

fn by_place(&(place, ..): &(Place, Request, Claim)) -> Place {
    place
}

#[cfg(all(test, not(loom)))]
mod tests;
