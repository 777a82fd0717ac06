//! The same graphs on a real Dask cluster, and everything that may go wrong on the way.
//!
//! The test program is what the workers run, so it begins as every such program does; hence no
//! test harness of the compiler's.

mod faults;
mod fleet;
mod functions;
mod leftovers;
mod locality;
mod namespace;
mod overhead;
mod proxy;
mod records;
mod refusals;
mod results;
mod tls;

use libtest_mimic::{Arguments, Failed, Trial};

type Test = (&'static str, fn());

fn main() {
    graph_exec::cluster::init();
    leftovers::become_a_client_if_asked();
    let mut arguments = Arguments::from_args();
    // They start processes enough, and look at what others would disturb.
    arguments.test_threads = Some(1);
    let there = arguments.list || fleet::python().is_some();
    let tests = [
        results::TESTS,
        locality::TESTS,
        overhead::TESTS,
        records::TESTS,
        faults::TESTS,
        leftovers::TESTS,
        refusals::TESTS,
        tls::TESTS,
    ];
    let trials = tests.concat().into_iter().map(|(name, test)| {
        let run = move || -> Result<(), Failed> {
            test();
            Ok(())
        };
        Trial::test(name, run).with_ignored_flag(!there)
    });
    let conclusion = libtest_mimic::run(&arguments, trials.collect());
    results::stop_fleet();
    conclusion.exit();
}
