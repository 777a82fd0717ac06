//! Random graphs that grow while they run, against a model that knows no graphs.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use graph_exec::{CancelToken, Error, Executor, KIB, Shared, TaskState, delayed, prelude::*};
use proptest::prelude::*;

use super::watchdog::within_a_minute;

/// What a task computes; everything below a [`Made`](Expression::Made) is built when the graph runs.
#[derive(Debug, Clone)]
enum Expression {
    Number(i64),
    Failing,
    /// One of the shared tasks, which the whole graph has in common.
    Shared(usize),
    Add(Box<Expression>, Box<Expression>),
    Urgent(i32, Box<Expression>),
    /// The sum of a number and of what is made of it by `.flatten()`.
    Made(Box<Expression>, Box<Expression>),
    /// The sum of a list that is made by `.flatten()`, as many at a time as there are elements.
    All(Vec<Expression>),
    /// Each number of `0 .. n`, doubled by `.map_each()`, and their sum.
    Doubled(u8),
    /// So many steps that add a number each.
    Loop(u8, Box<Expression>),
    /// A task that declares bytes.
    Large(Box<Expression>),
}

use Expression::*;

/// The result, or `None` when something that is needed fails.
fn model(expression: &Expression, shared: &[Option<i64>]) -> Option<i64> {
    let result = |expression| model(expression, shared);
    match expression {
        Number(n) => Some(*n),
        Failing => None,
        Shared(index) => *shared.get(*index).unwrap_or(&Some(0)),
        Add(a, b) | Made(a, b) => Some(result(a)? + result(b)?),
        Urgent(_, inner) | Large(inner) => result(inner),
        All(all) => all.iter().map(result).sum(),
        Doubled(n) => Some((0..i64::from(*n)).map(|n| 2 * n).sum()),
        Loop(0, _) => Some(0),
        Loop(steps, added) => Some(i64::from(*steps) * result(added)?),
    }
}

fn ten(_: &i64) -> usize {
    10 * KIB
}

#[delayed(bytes = ten)]
fn large(n: i64) -> i64 {
    n
}

/// The shared tasks that a graph may use, and what they count.
#[derive(Clone, Default)]
struct Common {
    shared: Arc<Vec<Shared<i64>>>,
    ran: Arc<AtomicUsize>,
    /// Cancelled by the task that makes `ran` reach `cancel_at`.
    token: CancelToken,
    cancel_at: usize,
}

impl Common {
    fn count(&self) {
        if self.ran.fetch_add(1, Ordering::SeqCst) + 1 == self.cancel_at {
            self.token.cancel();
        }
    }

    fn build(&self, expression: &Expression) -> Delayed<i64> {
        let common = self.clone();
        match expression {
            Number(n) => {
                let counted = move |n| {
                    common.count();
                    n
                };
                value(*n).map(counted)
            }
            Failing => value(0).and_then(|_| Err::<i64, &str>("it fails")),
            Shared(index) => match self.shared.get(*index) {
                Some(shared) => shared.map(|n| *n),
                None => value(0),
            },
            Add(a, b) => self.build(a) + self.build(b),
            Urgent(priority, inner) => self.build(inner).priority(*priority),
            Made(first, then) => {
                let then = then.clone();
                let made = move |n| (value(n), common.build(&then));
                self.build(first).map(made).flatten().map(|(a, b)| a + b)
            }
            All(all) => {
                let all = all.clone();
                let made = move |_| all.iter().map(|one| common.build(one)).collect::<Vec<_>>();
                value(0).map(made).flatten().map(|all| all.iter().sum())
            }
            Doubled(n) => {
                let all = value(*n).map(|n| (0..i64::from(n)).collect::<Vec<_>>());
                let doubled = all.map_each(move |n| {
                    common.count();
                    2 * n
                });
                doubled.map(|all| all.iter().sum())
            }
            Loop(steps, added) => {
                let (added, steps) = (added.clone(), *steps);
                let step = move |(n, step): (i64, u8)| {
                    common.build(&added).map(move |added| (n + added, step + 1))
                };
                iterate((0, 0), step, move |(_, step)| *step == steps).map(|(n, _)| n)
            }
            Large(inner) => large(self.build(inner)),
        }
    }
}

fn expressions() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        8 => (-9_i64..10).prop_map(Number),
        1 => Just(Failing),
        4 => (0_usize..3).prop_map(Shared),
        2 => (0_u8..5).prop_map(Doubled),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            3 => (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Add(a, b)),
            1 => (-2_i32..3, boxed.clone()).prop_map(|(priority, inner)| Urgent(priority, inner)),
            4 => (boxed.clone(), boxed.clone()).prop_map(|(a, b)| Made(a, b)),
            2 => proptest::collection::vec(inner, 0..4).prop_map(All),
            2 => (0_u8..4, boxed.clone()).prop_map(|(steps, added)| Loop(steps, added)),
            1 => boxed.prop_map(Large),
        ]
    })
}

/// Shared tasks, the later made of the earlier, and outputs.
fn graphs() -> impl Strategy<Value = (Vec<Expression>, Vec<Expression>)> {
    let some = |count| proptest::collection::vec(expressions(), count);
    (some(0..3), some(1..4))
}

