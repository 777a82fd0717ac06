//! A result lives exactly as long as something can still use it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use graph_exec::prelude::*;

/// Counts how many of it exist.
#[derive(Default, Clone)]
struct Alive(Arc<AtomicUsize>);

struct Block(Arc<AtomicUsize>);

impl Alive {
    fn block(&self) -> Block {
        self.0.fetch_add(1, Ordering::SeqCst);
        Block(Arc::clone(&self.0))
    }
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
    fn load(&self) -> Delayed<Block> {
        let alive = self.clone();
        value(()).map(move |()| alive.block())
    }
}

impl Clone for Block {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Block(Arc::clone(&self.0))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[test]
fn a_result_is_freed_with_its_last_consumer() {
    let alive = Alive::default();
    let seen = alive.clone();
    let block = alive.load().shared();
    let (a, b) = (block.map(|_| ()), block.map(|_| ()));
    drop(block);
    let both = a.map(|()| ()).after([&b]);
    let after_b = b.map(|()| ());
    let last = compute((both, after_b)).unwrap();
    assert_eq!(last, ((), ()));
    assert_eq!(seen.count(), 0);
}

#[test]
fn a_chain_holds_one_block_at_a_time() {
    let alive = Alive::default();
    let mut last = alive.load();
    for _ in 0..20 {
        let alive = alive.clone();
        last = last.map(move |block| {
            assert_eq!(alive.count(), 1, "the block is moved along, not copied");
            block
        });
    }
    drop(last.compute().unwrap());
    assert_eq!(alive.count(), 0);
}

#[test]
fn a_shared_handle_keeps_the_result_and_answers_without_running() {
    let alive = Alive::default();
    let runs = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&runs);
    let block = alive
        .load()
        .map(move |block| {
            counter.fetch_add(1, Ordering::SeqCst);
            block
        })
        .shared();
    block.map(|_| ()).compute().unwrap();
    assert_eq!(alive.count(), 1);
    drop(block.compute().unwrap());
    assert_eq!((alive.count(), runs.load(Ordering::SeqCst)), (1, 1));
    drop(block);
    assert_eq!(alive.count(), 0);
}

#[test]
fn load_then_reduce_holds_one_block_a_worker() {
    for workers in [1, 2, 4] {
        let alive = Alive::default();
        let most = Arc::new(AtomicUsize::new(0));
        let reduced: Vec<Delayed<usize>> = (0..300)
            .map(|n| {
                let (alive, most) = (alive.clone(), Arc::clone(&most));
                alive.load().map(move |_block| {
                    most.fetch_max(alive.count(), Ordering::SeqCst);
                    n
                })
            })
            .collect();
        let executor = Executor::builder().threads(workers).build().unwrap();
        assert_eq!(executor.compute(reduced).unwrap(), (0..300).collect::<Vec<_>>());
        assert!(most.load(Ordering::SeqCst) <= workers, "{workers} workers, {most:?} blocks");
        assert_eq!(alive.count(), 0);
    }
}

/// Loads 256 blocks and merges them two by two, in the order of the file names, as a program
/// would that first loads everything.
fn tree(alive: &Alive, most: &Arc<AtomicUsize>) -> Delayed<Block> {
    let mut level: Vec<Delayed<Block>> = (0..256).map(|_| alive.load()).collect();
    while level.len() > 1 {
        let mut pairs = level.into_iter();
        let mut next = vec![];
        while let (Some(left), Some(right)) = (pairs.next(), pairs.next()) {
            let (alive, most) = (alive.clone(), Arc::clone(most));
            next.push(merge(left, right, alive, most));
        }
        level = next;
    }
    level.pop().unwrap()
}

#[delayed]
fn merge(left: Block, _right: Block, alive: Alive, most: Arc<AtomicUsize>) -> Block {
    most.fetch_max(alive.count(), Ordering::SeqCst);
    left
}

#[test]
fn a_tree_holds_few_blocks() {
    // One worker: a block for each of the eight levels, and one more. Four workers: the static
    // order holds 14 when tasks take equally long, and up to eight more for each worker that lags.
    for (workers, bar) in [(1, 10), (4, 40)] {
        let (alive, most) = (Alive::default(), Arc::default());
        let executor = Executor::builder().threads(workers).build().unwrap();
        drop(executor.compute(tree(&alive, &most)).unwrap());
        let most = most.load(Ordering::SeqCst);
        assert!(most <= bar, "{workers} workers held {most} blocks");
    }
}

/// Too many tasks to order them one by one, built level by level, and each block is joined with
/// one that was loaded 8 192 blocks later: in the order in which they were built half would be
/// alive.
#[test]
fn a_large_tree_holds_few_blocks_however_it_was_built() {
    for (workers, most_allowed) in [(1, 20), (4, 200)] {
        let executor = Executor::builder().threads(workers).build().unwrap();
        let (alive, most) = (Alive::default(), Arc::<AtomicUsize>::default());
        let mut level: Vec<Delayed<Block>> = (0..16_384).map(|_| alive.load()).collect();
        while level.len() > 1 {
            let right = level.split_off(level.len() / 2);
            let pairs = level.into_iter().zip(right);
            level = pairs
                .map(|(left, right)| merge(left, right, alive.clone(), Arc::clone(&most)))
                .collect();
        }
        drop(executor.compute(level.remove(0)).unwrap());
        let most = most.load(Ordering::SeqCst);
        assert!(most <= most_allowed, "{most} blocks on {workers} workers");
    }
}

#[test]
fn a_failed_run_drops_what_it_had() {
    let alive = Alive::default();
    let bad = alive.load().and_then(|_| Err::<(), _>("bad"));
    let good = alive.load();
    assert!(compute((good, bad)).is_err());
    assert_eq!(alive.count(), 0);
}

#[test]
fn unzip_moves_each_part() {
    let alive = Alive::default();
    let (a, b) = (alive.clone(), alive.clone());
    let (left, right) = value(()).map(move |()| (a.block(), b.block())).unzip();
    let count = alive.clone();
    let left = left.map(move |_| count.count());
    let (_, right) = compute((left, right)).unwrap();
    drop(right);
    assert_eq!(alive.count(), 0);
    let [one, two] = value([1, 2]).unzip();
    assert_eq!(compute((two, one)).unwrap(), (2, 1));
}
