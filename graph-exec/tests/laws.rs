//! Laws over random graphs: what a run gives is what a plain loop gives, each needed task runs
//! once, and no other runs.

mod watchdog;

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::{CancelToken, Error, prelude::*};
use proptest::{prelude::*, sample::Index};

use watchdog::within_a_minute;

/// One task of a random graph.
#[derive(Debug, Clone)]
struct Plan {
    /// Earlier tasks whose results it takes, some perhaps twice.
    inputs: Vec<usize>,
    /// Earlier tasks that it only waits for.
    after: Vec<usize>,
    ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Ending {
    Value,
    Error,
    Panic,
}

/// A random graph, and the tasks whose results are asked for.
#[derive(Debug, Clone)]
struct Case {
    plans: Vec<Plan>,
    outputs: Vec<usize>,
}

/// What random graphs are to have.
#[derive(Debug, Clone, Copy)]
struct Having {
    failures: bool,
    order_edges: bool,
}

const VALUES: Having = Having { failures: false, order_edges: false };
const FAILURES: Having = Having { failures: true, order_edges: false };
const EVERYTHING: Having = Having { failures: true, order_edges: true };

fn cases(having: Having) -> impl Strategy<Value = Case> {
    let ending = if having.failures {
        prop_oneof![12 => Just(Ending::Value), 1 => Just(Ending::Error), 1 => Just(Ending::Panic)]
            .boxed()
    } else {
        Just(Ending::Value).boxed()
    };
    let others = |most: usize| prop::collection::vec(any::<Index>(), 0..=most);
    let order_edges = if having.order_edges { others(1).boxed() } else { others(0).boxed() };
    let tasks = prop::collection::vec((others(3), order_edges, ending), 1..60);
    (tasks, prop::collection::vec(any::<Index>(), 1..4)).prop_map(|(tasks, outputs)| {
        let earlier = |place: usize, indices: Vec<Index>| -> Vec<usize> {
            indices.iter().filter(|_| place > 0).map(|index| index.index(place)).collect()
        };
        let outputs = outputs.iter().map(|output| output.index(tasks.len())).collect();
        let plans = tasks
            .into_iter()
            .enumerate()
            .map(|(place, (inputs, after, ending))| Plan {
                inputs: earlier(place, inputs),
                after: earlier(place, after),
                ending,
            })
            .collect();
        Case { plans, outputs }
    })
}

/// What becomes of a task, in a plain loop over all of them.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Fate {
    /// It is needed and has all that it needs.
    runs: bool,
    /// `None` when it fails or does not run.
    value: Option<u64>,
}

fn combined(number: u64, inputs: impl Iterator<Item = u64>) -> u64 {
    inputs.fold(number, |sum, input| sum.wrapping_mul(31).wrapping_add(input))
}

impl Case {
    /// Says whether a task's result moves on to its one dependent, instead of being shared.
    fn moves(&self, task: usize) -> bool {
        let uses = self.plans.iter().flat_map(|plan| &plan.inputs).filter(|&&input| input == task);
        let is_named = self.plans.iter().any(|plan| plan.after.contains(&task));
        uses.count() == 1 && !is_named && !self.outputs.contains(&task)
    }

    fn needed(&self) -> Vec<bool> {
        let mut needed = vec![false; self.plans.len()];
        self.outputs.iter().for_each(|&output| needed[output] = true);
        for task in (0..self.plans.len()).rev() {
            if needed[task] {
                self.plans[task].inputs.iter().for_each(|&input| needed[input] = true);
            }
        }
        needed
    }

    /// The obvious sequential model.
    fn fates(&self) -> Vec<Fate> {
        let needed = self.needed();
        let mut fates: Vec<Fate> = vec![];
        for (number, plan) in self.plans.iter().enumerate() {
            let (moved, shared): (Vec<_>, Vec<_>) =
                plan.inputs.iter().partition(|&&input| self.moves(input));
            let inputs: Option<Vec<u64>> =
                shared.into_iter().chain(moved).map(|&input| fates[input].value).collect();
            // What nobody needs is not waited for.
            let may_start =
                plan.after.iter().all(|&other| !needed[other] || fates[other].value.is_some());
            let inputs = inputs.filter(|_| needed[number] && may_start);
            fates.push(Fate {
                runs: inputs.is_some(),
                value: inputs
                    .filter(|_| plan.ending == Ending::Value)
                    .map(|inputs| combined(number as u64, inputs.into_iter())),
            });
        }
        fates
    }

