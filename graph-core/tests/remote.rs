//! Tasks that run in another process, played through in this one: what is sent is bytes and names
//! alone, and what comes back equals what a run here gives.

#![expect(unsafe_code, reason = "the tests play the executor's part")]

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use graph_core::{
    __run::{Claimed, Ended, Execution, Fault, Piece, Plan, Refused, invoke},
    Cause, Delayed, Handle, Outputs, Shared, defer, delayed, iterate, value,
};
use serde::{Deserialize, Serialize};

/// Runs what `outputs` need as another process would, by name and bytes.
fn run_remotely<H: Outputs>(outputs: H) -> Result<H::Values, Refused> {
    let plan = Plan::new(&outputs).expect("the graph is sound");
    let mut encoded: Vec<Vec<u8>> = vec![Vec::new(); plan.len()];
    let mut ended = vec![false; plan.len()];
    for index in 0..plan.len() as u32 {
        // SAFETY: `outputs` lives until the end, and each task is claimed once.
        match unsafe { plan.claim_to_submit(index) } {
            Claimed::Now => {}
            Claimed::Before(Ended::Done) => ended[index as usize] = true,
            other => panic!("{other:?}"),
        }
    }
    let outcome = (0..plan.len() as u32).rev().try_for_each(|index| {
        encoded[index as usize] = if ended[index as usize] {
            // SAFETY: it has ended `Done`, and what takes its result is claimed.
            unsafe { plan.encoded_result(index) }?
        } else {
            // SAFETY: claimed above.
            let call = unsafe { plan.remote_call(index) }?;
            let mut dependencies = plan.dependencies().neighbours(index).iter();
            let mut arguments = Vec::new();
            for piece in call.arguments {
                match piece {
                    Piece::Bytes(bytes) => arguments.extend(bytes),
                    Piece::Result => {
                        let dependency = *dependencies.next().expect("a hole for each");
                        arguments.extend(&encoded[dependency as usize]);
                    }
                }
            }
            assert!(dependencies.next().is_none(), "a hole for each");
            match call.function {
                Some(name) => invoke(name, &arguments).expect("the function succeeds"),
                None => arguments,
            }
        };
        Ok::<(), Refused>(())
    });
    let outcome = outcome.and_then(|()| {
        let mut outputs = plan.outputs().iter();
        // SAFETY: an output's handle holds it.
        outputs.try_for_each(|&output| unsafe { plan.check_return(output) })
    });
    let is_output = |index: &u32| outcome.is_ok() && plan.outputs().contains(index);
    let claimed = || (0..plan.len() as u32).filter(|&index| !ended[index as usize]);
    // A task that ends lets go of its dependencies, so these are given back first.
    for index in claimed().filter(|index| !is_output(index)) {
        // SAFETY: claimed above, and nothing has ended yet.
        unsafe { plan.give_back(index) };
    }
    for index in claimed().filter(is_output) {
        // SAFETY: claimed above; an output's handle holds it.
        let ran = unsafe { plan.settle(index, Ok(&encoded[index as usize])) };
        assert_eq!(ran.ended, Ended::Done);
    }
    drop(plan);
    outcome.map(|()| outputs.values())
}

/// Runs what `outputs` need in this process, one task after another.
fn run_here<H: Outputs>(outputs: H) -> H::Values {
    let plan = Plan::new(&outputs).expect("the graph is sound");
    for index in (0..plan.len() as u32).rev() {
        // SAFETY: dependencies have higher indices, and `outputs` lives.
        if unsafe { plan.claim(index) } == Claimed::Now {
            // SAFETY: claimed just now.
            let ran = unsafe { plan.run(index, &mut Execution::new(&|| true)) };
            let ran = ran.expect("it makes no tasks");
            assert_eq!(ran.ended, Ended::Done);
        }
    }
    drop(plan);
    outputs.values()
}

