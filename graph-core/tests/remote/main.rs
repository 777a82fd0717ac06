//! Tasks that run in another process, played through in this one: what is sent is bytes and names
//! alone, and what comes back equals what a run here gives.

#![expect(unsafe_code, reason = "the tests play the executor's part")]

mod arguments;
mod failures;
mod refusals;
mod shapes;

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