    /// Builds the graph. `cancels` is to be called by one of its tasks.
    fn build(&self, cancels: Option<CancelAt>) -> Built {
        let cancels = cancels.map(Arc::new);
        let runs: Vec<Arc<AtomicUsize>> = self.plans.iter().map(|_| Arc::default()).collect();
        let mut moved: Vec<Option<Delayed<u64>>> = vec![];
        let mut shared: Vec<Option<Shared<u64>>> = vec![];
        for (number, plan) in self.plans.iter().enumerate() {
            let shared_inputs: Vec<Shared<u64>> =
                plan.inputs.iter().filter_map(|&input| shared[input].clone()).collect();
            let moved_inputs: Vec<Delayed<u64>> =
                plan.inputs.iter().filter_map(|&input| moved[input].take()).collect();
            let seen = Seen { runs: Arc::clone(&runs[number]), cancels: cancels.clone() };
            let task = mix(number as u64, shared_inputs, moved_inputs, plan.ending, seen);
            let others = plan.after.iter().filter_map(|&other| shared[other].as_ref());
            let task = task.after_each(others.map(|other| other as &dyn Handle));
            let moves = self.moves(number);
            let (to_move, to_share) =
                if moves { (Some(task), None) } else { (None, Some(task.shared())) };
            moved.push(to_move);
            shared.push(to_share);
        }
        Built { shared, runs }
    }
}

/// Cancels when so many tasks have started.
struct CancelAt {
    started: AtomicUsize,
    at: usize,
    token: CancelToken,
}

/// Sees what a task does.
#[derive(Clone)]
struct Seen {
    runs: Arc<AtomicUsize>,
    cancels: Option<Arc<CancelAt>>,
}

#[delayed]
fn mix(
    number: u64,
    shared: &[Arc<u64>],
    moved: Vec<u64>,
    ending: Ending,
    seen: Seen,
) -> Result<u64, String> {
    seen.runs.fetch_add(1, Ordering::SeqCst);
    if let Some(cancels) = seen.cancels
        && cancels.started.fetch_add(1, Ordering::SeqCst) == cancels.at
    {
        cancels.token.cancel();
    }
    match ending {
        Ending::Value => Ok(combined(number, shared.iter().map(|input| **input).chain(moved))),
        Ending::Error => Err(format!("error {number}")),
        // A panic whose message nobody prints.
        Ending::Panic => std::panic::resume_unwind(Box::new(format!("panic {number}"))),
    }
}

struct Built {
    /// `None` for a task that moves on.
    shared: Vec<Option<Shared<u64>>>,
    runs: Vec<Arc<AtomicUsize>>,
}

impl Built {
    fn outputs(&self, case: &Case) -> Vec<&Shared<u64>> {
        let output = |&output: &usize| self.shared[output].as_ref().expect("an output is shared");
        case.outputs.iter().map(output).collect()
    }

    fn runs(&self) -> Vec<usize> {
        self.runs.iter().map(|runs| runs.load(Ordering::SeqCst)).collect()
    }
}

/// What each output of a run that goes on after failures gives.
fn values(
    executor: &Executor,
    built: &Built,
    case: &Case,
) -> Result<Vec<Result<u64, Error>>, Error> {
    let results = executor.keep_going().compute(built.outputs(case))?;
    Ok(results.into_iter().map(|result| result.map(|value| *value)).collect())
}

fn found(results: Vec<Result<u64, Error>>) -> Vec<Option<u64>> {
    results.into_iter().map(Result::ok).collect()
}

fn expected(case: &Case, fates: &[Fate]) -> Vec<Option<u64>> {
    case.outputs.iter().map(|&output| fates[output].value).collect()
}

fn runs_expected(fates: &[Fate]) -> Vec<usize> {
    fates.iter().map(|fate| usize::from(fate.runs)).collect()
}

/// The executors, each with its name.
static EXECUTORS: LazyLock<Vec<(&str, Executor)>> = LazyLock::new(|| {
    let threads = |threads| Executor::builder().threads(threads).build().unwrap();
    vec![
        ("serial", Executor::serial()),
        ("replay", Executor::builder().replay(7).build().unwrap()),
        ("default", Executor::default()),
        ("one thread", threads(1)),
        ("three threads", threads(3)),
    ]
});

