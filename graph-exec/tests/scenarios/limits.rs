//! Memory limits: what is admitted, what waits, and what is let through all the same.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use graph_exec::{Error, MemoryRecord, prelude::*};

use crate::within_a_minute;

/// A block that counts its bytes while it lives.
struct Block {
    bytes: usize,
    live: Arc<Live>,
}

#[derive(Default)]
struct Live {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Block {
    fn new(bytes: usize, live: &Arc<Live>) -> Self {
        let now = live.now.fetch_add(bytes, Ordering::SeqCst) + bytes;
        live.most.fetch_max(now, Ordering::SeqCst);
        Block { bytes, live: Arc::clone(live) }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.live.now.fetch_sub(self.bytes, Ordering::SeqCst);
    }
}

fn size_of_load(bytes: &usize, _: &Arc<Live>) -> usize {
    *bytes
}

#[delayed(bytes = size_of_load)]
fn load(bytes: usize, live: Arc<Live>) -> Block {
    Block::new(bytes, &live)
}

fn size_of_transform(block: &Block) -> usize {
    block.bytes
}

#[delayed(bytes = size_of_transform)]
fn transform(block: Block) -> Block {
    Block::new(block.bytes, &block.live)
}

fn size_of_sum(_: &Block) -> usize {
    size_of::<usize>()
}

#[delayed(bytes = size_of_sum)]
fn sum(block: &Block) -> usize {
    block.bytes
}

#[delayed]
fn total(parts: &[usize]) -> usize {
    parts.iter().sum()
}

fn limited(threads: usize, bytes: usize) -> Executor {
    Executor::builder().threads(threads).memory_limit(bytes).build().unwrap()
}

fn chains(count: usize, bytes: usize, live: &Arc<Live>) -> Delayed<usize> {
    let parts: Vec<Delayed<usize>> =
        (0..count).map(|_| sum(transform(load(bytes, Arc::clone(live))))).collect();
    total(parts)
}

fn run(executor: &Executor, graph: Delayed<usize>) -> (usize, MemoryRecord) {
    let executor = executor.clone();
    let finished = within_a_minute(move || executor.run(graph).unwrap());
    let memory = finished.record().memory().unwrap();
    (finished.into_value(), memory)
}

#[test]
fn no_more_lives_than_the_limit_says_whatever_the_number_of_workers() {
    for threads in [1, 2, 3, 8] {
        let live = Arc::new(Live::default());
        // Room for two blocks and their copies, and some bytes for the sums.
        let limit = 4 * 1000 + 800;
        let (result, memory) = run(&limited(threads, limit), chains(100, 1000, &live));
        assert_eq!(result, 100 * 1000);
        assert_eq!((memory.overcommitted, memory.excess), (0, 0), "{threads} workers: {memory:?}");
        assert!(memory.peak <= limit as u64 && memory.peak >= 2000, "{memory:?}");
        assert!(live.most.load(Ordering::SeqCst) <= limit, "really allocated");
        assert_eq!(memory.undeclared, 1, "the total");
    }
}

/// ```text
///  worker 1 │ a load that fills the memory ─── until all that declare nothing are done ─┐
///  worker 2 │ the next load has to wait; then those that declare nothing ───────────────┘
/// ```
#[test]
fn tasks_that_declare_nothing_pass_those_that_wait_for_memory() {
    #[delayed(bytes = size_of_wait)]
    fn load_until(ready: Option<mpsc::Receiver<()>>) -> usize {
        ready.iter().for_each(|ready| ready.recv().unwrap());
        1
    }
    fn size_of_wait(_: &Option<mpsc::Receiver<()>>) -> usize {
        1000
    }

    let (done, ready) = mpsc::channel();
    // What takes a result frees its memory.
    let load = |ready| load_until(ready).map(|bytes| bytes + 1);
    let loads: Vec<_> = [Some(ready), None, None].map(load).into_iter().collect();
    let left = Arc::new(AtomicUsize::new(24));
    let free: Vec<_> = (0..24)
        .map(|_| {
            let (done, left) = (done.clone(), Arc::clone(&left));
            value(()).map(move |()| {
                if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                    done.send(()).unwrap();
                }
            })
        })
        .collect();
    let executor = limited(2, 1000);
    let finished = within_a_minute(move || executor.run((loads, free)).unwrap());
    let memory = finished.record().memory().unwrap();
    assert_eq!((memory.overcommitted, memory.undeclared), (0, 51), "{memory:?}");
    assert_eq!(finished.into_value().0, [2, 2, 2]);
}

