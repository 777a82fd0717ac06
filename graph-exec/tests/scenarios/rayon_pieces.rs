//! A thread that waits in rayon takes up any piece of work of its pool, and the piece computes the very task that
//! waits beneath: told where that can be seen, as the guide says.

use std::{
    env,
    process::{self, Command},
    sync::{Arc, OnceLock},
    thread,
    time::Duration,
};

use graph_exec::{Error, prelude::*};

use crate::{gate::Gate, within_a_minute};

/// Set in the process that is to hang.
const HANGS: &str = "DELAYED_TEST_WAITS_UNSEEN";

/// Who has come how far.
#[derive(Default)]
struct Gates {
    /// Another thread has taken up what S has split off, so that S waits.
    waits: Gate,
    /// A piece of U was told that it would wait for ever.
    told: Gate,
}

/// Splits off a piece, and waits in rayon until another thread has done it.
fn split(gates: &Gates) {
    let other = || {
        gates.waits.open();
        gates.told.wait()
    };
    rayon::join(|| gates.waits.wait(), other);
}

/// A task of so many pieces, which are there as soon as S waits, and each of which computes S. What each was told.
fn computes_in_pieces(
    executor: &Executor,
    gates: &Arc<Gates>,
    s: &Shared<i32>,
    pieces: usize,
) -> Delayed<Vec<Result<i32, Error>>> {
    let (executor, gates, s) = (executor.clone(), Arc::clone(gates), s.clone());
    value(()).map(move |()| {
        gates.waits.wait();
        let results: Vec<OnceLock<_>> = (0..pieces).map(|_| OnceLock::new()).collect();
        rayon::scope(|scope| {
            for result in &results {
                scope.spawn(|_| {
                    let computed = executor.compute(&s).map(|n| *n);
                    if computed.is_err() {
                        gates.told.open();
                    }
                    result.set(computed).unwrap();
                });
            }
            // The thread leaves them all to others.
            gates.told.wait();
        });
        results.into_iter().map(|result| result.into_inner().unwrap()).collect()
    })
}

/// ```text
///  worker 1  │ S ── splits, waits in rayon ── takes up a piece of U ── computes S: it is beneath, and that is said
///  worker 2  │ U ── pieces that compute S ── does none itself
///  worker 3  │ what S has split off, until somebody is told
///  others    │ take up pieces of U, and wait for S
/// ```
#[test]
fn a_piece_that_computes_the_task_beneath_it_is_told_so() {
    for threads in [3, 4, 8] {
        let results = within_a_minute(|| {
            let executor = Executor::builder().threads(threads).build().unwrap();
            let gates = Arc::new(Gates::default());
            let of_s = Arc::clone(&gates);
            let s = value(7)
                .map(move |n| {
                    split(&of_s);
                    n
                })
                .named("splits")
                .shared();
            let u = computes_in_pieces(&executor, &gates, &s, threads);
            // Both on threads of the pool: a thread that waits for one would run it.
            let (s, u) = (executor.spawn(s), executor.spawn(u));
            assert_eq!(*pollster::block_on(s).unwrap(), 7);
            pollster::block_on(u).unwrap()
        });
        let errors: Vec<_> = results.iter().filter_map(|result| result.as_ref().err()).collect();
        assert!(!errors.is_empty(), "on {threads} threads, nobody was told: {results:?}");
        for error in errors {
            let Error::WouldDeadlock { task, .. } = error else { panic!("{error}") };
            assert!(task.contains("splits"), "{task}");
        }
        assert!(results.iter().flatten().all(|&n| n == 7), "{results:?}");
    }
}

/// ```text
///  worker 1 │ S ── rayon::join: here it computes U ─┐
///  worker 2 │ U ── rayon::join: here it computes S ─┴ one of them is told; both end
/// ```
#[test]
fn two_tasks_whose_pieces_compute_each_other_are_told_so() {
    for threads in [2, 3, 4, 8] {
        let results = within_a_minute(|| {
            type Later = Arc<OnceLock<Shared<Option<String>>>>;
            let executor = Executor::builder().threads(threads).build().unwrap();
            let both: [Later; 2] = Default::default();
            let begun: Arc<[Gate; 2]> = Arc::default();
            let task = |own: usize| {
                let (other, begun) = (Arc::clone(&both[1 - own]), Arc::clone(&begun));
                let executor = executor.clone();
                let compute = move |_| {
                    begun[own].open();
                    begun[1 - own].wait();
                    let compute = || executor.compute(other.get().unwrap());
                    rayon::join(compute, || ()).0.err().map(|error| error.to_string())
                };
                value(own).map(compute).shared()
            };
            let tasks = [task(0), task(1)];
            tasks.iter().zip(&both).for_each(|(task, later)| later.set(task.clone()).unwrap());
            let spawned = tasks.map(|task| executor.spawn(task));
            spawned.map(|spawned| pollster::block_on(spawned).unwrap())
        });
        let told: Vec<_> = results.iter().filter_map(|told| told.as_ref().as_ref()).collect();
        assert_eq!(told.len(), 1, "{results:?}");
        assert!(told[0].contains("would wait for ever"), "{told:?}");
    }
}

/// What cannot be seen. When this fails, somebody has found a way: then the guide (`guide/running.rs`) says too much.
///
/// ```text
///  worker 1 │ S ── splits, waits in rayon ──────────────────── takes up what the piece has split off
///  worker 2 │ U ── a piece that computes S ── does not do it itself
///  worker 3 │ the piece of S ── splits, waits in rayon ── takes up the piece of U: waits for S, of which it holds a piece
/// ```
#[test]
fn a_piece_that_computes_the_task_whose_piece_is_beneath_it_waits_for_ever() {
    if env::var_os(HANGS).is_some() {
        hang();
    }
    let test = thread::current();
    let output = within_a_minute(|| {
        Command::new(env::current_exe().unwrap())
            .args(["--exact", test.name().unwrap(), "--nocapture"])
            .env(HANGS, "1")
            .output()
            .unwrap()
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("waits still") && !said.contains("has ended"), "{said}");
}

/// Ends the process, some seconds after the two have begun to wait for each other.
fn hang() -> ! {
    let executor = Executor::builder().threads(3).build().unwrap();
    let gates = Arc::new(Gates::default());
    let of_s = Arc::clone(&gates);
    let piece_begun = Arc::new(Gate::default());
    let s = value(7)
        .map(move |n| {
            let other = || {
                piece_begun.open();
                split(&of_s);
            };
            rayon::join(|| piece_begun.wait(), other);
            n
        })
        .shared();
    let u = computes_in_pieces(&executor, &gates, &s, 1);
    let (s, u) = (executor.spawn(s), executor.spawn(u));
    gates.waits.wait();
    thread::sleep(Duration::from_secs(3));
    if s.is_finished() || u.is_finished() {
        eprintln!("has ended");
    } else {
        eprintln!("waits still");
    }
    process::exit(0);
}
