//! Shared handles, and borrows of them, in every container, for parameters by value and by reference.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use graph_exec::{Graph, prelude::*};

/// A function for each kind of parameter that holds several of an element: how many elements it got, and
/// their sum.
macro_rules! counting {
    ($($name:ident($parameter:ty, $each:expr);)*) => {$(
        #[delayed]
        fn $name(parts: $parameter) -> (usize, i64) {
            let each: fn(&$parameter) -> Vec<i64> = $each;
            let parts = each(&parts);
            (parts.len(), parts.iter().sum())
        }
    )*};
}

macro_rules! of_element {
    ($module:ident, $element:ty, $get:expr) => {
        mod $module {
            use super::*;

            counting! {
                list(Vec<$element>, |parts| parts.iter().map($get).collect());
                queue(VecDeque<$element>, |parts| parts.iter().map($get).collect());
                boxed(Box<[$element]>, |parts| parts.iter().map($get).collect());
                array([$element; 2], |parts| parts.iter().map($get).collect());
                option(Option<$element>, |parts| parts.iter().map($get).collect());
                hashed(HashMap<u8, $element>, |parts| parts.values().map($get).collect());
                sorted(BTreeMap<u8, $element>, |parts| parts.values().map($get).collect());
                slice_ref(&[$element], |parts| parts.iter().map($get).collect());
                list_ref(&Vec<$element>, |parts| parts.iter().map($get).collect());
                queue_ref(&VecDeque<$element>, |parts| parts.iter().map($get).collect());
                boxed_ref(&Box<[$element]>, |parts| parts.iter().map($get).collect());
                array_ref(&[$element; 2], |parts| parts.iter().map($get).collect());
                option_ref(&Option<$element>, |parts| parts.iter().map($get).collect());
                hashed_ref(&HashMap<u8, $element>, |parts| parts.values().map($get).collect());
                sorted_ref(&BTreeMap<u8, $element>, |parts| parts.values().map($get).collect());
            }

            /// The tasks of all functions, each with a container of handles of the kind that `handle` gives.
            macro_rules! all {
                ($handle:expr) => {{
                    let h = $handle;
                    vec![
                        list(vec![h(), h()]),
                        queue(VecDeque::from([h(), h()])),
                        boxed(Box::<[_]>::from([h(), h()])),
                        array([h(), h()]),
                        hashed(HashMap::from([(1, h()), (2, h())])),
                        sorted(BTreeMap::from([(1, h()), (2, h())])),
                        slice_ref(vec![h(), h()]),
                        slice_ref([h(), h()]),
                        slice_ref(Box::<[_]>::from([h(), h()])),
                        list_ref(vec![h(), h()]),
                        queue_ref(VecDeque::from([h(), h()])),
                        boxed_ref(Box::<[_]>::from([h(), h()])),
                        array_ref([h(), h()]),
                        hashed_ref(HashMap::from([(1, h()), (2, h())])),
                        sorted_ref(BTreeMap::from([(1, h()), (2, h())])),
                        option(Some(h())),
                        option_ref(Some(h())),
                    ]
                }};
            }

            #[test]
            fn every_container_takes_shared_handles_and_borrows_of_them()
            -> Result<(), graph_exec::Error> {
                let shared = value(5_i64).shared();
                for tasks in [all!(|| shared.clone()), all!(|| &shared)] {
                    let mut expected = vec![(2, 10); 15];
                    expected.extend([(1, 5); 2]);
                    assert_eq!(tasks.compute()?, expected);
                }
                let parts = [shared.clone(), shared.clone()];
                let list = parts.to_vec();
                let tasks = vec![
                    list_ref(&list),
                    slice_ref(&list),
                    super::$module::list(&list),
                    list_ref(&list[..]),
                    slice_ref(&list[..]),
                    super::$module::list(&list[..]),
                    slice_ref(&parts),
                    super::$module::list(&parts),
                ];
                assert_eq!(tasks.compute()?, [(2, 10); 8]);
                let windows: Vec<_> = list.windows(1).map(slice_ref).collect();
                assert_eq!(windows.compute()?, [(1, 5); 2]);
                Ok(())
            }

            #[test]
            fn nothing_is_taken_of_an_option_that_is_empty() -> Result<(), graph_exec::Error> {
                assert_eq!(option(None::<&Shared<i64>>).compute()?, (0, 0));
                assert_eq!(option_ref(None::<Shared<i64>>).compute()?, (0, 0));
                Ok(())
            }
        }
    };
}