fn common(shared: &[Expression], cancel_at: usize) -> Common {
    let mut common = Common { cancel_at, ..Common::default() };
    for expression in shared {
        let next = common.build(expression).shared();
        let mut all = common.shared.to_vec();
        all.push(next);
        common.shared = Arc::new(all);
    }
    common
}

fn executors() -> Vec<(&'static str, Executor)> {
    let limited =
        |threads| Executor::builder().threads(threads).memory_limit(25 * KIB).build().unwrap();
    let names = ["serial", "1 thread", "2 threads", "4 threads", "1, limited", "3, limited"];
    names.into_iter().zip(super::executors().into_iter().chain([limited(1), limited(3)])).collect()
}

fn check(got: Result<i64, Error>, expected: Option<i64>) -> Result<(), TestCaseError> {
    match (got, expected) {
        (Ok(got), Some(expected)) => prop_assert_eq!(got, expected),
        (Err(Error::Task(error)), None) => {
            let shown = format!("{error:#}");
            prop_assert!(shown.contains("it fails"), "{}", shown);
            prop_assert!(error.path().len() < 12);
        }
        (got, expected) => prop_assert!(false, "{:?} instead of {:?}", got, expected),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn every_output_has_what_the_model_gives_it((shared, outputs) in graphs()) {
        let mut known: Vec<Option<i64>> = Vec::new();
        for expression in &shared {
            known.push(model(expression, &known));
        }
        let expected: Vec<_> = outputs.iter().map(|output| model(output, &known)).collect();
        let mut counts = Vec::new();
        for (name, executor) in executors() {
            let checked = within_a_minute(name, || {
                let common = common(&shared, 0);
                let build = || outputs.iter().map(|output| common.build(output)).collect::<Vec<_>>();
                let results = executor.clone().keep_going().compute(build()).unwrap();
                for (got, expected) in results.into_iter().zip(&expected) {
                    check(got, *expected)?;
                }
                counts.push(common.ran.load(Ordering::SeqCst));
                let finished = executor.run(build());
                match finished {
                    Ok(finished) => {
                        let record = finished.record();
                        prop_assert!(record.tasks().all(|task| task.state() == TaskState::Done));
                        prop_assert!(expected.iter().all(Option::is_some));
                        let graph = record.graph();
                        prop_assert_eq!(graph.check(), Ok(()));
                        for task in record.tasks() {
                            prop_assert!(task.dependencies().all(|other| other < task.index()));
                        }
                    }
                    Err(error) => {
                        prop_assert!(expected.contains(&None));
                        check(Err(error), None)?;
                    }
                }
                Ok(())
            });
            checked?;
        }
        // Keeping going runs the same tasks everywhere.
        prop_assert!(counts.iter().all(|count| *count == counts[0]), "{:?}", counts);
    }

    #[test]
    fn runs_at_once_share_what_they_have_in_common((shared, outputs) in graphs()) {
        let mut known: Vec<Option<i64>> = Vec::new();
        for expression in &shared {
            known.push(model(expression, &known));
        }
        let expected: Vec<_> = outputs.iter().map(|output| model(output, &known)).collect();
        let executors = executors();
        let checked = within_a_minute("runs at once", || {
            let common = common(&shared, 0);
            let outputs: Vec<Shared<i64>> =
                outputs.iter().map(|output| common.build(output).shared()).collect();
            let (outputs, expected) = (&outputs, &expected);
            thread::scope(|scope| {
                let run = |(_, executor): &'_ (&str, Executor)| {
                    let executor = executor.clone();
                    let results = move || {
                        let executor = executor.keep_going();
                        let results = executor.compute(outputs.iter().collect::<Vec<_>>()).unwrap();
                        for (got, expected) in results.into_iter().zip(expected) {
                            check(got.map(|got| *got), *expected)?;
                        }
                        Ok::<(), TestCaseError>(())
                    };
                    scope.spawn(results)
                };
                let threads: Vec<_> = executors.iter().map(run).collect();
                threads.into_iter().try_for_each(|thread| thread.join().unwrap())
            })
        });
        checked?;
    }

    #[test]
    fn what_a_cancelled_run_leaves_off_another_run_ends(
        (shared, outputs) in graphs(),
        cancel_at in 1_usize..12,
    ) {
        let mut known: Vec<Option<i64>> = Vec::new();
        for expression in &shared {
            known.push(model(expression, &known));
        }
        let expected: Vec<_> = outputs.iter().map(|output| model(output, &known)).collect();
        for (name, executor) in executors() {
            let checked = within_a_minute(name, || {
                let common = common(&shared, cancel_at);
                let outputs: Vec<Shared<i64>> =
                    outputs.iter().map(|output| common.build(output).shared()).collect();
                let cancelled = executor.clone().with_cancel(&common.token);
                let result = cancelled.compute(outputs.iter().collect::<Vec<_>>());
                if let (Ok(_), false) = (&result, common.token.is_cancelled()) {
                    prop_assert!(expected.iter().all(Option::is_some));
                }
                let before = common.ran.load(Ordering::SeqCst);
                let results =
                    executor.clone().keep_going().compute(outputs.iter().collect::<Vec<_>>());
                for (got, expected) in results.unwrap().into_iter().zip(&expected) {
                    check(got.map(|got| *got), *expected)?;
                }
                let all = common.ran.load(Ordering::SeqCst);
                prop_assert!(before <= all);
                Ok(())
            });
            checked?;
        }
    }
}
