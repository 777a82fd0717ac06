//! Tasks that wait for each other's resources, and so for ever.
//!
//! ```text
//!   task T ── holds 1 of 2, waits for ──► run R ── its task needs 1 ──┐
//!   task U ── holds 1 of 2, waits for ──► run S ── its task needs 1 ──┴──► nothing is free
//! ```
//!
//! A running task gives back what it holds when it ends, unless it waits for a run of which a task is parked.
//! So all can go on when they can be put in an order in which each finds enough free: a parked task starts
//! and ends, and a task that holds something ends when nothing that it waits for is parked. What is left over
//! waits for ever. (Coffman, Elphick, Shoshani, "System deadlocks", 1971.)

use std::collections::{HashMap, HashSet};

use super::{state::State, waiting::Waiting};
use crate::run::subscription;

/// (run, task) of the parked tasks that wait for ever.
pub(super) fn stuck(state: &State) -> HashSet<(u64, u32)> {
    let mut free = state.free();
    // Run → the tasks that wait for it.
    let mut waiting_for: HashMap<u64, Vec<u64>> = HashMap::new();
    // Those that are told already, or whose run is cancelled, keep nobody waiting.
    let goes_on = |waiting: &&Waiting| !waiting.doomed && !waiting.nesting.is_cancelled();
    let mut parked: Vec<&Waiting> = state.waiting.values().filter(goes_on).collect();
    for waiting in &parked {
        let nesting = &waiting.nesting;
        waiting_for.entry(nesting.id()).or_insert_with(|| subscription::waiting_for(nesting));
    }
    let mut holders: Vec<_> = state.holders.values().collect();
    loop {
        let before = (parked.len(), holders.len());
        // It ends in time, and gives back what it takes.
        parked
            .retain(|waiting| waiting.request.iter().any(|need| free[need.resource] < need.amount));
        let awaited: HashSet<u64> = parked
            .iter()
            .flat_map(|waiting| &waiting_for[&waiting.nesting.id()])
            .copied()
            .collect();
        holders.retain(|holder| {
            let waits = awaited.contains(&holder.number);
            if !waits {
                holder.request.iter().for_each(|need| free[need.resource] += need.amount);
            }
            waits
        });
        if before == (parked.len(), holders.len()) {
            return parked.into_iter().map(Waiting::task_of_run).collect();
        }
    }
}
