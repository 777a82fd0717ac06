//! Compared with a list that is looked through from the beginning to the end each time.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;

use super::{
    super::{Job, Permit},
    *,
};
use crate::{run::nesting::Frame, sync::lock};

/// A run without tasks, whose claim is what the test says.
struct Run {
    nesting: Arc<Nesting>,
    claim: Mutex<Claim>,
    /// No ready task was more urgent since nobody worked for the run, and none was resumed since.
    most_urgent: Mutex<i32>,
}

impl Job for Run {
    fn execute(self: Arc<Self>) {}
    fn help(self: Arc<Self>) {}
    fn grant(&self, _: Permit) {}
    fn nesting(&self) -> &Nesting {
        &self.nesting
    }
    fn claim(&self, _: Instant) -> Claim {
        *lock(&self.claim)
    }
    fn call(self: Arc<Self>) {}
    fn pause(self: Arc<Self>) {}
    fn resume(&self) {}
}

impl Run {
    fn new(priority: i32) -> Arc<Self> {
        let claim = Claim { priority, threads: 0, level: Level::of(Duration::ZERO) };
        let (claim, most_urgent) = (Mutex::new(claim), Mutex::new(priority));
        Arc::new(Run { nesting: Nesting::new(Vec::new()), claim, most_urgent })
    }

    /// One that a task of `outer` waits for.
    fn inside(outer: &Run) -> Arc<Self> {
        let frame = Frame::enter(&outer.nesting, None);
        frame.set_task(Some(1));
        Run::new(0)
    }
}

/// The obvious way: (run, what it wants, number of the request).
#[derive(Default)]
struct Model {
    requests: Vec<(Arc<Run>, For, u64)>,
    arrived: u64,
}

impl Model {
    fn push(&mut self, run: &Arc<Run>, wanted: For) {
        self.arrived += 1;
        self.requests.push((Arc::clone(run), wanted, self.arrived));
    }

    fn best(&self, choice: &Choice<'_>) -> Option<usize> {
        let served = self.requests.iter().enumerate().filter(|(_, (run, wanted, _))| {
            (choice.can_serve)(*wanted) && !choice.leaves_out(run.nesting.id())
        });
        let key = |(index, (run, ..)): (usize, &(Arc<Run>, For, u64))| {
            let Claim { priority, threads, level } = run.claim(choice.now);
            (Reverse(priority), choice.levels_count.then_some(level), threads, index)
        };
        served.map(key).min().map(|(.., index)| index)
    }

    fn position(&self, is: impl Fn(&Run, For) -> bool) -> Option<usize> {
        self.requests.iter().position(|(run, wanted, _)| is(run, *wanted))
    }
}

/// What happens; a run is chosen by its number.
#[derive(Debug, Clone)]
enum Event {
    Asks { run: usize, is_caller: bool },
    ThreadComes { run: usize },
    ThreadLeaves { run: usize },
    TasksStart { run: usize, priority: i32 },
    Attains { run: usize, millis: u64 },
    IsResumed { run: usize, priority: i32 },
    IsServed { serves_workers: bool, serves_callers: bool, levels_count: bool },
    AsksWhoseTurn { own: usize, keeps: bool, serves_workers: bool, levels_count: bool },
    TakesWithin { awaited: usize },
    TakesCaller { run: usize },
    BeginsToWait { run: usize, outer: usize },
    Withdraws { run: usize },
}

const RUNS: usize = 8;

fn events() -> impl Strategy<Value = Event> {
    let run = || 0..RUNS;
    let priority = || prop_oneof![4 => Just(0), 1 => -1..2, 1 => Just(i32::MIN)];
    prop_oneof![
        8 => (run(), any::<bool>()).prop_map(|(run, is_caller)| Event::Asks { run, is_caller }),
        3 => run().prop_map(|run| Event::ThreadComes { run }),
        3 => run().prop_map(|run| Event::ThreadLeaves { run }),
        2 => (run(), priority()).prop_map(|(run, priority)| Event::TasksStart { run, priority }),
        3 => (run(), 0..20_u64).prop_map(|(run, millis)| Event::Attains { run, millis: millis * millis }),
        2 => (run(), priority()).prop_map(|(run, priority)| Event::IsResumed { run, priority }),
        4 => any::<[bool; 3]>().prop_map(|[serves_workers, serves_callers, levels_count]| {
            Event::IsServed { serves_workers, serves_callers, levels_count }
        }),
        4 => (run(), any::<[bool; 3]>()).prop_map(|(own, [keeps, serves_workers, levels_count])| {
            Event::AsksWhoseTurn { own, keeps, serves_workers, levels_count }
        }),
        1 => run().prop_map(|awaited| Event::TakesWithin { awaited }),
        1 => run().prop_map(|run| Event::TakesCaller { run }),
        1 => (run(), run()).prop_map(|(run, outer)| Event::BeginsToWait { run, outer }),
        1 => run().prop_map(|run| Event::Withdraws { run }),
    ]
}

/// Both ways, which must do the same.
struct Both {
    runs: Vec<Arc<Run>>,
    waiting: WaitingRuns<dyn Job>,
    model: Model,
    now: Instant,
}

impl Both {
    fn new() -> Self {
        let mut runs: Vec<_> = (0..RUNS - 2).map(|_| Run::new(0)).collect();
        runs.push(Run::inside(&runs[0]));
        runs.push(Run::inside(&runs[RUNS - 2]));
        let (waiting, model) = (WaitingRuns::default(), Model::default());
        Both { runs, waiting, model, now: Instant::now() }
    }

