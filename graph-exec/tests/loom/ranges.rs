//! The sources of a run, taken from the common cursor, from the own range and from others'.

use loom::{sync::Arc, thread};

use crate::{model, scheduler::queue::work_stealing::WorkStealingQueue};

pub(crate) fn take_all(queue: &WorkStealingQueue) -> Vec<u32> {
    let worker = queue.local_queue().expect("there is a place for each");
    std::iter::from_fn(|| worker.next()).collect()
}

fn taken_by_two(sources: u32) -> Vec<u32> {
    let queue = Arc::new(WorkStealingQueue::new((0..sources).collect(), 2, false));
    let other = Arc::clone(&queue);
    let thread = thread::spawn(move || take_all(&other));
    let mut taken = take_all(&queue);
    taken.extend(thread.join().unwrap());
    taken.sort_unstable();
    taken
}

/// ```text
///  worker 1 │ cursor ─ own range …
///  worker 2 │ cursor ─ half of 1's range …       each source once, and none is lost
/// ```
#[test]
fn two_workers_take_each_source_once() {
    model(|| assert_eq!(taken_by_two(3), [0, 1, 2]));
}