proptest! {
    #[test]
    fn every_executor_gives_what_a_plain_loop_gives(case in cases(VALUES)) {
        let fates = case.fates();
        for (name, executor) in EXECUTORS.iter() {
            let built = case.build(None);
            let results = within_a_minute(name, || executor.compute(built.outputs(&case)).unwrap());
            let results: Vec<_> = results.iter().map(|result| Some(**result)).collect();
            prop_assert_eq!(results, expected(&case, &fates), "{}", name);
            prop_assert_eq!(built.runs(), runs_expected(&fates), "{}", name);
        }
    }

    #[test]
    fn keep_going_runs_all_that_can_run_once(case in cases(EVERYTHING)) {
        let fates = case.fates();
        for (name, executor) in EXECUTORS.iter() {
            let built = case.build(None);
            let results = within_a_minute(name, || values(executor, &built, &case).unwrap());
            prop_assert_eq!(found(results), expected(&case, &fates), "{}", name);
            prop_assert_eq!(built.runs(), runs_expected(&fates), "{}", name);
        }
    }

    #[test]
    fn fail_fast_gives_a_real_failure_or_everything(case in cases(EVERYTHING)) {
        let fates = case.fates();
        let all_there = expected(&case, &fates).iter().all(Option::is_some);
        for (name, executor) in EXECUTORS.iter() {
            let built = case.build(None);
            let result = within_a_minute(name, || executor.compute(built.outputs(&case)));
            prop_assert_eq!(result.is_ok(), all_there, "{}", name);
            if let Err(error) = result {
                let Error::Task(error) = error else { panic!("{error}") };
                let cause = error.failure().cause.to_string();
                let number = cause.rsplit(' ').next().and_then(|number| number.parse().ok());
                let plan = number.and_then(|number: usize| case.plans.get(number));
                prop_assert!(plan.is_some_and(|plan| plan.ending != Ending::Value), "{}", cause);
            }
            prop_assert!(built.runs().iter().zip(&fates).all(|(&runs, fate)| runs <= usize::from(fate.runs)));
            // What a failed run left undone, the next one does.
            let results = within_a_minute(name, || values(executor, &built, &case).unwrap());
            prop_assert_eq!(found(results), expected(&case, &fates), "{}", name);
            prop_assert_eq!(built.runs(), runs_expected(&fates), "{}", name);
        }
    }

    #[test]
    fn what_a_cancelled_run_left_undone_the_next_one_does(
        case in cases(EVERYTHING),
        at in 0..40usize,
        keep_going in any::<bool>(),
    ) {
        let fates = case.fates();
        let expected = expected(&case, &fates);
        for (name, executor) in EXECUTORS.iter() {
            let token = CancelToken::new();
            let cancelled = executor.clone().with_cancel(&token);
            let built = case.build(Some(CancelAt { started: AtomicUsize::new(0), at, token: token.clone() }));
            let results = within_a_minute(name, || if keep_going {
                values(&cancelled, &built, &case)
            } else {
                let results = cancelled.compute(built.outputs(&case));
                results.map(|results| results.iter().map(|result| Ok(**result)).collect())
            });
            let was_cancelled = token.is_cancelled();
            match results {
                Ok(results) => for (result, expected) in results.into_iter().zip(&expected) {
                    match result {
                        Ok(value) => prop_assert_eq!(Some(value), *expected, "{}", name),
                        Err(Error::Cancelled { .. }) => prop_assert!(was_cancelled, "{}", name),
                        Err(_) => prop_assert_eq!(None, *expected, "{}", name),
                    }
                },
                Err(Error::Cancelled { ended, tasks }) => {
                    prop_assert!(was_cancelled && ended <= tasks, "{}", name);
                }
                Err(_) => prop_assert!(expected.contains(&None), "{}", name),
            }
            let so_far = built.runs();
            prop_assert!(so_far.iter().zip(&fates).all(|(&runs, fate)| runs <= usize::from(fate.runs)));
            let results = within_a_minute(name, || values(executor, &built, &case).unwrap());
            prop_assert_eq!(&found(results), &expected, "{}", name);
            prop_assert_eq!(built.runs(), runs_expected(&fates), "{}", name);
        }
    }

    // Two threads want different outputs, a third all of them, and a fourth is cancelled. Without
    // order-only edges, which would bind only the runs in which both tasks are needed.
    #[test]
    fn overlapping_runs_agree(case in cases(FAILURES), at in 0..40usize) {
        let fates = case.fates();
        let token = CancelToken::new();
        let built = case.build(Some(CancelAt { started: AtomicUsize::new(0), at, token: token.clone() }));
        let (first, second) = case.outputs.split_at(case.outputs.len() / 2);
        let part = |outputs: &[usize]| Case { plans: case.plans.clone(), outputs: outputs.to_vec() };
        let (first, second) = (part(first), part(second));
        within_a_minute("overlapping runs", || std::thread::scope(|scope| {
            for (wanted, executor) in [&first, &second, &case, &case].into_iter().zip([1, 1, 0, 3]) {
                let (_, executor) = &EXECUTORS[executor];
                let (built, fates) = (&built, &fates);
                scope.spawn(move || {
                    let results = values(executor, built, wanted).unwrap();
                    assert_eq!(found(results), expected(wanted, fates));
                });
            }
            let (_, executor) = &EXECUTORS[2];
            let cancelled = executor.clone().with_cancel(&token);
            let (built, fates, case) = (&built, &fates, &case);
            scope.spawn(move || {
                let outputs = case.outputs.iter();
                for (result, &output) in values(&cancelled, built, case).into_iter().flatten().zip(outputs) {
                    match result {
                        Ok(value) => assert_eq!(Some(value), fates[output].value),
                        Err(Error::Cancelled { .. }) => {}
                        Err(_) => assert_eq!(None, fates[output].value),
                    }
                }
            });
        }));
        prop_assert_eq!(built.runs(), runs_expected(&fates));
    }

    #[test]
    fn a_snapshot_holds_together_and_numbers_dependencies_first(case in cases(EVERYTHING)) {
        let built = case.build(None);
        let graph = Graph::of(&built.outputs(&case)).unwrap();
        graph.check().unwrap();
        prop_assert!(graph.edges().iter().all(|edge| edge.from < edge.to));
        prop_assert_eq!(graph.len(), case.needed().iter().filter(|&&needed| needed).count());
    }
}