    fn look_again(&mut self, run: usize) {
        self.waiting.look_again(&self.runs[run].nesting, self.now);
    }

    fn assert_same(&mut self, taken: Option<Waiting<dyn Job>>, index: Option<usize>) {
        let expected = index.map(|index| self.model.requests.remove(index));
        let expected = expected.map(|(run, wanted, _)| (run.nesting.id(), wanted));
        let taken = taken.map(|taken| (taken.run.nesting().id(), taken.wanted));
        assert_eq!(taken, expected);
    }

    fn happens(&mut self, event: Event) {
        let now = self.now;
        match event {
            Event::Asks { run, is_caller } => {
                let wanted = if is_caller { For::Caller } else { For::Worker };
                let run = &self.runs[run];
                self.model.push(run, wanted);
                self.waiting.push(Waiting { run: Arc::clone(run) as _, wanted, since: now });
            }
            Event::ThreadComes { run } => lock(&self.runs[run].claim).threads += 1,
            Event::ThreadLeaves { run } => {
                let mut claim = lock(&self.runs[run].claim);
                if claim.threads == 1 {
                    *lock(&self.runs[run].most_urgent) = claim.priority;
                }
                claim.threads = claim.threads.saturating_sub(1);
            }
            Event::TasksStart { run, priority } => {
                let mut claim = lock(&self.runs[run].claim);
                if claim.threads > 0 {
                    claim.priority = priority.min(*lock(&self.runs[run].most_urgent));
                }
            }
            Event::Attains { run, millis } => {
                let mut claim = lock(&self.runs[run].claim);
                claim.level = claim.level.max(Level::of(Duration::from_millis(millis)));
            }
            Event::IsResumed { run, priority } => {
                {
                    let mut claim = lock(&self.runs[run].claim);
                    claim.priority = claim.priority.max(priority);
                    let mut most_urgent = lock(&self.runs[run].most_urgent);
                    *most_urgent = priority.max(*most_urgent);
                }
                self.look_again(run);
            }
            Event::IsServed { serves_workers, serves_callers, levels_count } => {
                let can_serve = |wanted| match wanted {
                    For::Worker => serves_workers,
                    For::Caller => serves_callers,
                };
                let choice = Choice { now, levels_count, can_serve: &can_serve, but: None };
                let (taken, index) = (self.waiting.take_best(&choice), self.model.best(&choice));
                self.assert_same(taken, index);
            }
            Event::AsksWhoseTurn { own, keeps, serves_workers, levels_count } => {
                let own = Arc::clone(&self.runs[own]);
                let can_serve = |wanted| wanted == For::Caller || serves_workers;
                let but = Some(&*own.nesting);
                let choice = Choice { now, levels_count, can_serve: &can_serve, but };
                let comes_before =
                    |other: Claim| other.comes_before(own.claim(now), keeps, levels_count);
                let expected = self.model.requests.iter().any(|(run, wanted, _)| {
                    can_serve(*wanted) && !Arc::ptr_eq(run, &own) && comes_before(run.claim(now))
                });
                assert_eq!(self.waiting.best_claim(&choice).is_some_and(comes_before), expected);
            }
            Event::TakesWithin { awaited } => {
                let awaited = Arc::clone(&self.runs[awaited].nesting);
                let request = self.waiting.first_within(&awaited);
                let taken = request.and_then(|request| self.waiting.take(request));
                let is =
                    |run: &Run, wanted| wanted == For::Worker && run.nesting.is_within(&awaited);
                self.assert_same(taken, self.model.position(is));
            }
            Event::TakesCaller { run } => {
                let nesting = Arc::clone(&self.runs[run].nesting);
                let taken = self.waiting.take_of(&nesting, For::Caller);
                let is =
                    |run: &Run, wanted| wanted == For::Caller && run.nesting.id() == nesting.id();
                self.assert_same(taken, self.model.position(is));
            }
            Event::BeginsToWait { run, outer } => {
                let begins = {
                    let frame = Frame::enter(&self.runs[outer].nesting, None);
                    frame.set_task(Some(1));
                    self.runs[run].nesting.begin_wait().unwrap_or(false)
                };
                if begins {
                    self.look_again(run);
                }
            }
            Event::Withdraws { run } => {
                let id = self.runs[run].nesting.id();
                self.model.requests.retain(|(run, ..)| run.nesting.id() != id);
                self.waiting.remove(&self.runs[run].nesting);
            }
        }
        let for_workers = self.model.position(|_, wanted| wanted == For::Worker);
        assert_eq!(self.waiting.has_for_worker(), for_workers.is_some());
        assert_eq!(self.waiting.len(), self.model.requests.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whose_turn_it_is_does_not_depend_on_how_it_is_found(
        events in prop::collection::vec(events(), 1..80),
    ) {
        let mut both = Both::new();
        events.into_iter().for_each(|event| both.happens(event));
        // Whoever waits is served in the end, and nothing is left behind.
        while !both.waiting.is_empty() {
            both.happens(Event::IsServed {
                serves_workers: true,
                serves_callers: true,
                levels_count: true,
            });
        }
        let WaitingRuns { requests, for_workers, ranked, unranked, nested, .. } = both.waiting;
        prop_assert!(requests.is_empty() && unranked.is_empty() && nested.is_empty());
        prop_assert!(for_workers == 0 && ranked.iter().flatten().all(BTreeSet::is_empty));
    }
}