/// Builds the same graph twice and runs it both ways. Returns the one result.
fn same<H: Outputs>(build: impl Fn() -> H) -> H::Values
where
    H::Values: PartialEq + std::fmt::Debug,
{
    let here = run_here(build());
    assert_eq!(run_remotely(build()).expect("it travels"), here);
    here
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Table {
    name: String,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

#[delayed(remote)]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[delayed(remote)]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

#[delayed(remote)]
fn joined(parts: Vec<String>, between: &str) -> String {
    parts.join(between)
}

#[delayed(remote)]
fn table(name: String, size: usize) -> Table {
    Table { name, bytes: vec![7; size] }
}

#[delayed(remote)]
fn measure(table: &Table, weight: Option<f64>) -> f64 {
    table.bytes.len() as f64 * weight.unwrap_or(1.0)
}

#[delayed(remote)]
fn names(tables: &[Arc<Table>], first: [i64; 2]) -> (String, i64) {
    (tables.iter().map(|table| table.name.as_str()).collect(), first[0] - first[1])
}

#[delayed(remote)]
fn extremes(rows: Vec<i64>) -> [i64; 3] {
    [rows.iter().copied().min().unwrap(), 0, rows.iter().copied().max().unwrap()]
}

#[delayed(remote)]
fn depth(path: &Path) -> usize {
    path.components().count()
}

#[delayed(remote)]
fn sum_of_map(map: HashMap<String, i64>, more: &BTreeMap<u32, i64>) -> i64 {
    map.values().sum::<i64>() + more.values().sum::<i64>()
}

#[delayed(remote)]
fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[delayed(remote, at_most = 1)]
fn one_at_a_time(x: i64) -> i64 {
    x
}

#[delayed]
fn local(x: i64) -> i64 {
    x
}

#[test]
fn every_way_to_pass_an_argument_arrives() {
    assert_eq!(same(|| add(add(1, 2), value(4))), 7);
    assert_eq!(same(|| total(vec![add(1, 2), add(3, 4)])), 10);
    assert_eq!(same(|| total([add(1, 2), add(3, 4)])), 10);
    assert_eq!(same(|| total([1, 2, 3])), 6);
    assert_eq!(same(|| total(vec![1, 2, 3])), 6);
    assert_eq!(same(|| total(extremes(vec![3, -1, 9]))), 8);
    assert_eq!(same(|| total(extremes(vec![3, -1, 9]).shared())), 8);
    assert_eq!(same(|| joined(vec![value("a".to_owned()), value("b".into())], "-")), "a-b");
    assert_eq!(same(|| joined(vec!["a".to_owned()], value("+"))), "a");
    assert_eq!(same(|| measure(table("t", 300), Some(0.5))), 150.0);
    assert_eq!(
        same(|| measure(Arc::new(Table { name: "".into(), bytes: vec![1] }), None::<f64>)),
        1.0
    );
    assert_eq!(same(|| measure(table("t", 3), Some(value(2.0)))), 6.0);
    assert_eq!(same(|| names(vec![table("t", 1).shared()], [value(5), value(2)])), ("t".into(), 3));
    assert_eq!(same(|| depth("a/b")), 2);
    assert_eq!(same(|| depth(value("a/b/c"))), 3);
    assert_eq!(same(|| depth(value(PathBuf::from("a")))), 1);
    let map = || HashMap::from([("a".to_owned(), value(1)), ("b".to_owned(), add(1, 1))]);
    assert_eq!(same(|| sum_of_map(map(), BTreeMap::from([(3, add(4, 5))]))), 12);
    assert_eq!(same(|| parse("42")), 42);
}

#[test]
fn shared_handles_in_containers_travel_as_their_results() {
    let one = || add(1, 1).shared();
    assert_eq!(same(|| total(vec![one(), one()])), 4);
    assert_eq!(same(|| total(vec![&one()])), 2);
    assert_eq!(same(|| total([one(), one()])), 4);
    assert_eq!(same(|| total(Box::<[_]>::from([one(), one()]))), 4);
    let list = || {
        let list = vec![one(), one()];
        (total(&list), total(&list))
    };
    assert_eq!(same(list), (4, 4));
    assert_eq!(same(|| total(&[one(), one()][1..])), 2);
    let map = || HashMap::from([("a".to_owned(), one())]);
    assert_eq!(same(|| sum_of_map(map(), BTreeMap::from([(3, &one())]))), 4);
    assert_eq!(same(|| measure(table("t", 3), Some(&value(2.0).shared()))), 6.0);
    let tables = || vec![table("t", 1).shared(), table("u", 1).shared()];
    assert_eq!(same(|| names(&tables()[..], [5, 2])), ("tu".into(), 3));
    assert_eq!(same(|| names(&tables()[1..], [5, 2])), ("u".into(), 3));
    assert_eq!(same(|| names(Box::<[_]>::from([&tables()[0]]), [5, 2])), ("t".into(), 3));
}

#[test]
fn operators_values_and_parts_travel() {
    assert_eq!(same(|| -(value(2.5) * 2.0 - 1.0)), -4.0);
    assert_eq!(same(|| !(value(0b1100_u8) & 0b0110) << 1_u8), 0b1111_0110);
    assert_eq!(same(|| 1 + add(1, 2)), 4);
    assert_eq!(same(|| value(vec![1_u64, 2])), [1, 2]);
    assert_eq!(
        same(|| {
            let (name, difference) = names(vec![table("x", 0).shared()], [9, 2]).unzip();
            (difference * 2, joined(vec![name], ""))
        }),
        (14, "x".to_owned())
    );
    assert_eq!(
        same(|| {
            let [low, _, high] = extremes(vec![400, -3, 70_000]).unzip();
            high - low
        }),
        70_003
    );
}

#[test]
fn a_shared_result_that_is_there_goes_as_a_value_and_one_that_comes_stays() {
    let there = table("there", 5).shared();
    run_here(&there);
    assert_eq!(run_remotely(measure(&there, None::<f64>)), Ok(5.0));

    let comes: Shared<i64> = add(20, 22).shared();
    assert_eq!(*run_remotely(&comes).unwrap(), 42);
    let again = Plan::new(&comes).unwrap();
    // SAFETY: the handle lives.
    assert!(unsafe { again.output_is_done(0) });
}

#[test]
fn what_cannot_travel_is_refused_with_a_way_out() {
    #[derive(Clone)]
    struct Opaque;
    let refusal = |outcome: Result<i64, Refused>| outcome.unwrap_err().to_string();
    let closure = refusal(run_remotely(value(1).map(|n| n)));
    assert!(closure.contains("closure") && closure.contains("`#[delayed(remote)]`"), "{closure}");
    let growing = refusal(run_remotely(iterate(1, value, |_| true)));
    assert!(
        growing.contains("makes tasks") && growing.contains("`#[delayed(remote)]`"),
        "{growing}"
    );
    let deferred = refusal(run_remotely(defer!(i64::max(1_i64, 2))));
    assert!(deferred.contains("`defer!`"), "{deferred}");
    let nothing = refusal(run_remotely(add(1, 2).resource("gpu", 0)));
    assert!(nothing.contains("0 of the resource `gpu`"), "{nothing}");
    let limited = refusal(run_remotely(one_at_a_time(1)));
    assert!(limited.contains("`at_most = 1`"), "{limited}");
    let unregistered = refusal(run_remotely(local(1)));
    assert!(unregistered.contains("write `#[delayed(remote)]` above it"), "{unregistered}");
    let opaque = run_remotely(value(Opaque)).err().unwrap().to_string();
    assert!(opaque.contains("Opaque"), "{opaque}");
    let text = run_remotely(value("text")).unwrap_err().to_string();
    assert!(text.contains("&str"), "{text}");
    let (_, part) = value((1_i64, Opaque)).unzip();
    let part = run_remotely(part).err().unwrap().to_string();
    assert!(part.contains("Opaque"), "{part}");
}

#[test]
fn an_owner_of_ones_own_is_lent_as_what_the_function_borrows_or_refused() {
    use graph_core::{IntoRef, Lend, input::Constant};

    #[derive(Clone, Serialize, Deserialize)]
    struct Pair(i64, i64);
    impl Lend<[i64]> for Pair {
        fn lend(&self) -> &[i64] {
            std::slice::from_ref(&self.1)
        }
    }
    impl IntoRef<[i64]> for Pair {
        type Input = Constant<Pair>;
        fn into_ref(self) -> Constant<Pair> {
            Constant(self)
        }
    }
    struct Later(Delayed<Pair>);
    impl IntoRef<[i64]> for Later {
        type Input = Delayed<Pair>;
        fn into_ref(self) -> Delayed<Pair> {
            self.0
        }
    }
    #[delayed(remote)]
    fn pair(x: i64) -> Pair {
        Pair(x, x + 1)
    }
    assert_eq!(same(|| total(Pair(3, 4))), 4);
    let refused = run_remotely(total(Later(pair(1)))).unwrap_err();
    assert!(refused.to_string().contains("Pair"), "{refused}");
}

#[test]
fn an_error_comes_with_its_causes_and_wrong_bytes_are_no_panic() {
    let name = "remote::parse";
    let error = invoke(name, &[1, b'x']).unwrap_err();
    assert_eq!(error, Fault::Returned("invalid digit found in string".into()));
    assert!(matches!(invoke(name, &[200]), Err(Fault::Codec { .. })));
    assert_eq!(invoke(name, &[1, b'7', 0, 0]), Err(Fault::LeftOver { bytes: 2 }));
    assert!(invoke("remote::gone", &[]).unwrap_err().to_string().contains("remote::gone"));
    assert!(invoke("graph_core::part", &[1, b'x', 1, b'x', 1, 0]).is_err());
}

#[test]
fn bytes_behind_a_result_are_no_result() {
    for (bytes, fits) in [(&[6][..], true), (&[6, 0], false), (&[6; 100], false), (&[], false)] {
        let sum = add(1, 2).shared();
        let plan = Plan::new(&sum).unwrap();
        // SAFETY: the handle lives; claimed, then settled once.
        let ran = unsafe {
            assert_eq!(plan.claim_to_submit(0), Claimed::Now);
            plan.settle(0, Ok(bytes))
        };
        assert_eq!(ran.ended == Ended::Done, fits, "{bytes:?}");
        assert_eq!(sum.failure().is_none(), fits, "{bytes:?}");
    }
}

#[test]
fn a_task_that_failed_remotely_has_failed_here() {
    let sum = add(1, 2).shared();
    let plan = Plan::new(&sum).unwrap();
    // SAFETY: the handle lives; claimed, then settled once.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        let ran = plan.settle(0, Err(Cause::error("no room")));
        assert_eq!(ran.ended, Ended::Failed);
    }
    assert!(sum.failure().unwrap().to_string().contains("no room"));
}

#[test]
fn a_resettable_task_that_failed_remotely_runs_again() {
    #[delayed(remote, resettable)]
    fn double(x: i64) -> i64 {
        2 * x
    }
    let inner = add(1, 2);
    let outer = double(inner).shared();
    let plan = Plan::new(&outer).unwrap();
    // SAFETY: the handle lives; both are claimed, one is given back, then the other is settled once.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        assert_eq!(plan.claim_to_submit(1), Claimed::Now);
        plan.give_back(1);
        assert_eq!(plan.settle(0, Err(Cause::error("no room"))).ended, Ended::Failed);
    }
    drop(plan);
    assert!(outer.failure().is_some());
    assert_eq!(outer.reset().unwrap(), 1);
    assert!(outer.failure().is_none());
    assert_eq!(*run_remotely(&outer).unwrap(), 6);
    // Others keep nothing, also when they may be tried often.
    #[delayed(remote, retries = 3)]
    fn often(x: i64) -> i64 {
        x
    }
    let often = often(1).retries(2).shared();
    let plan = Plan::new(&often).unwrap();
    // SAFETY: as above.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        plan.settle(0, Err(Cause::error("no room")));
    }
    assert!(often.reset().is_err());
}