#[test]
fn a_task_that_exceeds_the_limit_alone_still_runs_and_is_reported() {
    for threads in [1, 2, 4] {
        let live = Arc::new(Live::default());
        let (result, memory) = run(&limited(threads, 100), chains(3, 1000, &live));
        assert_eq!(result, 3000);
        assert!(memory.overcommitted > 0 && memory.excess >= 900, "{memory:?}");
        // One block and its copy: never two chains at once.
        assert!(live.most.load(Ordering::SeqCst) <= 2000);
    }
}

#[test]
fn the_limit_belongs_to_the_executor_and_not_to_one_run() {
    let executor = limited(4, 4 * 1000 + 800);
    let live = Arc::new(Live::default());
    let threads: Vec<_> = (0..6)
        .map(|_| {
            let (executor, live) = (executor.clone(), Arc::clone(&live));
            thread::spawn(move || run(&executor, chains(30, 1000, &live)))
        })
        .collect();
    for thread in threads {
        let (result, memory) = thread.join().unwrap();
        assert_eq!(result, 30 * 1000);
        assert!(memory.peak <= 4800 + memory.excess, "{memory:?}");
    }
    assert_eq!(live.now.load(Ordering::SeqCst), 0);
}

/// ```text
///  worker │ outer (all of the limit) ── compute ── load, transform, sum ── outer ends
/// ```
#[test]
fn a_task_that_computes_a_graph_does_not_starve_it() {
    fn all(_: &Arc<Live>) -> usize {
        1000
    }
    #[delayed(bytes = all)]
    fn outer(live: Arc<Live>) -> usize {
        chains(5, 1000, &live).compute().unwrap()
    }
    for threads in [1, 2, 4] {
        let live = Arc::new(Live::default());
        let (result, memory) = run(&limited(threads, 1000), outer(live));
        assert_eq!(result, 5000);
        assert!(memory.peak >= 2000, "the tasks inside count too: {memory:?}");
    }
}

#[test]
fn what_a_handle_of_the_program_keeps_is_pinned_until_it_is_dropped() {
    let executor = limited(2, 10_000);
    let live = Arc::new(Live::default());
    let kept = load(1000, Arc::clone(&live)).shared();
    let (_, memory) = run(&executor, sum(&kept));
    assert_eq!(memory.pinned, 1000);
    let (_, memory) = run(&executor, sum(load(500, Arc::clone(&live))));
    assert!(memory.peak >= 1500, "it still counts: {memory:?}");
    assert_eq!(memory.pinned, 0, "not by this run");
    drop(kept);
    let (_, memory) = run(&executor, sum(load(500, live)));
    assert!(memory.peak < 600, "it is free: {memory:?}");
}

fn estimate(_: &usize) -> usize {
    1000
}

fn measured(text: &str) -> usize {
    text.len()
}

#[delayed(bytes = estimate, result_bytes = measured)]
fn shrink(length: usize) -> String {
    "x".repeat(length)
}

#[test]
fn the_result_corrects_what_was_reserved() {
    let executor = limited(1, 3000);
    let parts: Vec<Delayed<String>> = (0..20).map(|_| shrink(10)).collect();
    let finished = executor.run(parts).unwrap();
    let memory = finished.record().memory().unwrap();
    assert_eq!((memory.overcommitted, memory.peak), (0, 19 * 10 + 1000));
    let task = finished.record().task(0);
    assert_eq!((task.bytes(), task.result_bytes()), (Some(1000), Some(10)));
}

