//! Graphs on a real Dask cluster, and everything that may go wrong with them.
//!
//! The workers run the test program itself, so its `main` begins with `setup`, and the compiler's test
//! harness cannot be used.

mod abandoned;
mod deadlines;
mod faults;
mod fleet;
mod functions;
mod leftovers;
mod locality;
mod memory;
mod namespace;
mod overhead;
mod proxy;
mod records;
mod refusals;
mod resources;
mod results;
mod setup;
mod tls;
mod unable;
#[path = "../watchdog/mod.rs"]
mod watchdog;

use libtest_mimic::{Arguments, Failed, Trial};

type Test = (&'static str, fn());

const TESTS_AT_ONCE: usize = 4;

fn main() {
    graph_exec::cluster::setup(setup::prepare);
    leftovers::become_a_client_if_asked();
    let mut arguments = Arguments::from_args();
    // Most of the time they wait for processes that start and for time limits that pass. Those that share workers
    // wait for each other too.
    arguments.test_threads.get_or_insert(TESTS_AT_ONCE);
    let there = arguments.list || fleet::python().is_some();
    let tests = [
        results::TESTS,
        locality::TESTS,
        overhead::TESTS,
        records::TESTS,
        memory::TESTS,
        faults::TESTS,
        leftovers::TESTS,
        refusals::TESTS,
        resources::TESTS,
        tls::TESTS,
        setup::TESTS,
        abandoned::TESTS,
        deadlines::TESTS,
        unable::TESTS,
    ];
    // One of each file in turn, so that those which share workers and those which have their own run side by side.
    let rounds = 0..tests.iter().map(|tests| tests.len()).max().unwrap_or(0);
    let in_turn = rounds.flat_map(|round| tests.iter().filter_map(move |tests| tests.get(round)));
    let trials = in_turn.map(|&(name, test)| {
        let run = move || -> Result<(), Failed> {
            let _turn = results::EndOfTurn;
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!there)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    results::stop_fleet();
    conclusion.exit();
}