#[test]
fn a_task_that_waits_between_attempts_or_judges_errors_stays_here() {
    fn any(_: &String) -> bool {
        true
    }
    #[delayed(remote, retries = 3, backoff = "1s..2s")]
    fn waits(x: i64) -> i64 {
        x
    }
    #[delayed(remote, retries = 3, retry_if = any)]
    fn judges(x: i64) -> Result<i64, String> {
        Ok(x)
    }
    #[delayed(remote, retries = 3, timeout = "2s")]
    fn limited(x: i64) -> i64 {
        x
    }
    let refused = |handle: &dyn Fn() -> Delayed<i64>| {
        let handle = handle();
        let plan = Plan::new(&handle).unwrap();
        // SAFETY: the handle exists, and the task is claimed once and given back.
        unsafe {
            assert_eq!(plan.claim_to_submit(0), Claimed::Now);
            let call = plan.remote_call(0);
            plan.give_back(0);
            call
        }
    };
    assert_eq!(refused(&|| waits(1)), Err(Refused::Backoff));
    assert_eq!(refused(&|| judges(1)), Err(Refused::RetryIf));
    let attempts = refused(&|| limited(1)).unwrap().attempts;
    assert_eq!((attempts.retries, attempts.timeout), (Some(3), Some(Duration::from_secs(2))));
    let quick = refused(&|| limited(1).timeout(Duration::from_secs(1)).retries(1));
    let attempts = quick.unwrap().attempts;
    assert_eq!((attempts.retries, attempts.timeout), (Some(1), Some(Duration::from_secs(1))));
}