of_element!(clones, i64, |part| *part);
of_element!(counted, Arc<i64>, |part| **part);

/// Counts how often it is cloned.
struct Part(Arc<AtomicUsize>);

impl Clone for Part {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::SeqCst);
        Part(Arc::clone(&self.0))
    }
}

#[delayed]
fn clones(parts: &[Part]) -> usize {
    parts.len()
}

#[delayed]
fn counts(parts: &[Arc<Part>]) -> usize {
    parts.len()
}

#[test]
fn what_is_lent_in_a_list_is_cloned_only_where_others_use_it_too() -> Result<(), graph_exec::Error>
{
    let count = Arc::new(AtomicUsize::new(0));
    let parts = |n: usize| -> Vec<Shared<Part>> {
        (0..n).map(|_| value(Part(Arc::clone(&count))).shared()).collect()
    };
    assert_eq!(clones(parts(3)).compute()?, 3);
    assert_eq!(count.load(Ordering::SeqCst), 0, "the last to use a result moves it");
    let kept = parts(3);
    assert_eq!(clones(&kept).compute()?, 3);
    assert_eq!(count.load(Ordering::SeqCst), 3, "the list's handles are still there");
    assert_eq!(counts(&kept).compute()?, 3);
    assert_eq!(count.load(Ordering::SeqCst), 3, "an `Arc` clones nothing");
    Ok(())
}

#[test]
fn borrowed_shared_handles_are_computed_and_stay() -> Result<(), graph_exec::Error> {
    let runs = Arc::new(AtomicUsize::new(0));
    let part = |n: i64| {
        let runs = Arc::clone(&runs);
        value(n)
            .map(move |n| {
                runs.fetch_add(1, Ordering::SeqCst);
                n
            })
            .shared()
    };
    let list: Vec<Shared<i64>> = (0..3).map(part).collect();
    let one = part(3);
    let map: HashMap<String, Shared<i64>> = (10..30).map(|n| (n.to_string(), part(n))).collect();
    let arcs = |numbers: &[i64]| numbers.iter().copied().map(Arc::new).collect::<Vec<_>>();
    for _ in 0..2 {
        assert_eq!(compute(&list)?, arcs(&[0, 1, 2]));
        assert_eq!(compute(&list[1..])?, arcs(&[1, 2]));
        assert_eq!(compute((&list, &one))?, (arcs(&[0, 1, 2]), Arc::new(3)));
        assert_eq!(compute(&(&list, Some(&one)))?, (arcs(&[0, 1, 2]), Some(Arc::new(3))));
        assert_eq!(compute(&[&one])?, [Arc::new(3)]);
        assert_eq!(compute(&VecDeque::from([&one]))?, [Arc::new(3)]);
        assert_eq!(compute(&Box::<[_]>::from([&one]))?[0], Arc::new(3));
        assert_eq!(compute(&BTreeMap::from([(1, &one)]))?[&1], Arc::new(3));
        for (key, n) in compute(&map)? {
            assert_eq!(key, n.to_string());
        }
        assert_eq!(Executor::serial().compute(&list)?, arcs(&[0, 1, 2]));
        assert_eq!(Executor::default().spawn(&list).wait()?, arcs(&[0, 1, 2]));
    }
    assert_eq!(runs.load(Ordering::SeqCst), 24, "each task has run once");
    assert_eq!(Graph::of(&(&list, &one)).unwrap().outputs().len(), 4);
    Ok(())
}

#[test]
fn the_results_of_a_borrowed_map_find_their_keys_where_some_have_failed() {
    let map: HashMap<usize, Shared<usize>> = (0..50)
        .map(|n| {
            let odd = value(n).and_then(|n| if n % 2 == 0 { Ok(n) } else { Err("odd") });
            (n, odd.shared())
        })
        .collect();
    for (n, result) in Executor::serial().keep_going().compute(&map).unwrap() {
        assert_eq!(result.ok().as_deref(), (n % 2 == 0).then_some(&n));
    }
}
