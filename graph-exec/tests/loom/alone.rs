//! A thread that begins a run by itself, and another that comes.

use loom::{sync::Arc, thread};

use crate::{
    join_counter::JoinCounter, model, ranges::take_all,
    scheduler::queue::work_stealing::WorkStealingQueue,
};

/// Takes what is ready as long as there is something; each task counts at `sum`, as inputs of a sum do. Returns the tasks
/// taken, and whether this thread made the sum ready.
fn begin(queue: &WorkStealingQueue, sum: &JoinCounter) -> (Vec<u32>, bool) {
    let mut makes_ready = false;
    let take = || queue.next_of_owner();
    let taken = std::iter::from_fn(take);
    let taken = taken.inspect(|_| makes_ready |= sum.decrement(|| queue.enter()));
    let taken = taken.collect();
    (taken, makes_ready)
}

/// ```text
///  owner  │ inside ─ source 0 ─ outside … inside ─ counts 0 ─ outside …
///  worker │ revokes ─ waits while inside ─ source 1 ─ counts 1            each once, and one makes the sum ready
/// ```
#[test]
fn whoever_comes_and_the_owner_take_and_count_each_source_once() {
    model(|| {
        let queue = Arc::new(WorkStealingQueue::new(vec![0, 1], 2, true));
        let sum = Arc::new(JoinCounter::new(2));
        let (others_queue, others_sum) = (Arc::clone(&queue), Arc::clone(&sum));
        let worker = thread::spawn(move || {
            let taken = take_all(&others_queue);
            let makes_ready = taken.iter().filter(|_| others_sum.decrement(|| None::<()>)).count();
            (taken, makes_ready)
        });
        let (mut taken, makes_ready) = begin(&queue, &sum);
        let (others, others_make_ready) = worker.join().unwrap();
        taken.extend(others);
        taken.sort_unstable();
        assert_eq!(taken, [0, 1]);
        assert_eq!(usize::from(makes_ready) + others_make_ready, 1);
    });
}

/// The tasks that the owner has kept to itself go on to whoever comes.
#[test]
fn no_task_that_the_owner_kept_is_lost_or_taken_twice() {
    model(|| {
        let queue = Arc::new(WorkStealingQueue::new(vec![], 2, true));
        [1, 2].into_iter().for_each(|task| queue.push_of_owner(task));
        let other = Arc::clone(&queue);
        let worker = thread::spawn(move || take_all(&other));
        let mut taken: Vec<u32> = queue.next_of_owner().into_iter().collect();
        queue.share();
        taken.extend(worker.join().unwrap());
        taken.extend(take_all(&queue));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}