#[test]
fn a_description_has_retries_and_resources_and_leaves_the_task_as_it_was() {
    #[delayed(remote, retries = 3)]
    fn careful(x: i64) -> i64 {
        x
    }
    let careful = careful(5).resource("gpu", 2);
    let plan = Plan::new(&careful).unwrap();
    // SAFETY: the handle lives; claimed, then given back.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        let call = plan.remote_call(0).unwrap();
        assert_eq!((call.attempts.retries, &call.resources), (Some(3), &vec![("gpu".into(), 2)]));
        assert!(!plan.give_back(0));
    }
    drop(plan);
    assert_eq!(run_here(careful), 5);
}

mod shapes {
    //! Handles inside arguments: what is sent has the encoding of the whole.

    use graph_core::{Handles, gather};

    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    enum Key {
        Low,
        High,
    }

    #[delayed(remote)]
    fn keyed(rows: Vec<(Key, Vec<i64>)>, bounds: &(i64, Option<Box<[i64]>>)) -> String {
        format!("{rows:?} {bounds:?}")
    }

    #[delayed(remote)]
    fn mapped(rows: BTreeMap<Key, (i64, String)>) -> (i64, String, Vec<i64>) {
        let (numbers, texts): (Vec<i64>, Vec<String>) = rows.into_values().unzip();
        (numbers.iter().sum(), texts.concat(), numbers)
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Handles)]
    struct Config {
        rate: f64,
        rows: Vec<(Key, i64)>,
        name: String,
    }

    #[delayed(remote)]
    fn configured(config: &Config) -> Config {
        config.clone()
    }

    #[test]
    fn tuples_and_nested_containers_travel() {
        let n = |n: i64| value(n) + 0;
        same(|| {
            let shared = n(4).shared();
            vec![
                keyed(
                    vec![(Key::Low, vec![n(1), n(2)]), (Key::High, vec![])],
                    (n(3), Some(value(Box::from([1])))),
                ),
                keyed(vec![(Key::Low, vec![1]), (Key::High, vec![2])], (1, None::<Box<[i64]>>)),
                keyed(
                    vec![(Key::High, vec![&shared])],
                    (&shared, Some(Box::<[_]>::from([&shared]))),
                ),
            ]
        });
        same(|| mapped(BTreeMap::from([(Key::Low, (n(1), "a")), (Key::High, (n(2), "b"))])));
    }

    #[test]
    fn structs_of_handles_travel() {
        let n = |n: i64| value(n) + 0;
        same(|| {
            configured(ConfigHandles { rate: value(0.5), rows: vec![(Key::High, n(1))], name: "x" })
        });
        same(|| configured(ConfigHandles { rate: 0.5, rows: vec![(Key::High, 1)], name: "x" }));
    }

    #[test]
    fn what_is_gathered_split_and_summed_travels() {
        let n = |n: i64| value(n) + 0;
        same(|| keyed(gather(vec![(value(Key::Low), vec![n(1)])]), (1, None::<Box<[i64]>>)));
        same(|| keyed(vec![value(Key::Low).zip(vec![n(2)])], (1, None::<Box<[i64]>>)));
        same(|| {
            let (sum, text, numbers) = mapped(BTreeMap::from([(Key::Low, (n(1), "a"))])).unzip();
            (sum, text, numbers)
        });
        same(|| {
            let whole = mapped(BTreeMap::from([(Key::Low, (n(1), "a"))])).shared();
            let (sum, _, numbers) = whole.unzip();
            (sum, numbers)
        });
        same(|| (0..5).map(n).sum::<Delayed<i64>>());
        same(|| (1..5).map(n).product::<Delayed<i64>>());
        same(|| {
            let mut total = n(1);
            total += n(2);
            total -= 1;
            total
        });
    }
}
