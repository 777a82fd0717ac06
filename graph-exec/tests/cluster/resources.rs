//! Tasks that need resources run where those are, and not more at once than there are.

use std::collections::BTreeMap;

use graph_exec::{
    Error,
    cluster::{Cluster, ClusterError},
    prelude::*,
};

use crate::{
    Test,
    fleet::Fleet,
    functions::*,
    results::connect,
    unable::{NO_ROOM, add_worker_with},
    watchdog::within_a_minute,
};

pub(crate) const TESTS: &[Test] = &[
    ("tasks_run_where_their_resource_is", tasks_run_where_their_resource_is),
    ("no_more_tasks_at_once_than_a_worker_has", no_more_tasks_at_once_than_a_worker_has),
    ("a_resource_that_no_worker_has", a_resource_that_no_worker_has),
    ("a_resource_of_a_worker_that_cannot_run_the_program", a_resource_of_one_that_cannot),
];

/// A worker without resources, and one with some.
fn two_workers() -> (Fleet, Cluster) {
    let mut fleet = Fleet::with_workers(1);
    let address = fleet.address.clone();
    let options = ["--nthreads", "4", "--resources", "gpu=1 disk=2"];
    fleet.add_worker_inside(&["env", "PLACE=gpu"], &address, &options);
    fleet.wait_for_workers(2);
    let cluster = connect(&fleet);
    (fleet, cluster)
}

/// Before and after each task with a resource there is one without, and one that it only comes after.
fn tasks_run_where_their_resource_is() {
    let (_fleet, cluster) = two_workers();
    let places = within_a_minute("resources", move || {
        let with = |n: i64| {
            let before = slow_inc(n, 20);
            let first = place(before, 50).resource("gpu", 1).shared();
            let second = place(n, 50).resource("disk", 2).resource("gpu", 1).after([&first]);
            let third = defer_length(&first);
            (first, second, third, place(n, 50))
        };
        cluster.compute((0..6).map(with).collect::<Vec<_>>()).unwrap()
    });
    for (first, second, third, _) in &places {
        assert_eq!((first.as_str(), second.as_str(), *third), ("gpu", "gpu", 3));
    }
    assert!(
        places.iter().any(|(.., place)| place.is_empty()),
        "the other worker had nothing to do"
    );
}

#[delayed(remote)]
fn defer_length(text: &str) -> i64 {
    text.len() as i64
}

/// The worker has four threads and one of the resource.
fn no_more_tasks_at_once_than_a_worker_has() {
    let (fleet, cluster) = two_workers();
    let file = fleet.folder().join("alone");
    within_a_minute("a resource for one", move || {
        let tasks: Vec<_> = (0..12).map(|_| uses_alone(file.clone(), 30)).collect();
        cluster.compute(tasks).unwrap();
    });
}

fn a_resource_that_no_worker_has() {
    let (mut fleet, cluster) = two_workers();
    let refused = |error: Error| match error {
        Error::Cluster(ClusterError::Resources(missing)) => *missing,
        other => panic!("{other}"),
    };
    let error = cluster.compute(inc(inc(1).named("big").resource("tpu", 1))).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("no worker has any") && text.contains("--resources \"tpu=1\""), "{text}");
    assert_eq!(refused(error).task, "inc (big)");
    // Each is there, but not in one worker.
    let large = inc(1).resource("gpu", 1).resource("disk", 3).shared();
    let missing = refused(within_a_minute("refused", {
        let (cluster, large) = (connect(&fleet), large.clone());
        move || cluster.compute(&large).unwrap_err()
    }));
    assert_eq!(missing.needed, [("gpu".to_owned(), 1), ("disk".to_owned(), 3)]);
    assert!(missing.built_at.file.ends_with("resources.rs"));
    let offers: Vec<_> = missing.workers.iter().map(|worker| worker.resources.clone()).collect();
    assert!(offers.iter().any(BTreeMap::is_empty), "{offers:?}");
    let has = |offer: &BTreeMap<String, f64>| offer.get("disk") == Some(&2.0);
    assert!(offers.iter().any(|offer| has(offer) && offer.len() == 2), "{offers:?}");
    // Nothing was sent, and it runs when there is such a worker.
    assert_eq!(fleet.ask("sum(not str(k).startswith('ask') for k in s.tasks)"), "0");
    fleet.add_worker(&["--resources", "gpu=1 disk=3"]);
    fleet.wait_for_workers(3);
    assert_eq!(*within_a_minute("there is one", move || cluster.compute(&large).unwrap()), 2);
}

/// The worker comes after the connection, so it gets tasks, and passes them on to those that have the resource too.
fn a_resource_of_one_that_cannot() {
    let mut fleet = Fleet::scheduler(&[], &[]);
    let good = fleet.add_worker(&["--no-nanny", "--resources", "gpu=1"]);
    fleet.wait_for_workers(1);
    let cluster = connect(&fleet);
    assert_eq!(cluster.compute(processes(0)).unwrap().1, good);
    add_worker_with(&mut fleet, NO_ROOM, &["--resources", "gpu=1 tpu=1"]);
    fleet.wait_for_workers(2);
    within_a_minute("two workers with the resource", || {
        let tasks = (0..8).map(|_| processes(50).resource("gpu", 1)).collect::<Vec<_>>();
        let ran = cluster.compute(tasks).unwrap();
        assert!(ran.iter().all(|&(_, worker)| worker == good), "{ran:?}");
    });
    within_a_minute("one worker with the resource", || {
        let error = cluster.compute(inc(1).resource("tpu", 1)).unwrap_err();
        let text = error.to_string();
        assert!(text.contains("cannot be written to"), "{text}");
    });
}
