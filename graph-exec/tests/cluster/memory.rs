//! A client of a large run stays small: it keeps its graph once, and of the results only those that were asked
//! for.
//!
//! ```text
//! DELAYED_CLUSTER_TASKS=50000 cargo test -p graph-exec --features cluster --test cluster a_client_stays_small
//! ```

use std::{fs, process::Command};

use graph_exec::{MIB, cluster::Cluster};

use crate::{Test, fleet::execute, functions::*, leftovers, results::fleet};

pub(crate) const TESTS: &[Test] = &[("a_client_stays_small", a_client_stays_small)];

/// How many tasks the client's graph has; a few unless this variable asks for more.
const TASKS: &str = "DELAYED_CLUSTER_TASKS";
const FEW: i64 = 2_000;
/// Set for a copy of this program that is such a client.
const VARIABLE: &str = "CLUSTER_TEST_TASKS";

const MOST_BYTES: usize = 64 * MIB;

/// Runs a tree of as many tasks and prints how much memory this process has had at most.
pub(crate) fn run_many_tasks_if_asked(cluster: &Cluster) {
    let Some(tasks) = std::env::var(VARIABLE).ok().and_then(|tasks| tasks.parse::<i64>().ok())
    else {
        return;
    };
    // A tree has as many leaves as inner tasks, and one more.
    let leaves = (tasks + 1) / 2;
    let finished = cluster.run(tree(leaves)).unwrap();
    assert_eq!(*finished.value(), (1..=leaves).sum::<i64>());
    assert_eq!(finished.record().tasks().len() as i64, 2 * leaves - 1);
    println!("{}", most_bytes("self").unwrap());
    std::process::exit(0);
}

/// The most memory that a process has had in use; `None` where the system does not tell.
fn most_bytes(process: &str) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(most.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()? * 1024)
}

fn a_client_stays_small() {
    if most_bytes("self").is_none() {
        return;
    }
    let tasks = std::env::var(TASKS).map_or(FEW, |tasks| tasks.parse().unwrap());
    let mut client = Command::new(std::env::current_exe().unwrap());
    client.env(leftovers::VARIABLE, &fleet().address).env(VARIABLE, tasks.to_string());
    let said = execute(&mut client).unwrap();
    let most: usize = said.trim().parse().unwrap();
    eprintln!("the client of {tasks} tasks had up to {:.1} MiB", most as f64 / MIB as f64);
    assert!(most < MOST_BYTES, "{most} bytes with {tasks} tasks");
}
