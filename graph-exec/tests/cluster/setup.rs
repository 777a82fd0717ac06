//! What a client sends along is there before the first task of a child.

use std::{env, sync::OnceLock};

use graph_exec::{
    cluster::{Cluster, ClusterBuilder, SetupContext},
    prelude::*,
};

use crate::{
    Test,
    fleet::{self, Fleet},
    watchdog::within_a_minute,
};

pub(crate) const TESTS: &[Test] = &[
    ("a_child_is_set_up_before_its_first_task", a_child_is_set_up),
    ("a_setup_that_panics_is_the_error", a_setup_that_panics_is_the_error),
];

/// A static that only the setup sets.
static TOLD: OnceLock<String> = OnceLock::new();

/// What this program sets up in its children.
pub(crate) fn prepare(context: &SetupContext) {
    let told = context.value().unwrap_or_else(|error| error.to_string());
    assert_ne!(told, "panic", "told to");
    TOLD.set(told).expect("it is called once");
}

/// What a task finds: what the setup was told, the arguments, and the home folder.
#[delayed(remote)]
fn finds() -> (Option<String>, Vec<String>, Option<String>) {
    (TOLD.get().cloned(), env::args().skip(1).collect(), env::var("HOME").ok())
}

fn builder(fleet: &Fleet) -> ClusterBuilder {
    Cluster::builder(&fleet.address).python(fleet::python().unwrap())
}

fn a_child_is_set_up() {
    let home = env::var("HOME").expect("the test has a home folder");
    let mut fleet = Fleet::scheduler(&[], &[("HOME", "/elsewhere")]);
    fleet.add_worker(&[]);
    fleet.wait_for_workers(1);
    within_a_minute("a setup", || {
        let text = |text: &str| Some(text.to_owned());
        let sends = builder(&fleet).arguments(["--factor", "70"]).environment(["HOME"]);
        let sends = sends.send("a value").connect().unwrap();
        let found = (text("a value"), vec!["--factor".into(), "70".into()], Some(home));
        assert_eq!(sends.compute(finds()).unwrap(), found);
        // Another client on the same worker has other children; by default they get its arguments.
        let plain = builder(&fleet).connect().unwrap();
        let (told, arguments, home) = plain.compute(finds()).unwrap();
        assert!(told.unwrap().contains("the client sends no value"));
        assert_eq!(arguments, env::args().skip(1).collect::<Vec<_>>());
        assert_eq!(home, text("/elsewhere"));
        assert_eq!(sends.compute(finds()).unwrap(), found);
        // A worker that comes later is told too.
        fleet.add_worker(&[]);
        fleet.wait_for_workers(2);
        let many = sends.compute((0..8).map(|_| finds_slowly(100)).collect::<Vec<_>>()).unwrap();
        assert!(many.iter().all(|(_, told)| *told == text("a value")), "{many:?}");
        let workers = many.iter().map(|(worker, _)| worker);
        assert_eq!(workers.collect::<std::collections::HashSet<_>>().len(), 2, "{many:?}");
    });
}

/// The process of the worker, and what the setup was told.
#[delayed(remote)]
fn finds_slowly(milliseconds: u64) -> (u32, Option<String>) {
    std::thread::sleep(std::time::Duration::from_millis(milliseconds));
    (std::os::unix::process::parent_id(), TOLD.get().cloned())
}

fn a_setup_that_panics_is_the_error() {
    let fleet = crate::results::fleet();
    within_a_minute("a setup that panics", || {
        let cluster = builder(fleet).send("panic").connect().unwrap();
        let error = format!("{:#}", cluster.compute(finds()).unwrap_err());
        for part in ["`finds`", "`cluster::setup` failed", "told to", "setup.rs"] {
            assert!(error.contains(part), "{part}: {error}");
        }
        // Other clients are not concerned.
        let other = builder(fleet).connect().unwrap();
        assert!(other.compute(finds()).unwrap().0.is_some());
    });
}