/// Says of a task that it needs all there is, however much that may be.
fn everything(_: &u32) -> usize {
    usize::MAX
}

#[delayed(bytes = everything)]
fn takes_everything(n: u32) -> u32 {
    n
}

#[test]
fn what_needs_all_there_is_adds_up_and_is_given_back() {
    let executor = limited(2, 100);
    let results: Vec<_> = (0..3).map(|n| takes_everything(n).shared()).collect();
    let record = executor.run(&results).unwrap().record().memory().unwrap();
    assert_eq!((record.pinned, record.peak), (u64::MAX, u64::MAX));
    let peak = |task| executor.run(task).unwrap().record().memory().unwrap().peak;
    let mut results = results.into_iter();
    drop(results.next());
    let small = || load(1, Arc::default());
    assert_eq!(peak(small()), u64::MAX, "two of three are there");
    drop(results);
    assert_eq!(peak(small()), 1);
}

#[test]
fn declared_bytes_are_in_the_record_without_a_limit_too() {
    for executor in [Executor::serial(), Executor::builder().threads(2).build().unwrap()] {
        let finished = executor.run(shrink(10)).unwrap();
        let task = finished.record().task(0);
        assert_eq!((task.bytes(), task.result_bytes()), (Some(1000), Some(10)));
        assert!(finished.record().memory().is_none());
    }
}

#[test]
fn a_panic_while_declaring_fails_the_task_and_gives_everything_back() {
    fn broken(_: &Block) -> usize {
        panic!("cannot say")
    }
    #[delayed(bytes = broken)]
    fn consume(block: Block) -> usize {
        block.bytes
    }
    let executor = limited(2, 5000);
    let live = Arc::new(Live::default());
    let error = executor.compute(consume(load(1000, Arc::clone(&live)))).unwrap_err().to_string();
    assert!(error.contains("consume") && error.contains("cannot say"), "{error}");
    assert_eq!(live.now.load(Ordering::SeqCst), 0);
    let (_, memory) = run(&executor, chains(10, 1000, &live));
    assert_eq!(memory.overcommitted, 0);
}

/// ```text
///  worker │ is asked for the bytes of S ── compute(S) ── Err(WouldDeadlock) ── S is done
/// ```
#[test]
fn a_task_that_computes_itself_to_say_its_bytes_is_refused_and_does_not_hang() {
    type Handle = Arc<Mutex<Option<Shared<usize>>>>;
    fn asks_itself(own: &Handle) -> usize {
        let own = own.lock().unwrap().clone().unwrap();
        usize::from(matches!(own.compute(), Err(Error::WouldDeadlock { .. })))
    }
    #[delayed(bytes = asks_itself)]
    fn selfish(own: Handle) -> usize {
        own.lock().unwrap().take().map_or(0, |_| 7)
    }
    let recorded = || Executor::builder().threads(2).build().unwrap();
    for executor in [Executor::serial(), recorded(), limited(1, 10), limited(3, 10)] {
        let own = Handle::default();
        let task = selfish(Arc::clone(&own)).shared();
        *own.lock().unwrap() = Some(task.clone());
        let finished = within_a_minute(move || executor.run(&task).unwrap());
        assert_eq!(finished.record().task(0).bytes(), Some(1), "it was refused");
        assert_eq!(*finished.into_value(), 7);
    }
}

#[test]
fn a_failed_or_cancelled_run_gives_its_bytes_back() {
    let executor = limited(2, 5000);
    let live = Arc::new(Live::default());
    for _ in 0..5 {
        let parts: Vec<Delayed<usize>> = (0..20)
            .map(|n| {
                sum(load(1000, Arc::clone(&live)))
                    .and_then(move |bytes| if n == 7 { Err("seven") } else { Ok(bytes) })
            })
            .collect();
        executor.compute(total(parts)).unwrap_err();
    }
    let (_, memory) = run(&executor, chains(10, 1000, &live));
    assert_eq!((memory.overcommitted, memory.excess), (0, 0), "{memory:?}");
}
