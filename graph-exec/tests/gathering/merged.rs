//! Tasks that put many results together, take a result apart, or do many small things.

use std::sync::{Arc, Mutex};

use graph_exec::{EmptyBatch, Graph, Handle, prelude::*, tree_reduce_with};
use proptest::prelude::{prop, prop_assert_eq, proptest};

use crate::size;

#[derive(Debug, Clone, PartialEq)]
struct OnlyClone(String);
#[derive(Debug, PartialEq)]
struct NotClone(i64);

#[test]
fn tuples_of_any_size_split_and_nothing_is_cloned() -> Result<(), graph_exec::Error> {
    let (a, b, c) = value((1, NotClone(2), "x")).unzip();
    assert_eq!((c, b, a).compute()?, ("x", NotClone(2), 1));
    let t = value((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, NotClone(12))).unzip();
    assert_eq!(size(&t), (14, 13));
    assert_eq!(t.compute()?, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, NotClone(12)));
    Ok(())
}

#[test]
fn a_shared_tuple_splits_as_often_as_you_like() -> Result<(), graph_exec::Error> {
    let pair = value((1, OnlyClone("x".into()))).shared();
    let (a, b) = pair.unzip();
    let (c, _) = pair.unzip();
    assert_eq!((a + c, b).compute()?, (2, OnlyClone("x".into())));
    assert_eq!(pair.compute()?.0, 1);
    let [first, last] = value([1, 2]).shared().unzip();
    assert_eq!((last - first).compute()?, 1);
    let (a, b, c) = value((1, 2, 3)).shared().unzip();
    assert_eq!((a, b, c).compute()?, (1, 2, 3));
    Ok(())
}

#[test]
fn zip_is_the_way_back() -> Result<(), graph_exec::Error> {
    let (a, b) = value(1).zip(value('x')).unzip();
    assert_eq!((a, b).compute()?, (1, 'x'));
    let shared = value(1).shared();
    assert_eq!(shared.zip(&shared).zip(vec![value(2), value(3)]).compute()?, ((1, 1), vec![2, 3]));
    assert_eq!(size(&value(1).zip((value(2), value(3)))), (4, 3));
    Ok(())
}

#[test]
fn iterators_of_handles_sum() -> Result<(), graph_exec::Error> {
    let parts: Vec<Delayed<i64>> = (0..100).map(value).collect();
    let sum: Delayed<i64> = parts.into_iter().sum();
    assert_eq!(size(&sum), (101, 100));
    assert_eq!(sum.compute()?, 4950);
    assert_eq!((1..=5).map(value).product::<Delayed<u64>>().compute()?, 120);
    let none: Delayed<f64> = std::iter::empty::<Delayed<f64>>().sum();
    assert_eq!(none.compute()?, 0.0);
    let shared = [value(1).shared(), value(2).shared()];
    assert_eq!(shared.iter().sum::<Delayed<i32>>().compute()?, 3);
    assert_eq!(shared.iter().cloned().sum::<Delayed<i32>>().compute()?, 3);
    Ok(())
}

#[test]
fn a_loop_adds_up() -> Result<(), graph_exec::Error> {
    let mut total = value(0_i64);
    for n in 0..100_000 {
        total += value(n);
    }
    total *= 2;
    assert_eq!(size(&total).0, 200_002);
    assert_eq!(total.compute()?, 100_000 * 99_999);
    Ok(())
}

fn depth(graph: &Graph) -> usize {
    let mut depths = vec![0; graph.nodes().len()];
    for edge in graph.edges() {
        // Nodes stand in the order of their creation, and edges in that of their ends.
        depths[edge.to] = depths[edge.to].max(depths[edge.from] + 1);
    }
    depths.into_iter().max().unwrap_or(0)
}

proptest! {
    #[test]
    fn a_tree_gives_what_a_fold_gives(words in prop::collection::vec("[a-z]{0,3}", 0..70)) {
        let parts = words.iter().cloned().map(value);
        let tree = tree_reduce(parts, |left, right| left + &right);
        prop_assert_eq!(tree.is_none(), words.is_empty());
        if let Some(tree) = tree {
            let n = words.len();
            prop_assert_eq!(size(&tree), (2 * n - 1, 2 * n - 2));
            let graph = Graph::of(&tree).unwrap();
            prop_assert_eq!(depth(&graph), n.next_power_of_two().ilog2() as usize);
            prop_assert_eq!(Executor::serial().compute(tree).unwrap(), words.concat());
        }
    }

    #[test]
    fn batches_give_what_a_map_gives(count in 0_usize..200, size in 1_usize..60) {
        let batches = batched(0..count, size, |n| n * n);
        prop_assert_eq!(batches.len(), count.div_ceil(size));
        let squares = Executor::serial().compute(batches).unwrap().concat();
        prop_assert_eq!(squares, (0..count).map(|n| n * n).collect::<Vec<_>>());
    }
}

#[delayed]
fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[test]
fn a_tree_is_built_with_delayed_functions_too() -> Result<(), graph_exec::Error> {
    let parts = (0..100).map(value);
    assert_eq!(tree_reduce_with(parts, add).unwrap().compute()?, 4950);
    assert!(tree_reduce_with(Vec::new(), add).is_none());
    Ok(())
}

#[test]
fn parts_that_are_there_are_merged_before_others_are_begun() -> Result<(), graph_exec::Error> {
    // How many parts are there at once, at most.
    let alive = Arc::new(Mutex::new((0, 0)));
    let part = |n: i64| {
        let alive = Arc::clone(&alive);
        value(n).map(move |n| {
            let mut alive = alive.lock().unwrap();
            alive.0 += 1;
            alive.1 = alive.1.max(alive.0);
            n
        })
    };
    let counted = Arc::clone(&alive);
    let tree = tree_reduce((0..256).map(part), move |a, b| {
        counted.lock().unwrap().0 -= 1;
        a + b
    });
    assert_eq!(Executor::serial().compute(tree.unwrap())?, 255 * 128);
    // One for each level of the tree, and one more.
    assert_eq!(*alive.lock().unwrap(), (1, 9));
    Ok(())
}

#[test]
fn a_panic_in_merge_is_the_failure_of_its_task() {
    let tree = tree_reduce([1, 2, 3].map(value), |a, b| {
        assert!(b != 2, "cannot merge {a} and {b}");
        a + b
    });
    let error = tree.unwrap().compute().unwrap_err();
    let text = format!("{error:#}");
    assert!(text.contains("merge") && text.contains("cannot merge 1 and 2"), "{text}");
    assert!(text.contains("merged.rs"), "{text}");
}

#[test]
fn a_batch_of_nothing_says_so() {
    let [batch] = <[_; 1]>::try_from(batched(0..10, 0, |n| n)).unwrap();
    assert!(batch.failure().is_none());
    let error = batch.compute().unwrap_err();
    assert!(format!("{error:#}").contains("batches of 0 items"), "{error:#}");
    assert!(
        std::iter::successors(Some(&error as &dyn std::error::Error), |e| e.source())
            .any(<dyn std::error::Error>::is::<EmptyBatch>)
    );
    assert!(batched(Vec::<i32>::new(), 10, |n| n).is_empty());
}
