//! Every form of argument gives its function what it should; parameters by reference as well.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{
    construct::combinators::value,
    defer, delayed,
    handle::{Delayed, Shared},
    task::test_run::run,
};

#[delayed]
fn plain(x: i64) -> i64 {
    x
}

#[delayed]
fn text(text: String) -> String {
    text
}

#[delayed]
fn path(path: PathBuf) -> PathBuf {
    path
}

#[delayed]
fn counted(x: Arc<i64>) -> i64 {
    *x
}

#[delayed]
fn vector(values: Vec<i64>) -> Vec<i64> {
    values
}

#[delayed]
fn counted_vector(values: Vec<Arc<i64>>) -> i64 {
    values.iter().map(|value| **value).sum()
}

#[delayed]
fn array(values: [i64; 3]) -> i64 {
    values.iter().sum()
}

#[delayed]
fn counted_array(values: [Arc<i64>; 2]) -> i64 {
    values.iter().map(|value| **value).sum()
}

#[delayed]
fn option(value: Option<i64>) -> Option<i64> {
    value
}

#[delayed]
fn counted_option(value: Option<Arc<i64>>) -> Option<i64> {
    value.map(|value| *value)
}

#[delayed]
fn hash_map(map: HashMap<String, i64>) -> i64 {
    map.values().sum()
}

#[delayed]
fn counted_hash_map(map: HashMap<String, Arc<i64>>) -> i64 {
    map.values().map(|value| **value).sum()
}

#[delayed]
fn tree_map(map: BTreeMap<u8, i64>) -> i64 {
    map.values().sum()
}

#[delayed]
fn counted_tree_map(map: BTreeMap<u8, Arc<i64>>) -> i64 {
    map.values().map(|value| **value).sum()
}

#[delayed]
fn slice(values: &[i64]) -> i64 {
    values.iter().sum()
}

#[delayed]
fn counted_slice(values: &[Arc<i64>]) -> i64 {
    values.iter().map(|value| **value).sum()
}

#[delayed]
#[expect(clippy::ptr_arg, reason = "what the test is about")]
fn vector_by_reference(values: &Vec<i64>) -> usize {
    values.len()
}

#[delayed]
#[expect(clippy::ptr_arg, reason = "what the test is about")]
fn counted_vector_by_reference(values: &Vec<Arc<i64>>) -> usize {
    values.len()
}

#[delayed]
fn array_by_reference(values: &[i64; 2]) -> i64 {
    values.iter().sum()
}

#[delayed]
fn counted_array_by_reference(values: &[Arc<i64>; 2]) -> i64 {
    values.iter().map(|value| **value).sum()
}

#[delayed]
fn option_by_reference(value: &Option<i64>) -> Option<i64> {
    *value
}

#[delayed]
fn counted_option_by_reference(value: &Option<Arc<i64>>) -> Option<i64> {
    value.as_deref().copied()
}

#[delayed]
fn hash_map_by_reference(map: &HashMap<String, i64>) -> i64 {
    map.values().sum()
}

#[delayed]
fn counted_hash_map_by_reference(map: &HashMap<String, Arc<i64>>) -> i64 {
    map.values().map(|value| **value).sum()
}

#[delayed]
fn tree_map_by_reference(map: &BTreeMap<u8, i64>) -> i64 {
    map.values().sum()
}

#[delayed]
fn counted_tree_map_by_reference(map: &BTreeMap<u8, Arc<i64>>) -> i64 {
    map.values().map(|value| **value).sum()
}

#[delayed]
fn length(text: &str) -> usize {
    text.len()
}

#[delayed]
fn name(path: &Path) -> String {
    path.display().to_string()
}

trait Model: Send + Sync {
    fn predict(&self) -> i64;
}

struct Constant(i64);

impl Model for Constant {
    fn predict(&self) -> i64 {
        self.0
    }
}

#[delayed]
fn predict(model: &dyn Model) -> i64 {
    model.predict()
}

fn handles(count: i64) -> Vec<Delayed<i64>> {
    (0..count).map(value).collect()
}

fn shared(count: i64) -> Vec<Shared<i64>> {
    (0..count).map(|n| value(n).shared()).collect()
}

fn keyed<T>(values: Vec<T>) -> Vec<(String, T)> {
    values.into_iter().enumerate().map(|(n, value)| (n.to_string(), value)).collect()
}

fn numbered<T>(values: Vec<T>) -> BTreeMap<u8, T> {
    (0..).zip(values).collect()
}

/// Runs each handle and checks what it gives.
macro_rules! give {
    ($($handle:expr => $expected:expr),* $(,)?) => {
        $(assert_eq!(run($handle).unwrap(), $expected, "{}", stringify!($handle));)*
    };
}

#[test]
fn values_and_handles_by_value() {
    let one = value(1).shared();
    give! {
        plain(1) => 1,
        plain(value(1)) => 1,
        plain(&one) => 1,
        plain(one.clone()) => 1,
        counted(&one) => 1,
        counted(one.clone()) => 1,
        counted(Arc::new(1)) => 1,
        counted(value(Arc::new(1))) => 1,
    }
}

#[test]
fn texts_and_paths_by_value() {
    let owned = String::from("a");
    let shared = value(owned.clone()).shared();
    let a = || Path::new("a").to_owned();
    let kept = a();
    give! {
        text("a") => "a",
        text(&owned) => "a",
        text(owned.clone()) => "a",
        text(value("a")) => "a",
        text(value(owned.clone())) => "a",
        text(&shared) => "a",
        path("a") => a(),
        path(&owned) => a(),
        path(owned.clone()) => a(),
        path(a()) => a(),
        path(&kept) => a(),
        path(a().as_path()) => a(),
        path(value("a")) => a(),
        path(value(owned)) => a(),
        path(value(a())) => a(),
        path(&shared) => a(),
        path(shared) => a(),
    }
}

#[test]
fn containers_by_value() {
    let items = shared(2);
    give! {
        array([1, 2, 3]) => 6,
        array([value(1), value(2), value(3)]) => 6,
        array([&items[1], &items[1], &items[1]]) => 3,
        array([items[1].clone(), items[1].clone(), items[1].clone()]) => 3,
        counted_array([&items[1], &items[1]]) => 2,
        counted_array([items[1].clone(), items[1].clone()]) => 2,
        option(Some(1)) => Some(1),
        option(Some(value(1))) => Some(1),
        option(None::<Delayed<i64>>) => None,
        option(items.get(1)) => Some(1),
        option(Some(items[1].clone())) => Some(1),
        counted_option(Some(items[1].clone())) => Some(1),
        counted_vector(items.iter().collect::<Vec<_>>()) => 1,
        vector(items.iter().collect::<Vec<_>>()) => [0, 1],
        hash_map(HashMap::from_iter(keyed(handles(3)))) => 3,
        hash_map(HashMap::from_iter(keyed(shared(3)))) => 3,
        hash_map(HashMap::from_iter(keyed(vec![0_i64, 1, 2]))) => 3,
        counted_hash_map(HashMap::from_iter(keyed(shared(3)))) => 3,
        tree_map(numbered(handles(3))) => 3,
        tree_map(numbered(shared(3))) => 3,
        counted_tree_map(numbered(shared(3))) => 3,
    }
}

#[test]
fn owners_by_reference() {
    let items = shared(2);
    let list = value(vec![1, 2]).shared();
    let pair = value([1, 2]).shared();
    give! {
        slice(vec![1, 2]) => 3,
        slice([1, 2]) => 3,
        slice(value(vec![1, 2])) => 3,
        slice(value([1, 2])) => 3,
        slice(&list) => 3,
        slice(list.clone()) => 3,
        slice(&pair) => 3,
        slice(pair.clone()) => 3,
        slice([value(1), value(2)]) => 3,
        slice(handles(3)) => 3,
        slice(Box::<[i64]>::from([1, 2])) => 3,
        slice(value(Arc::<[i64]>::from([1, 2]))) => 3,
        counted_slice(items.clone()) => 1,
        counted_slice(items.iter().collect::<Vec<_>>()) => 1,
        counted_slice([&items[1], &items[1]]) => 2,
        counted_slice([items[1].clone(), items[1].clone()]) => 2,
        vector_by_reference(handles(3)) => 3,
        vector_by_reference(vec![1]) => 1,
        vector_by_reference(&list) => 2,
        counted_vector_by_reference(items.clone()) => 2,
        counted_vector_by_reference(items.iter().collect::<Vec<_>>()) => 2,
        array_by_reference([value(1), value(2)]) => 3,
        array_by_reference(&pair) => 3,
        counted_array_by_reference([&items[1], &items[1]]) => 2,
        option_by_reference(Some(value(1))) => Some(1),
        counted_option_by_reference(Some(items[1].clone())) => Some(1),
        hash_map_by_reference(HashMap::from_iter(keyed(handles(3)))) => 3,
        counted_hash_map_by_reference(HashMap::from_iter(keyed(shared(3)))) => 3,
        tree_map_by_reference(numbered(handles(3))) => 3,
        counted_tree_map_by_reference(numbered(shared(3))) => 3,
    }
}

#[test]
fn texts_and_paths_by_reference() {
    let owned = String::from("abc");
    let shared = value(owned.clone()).shared();
    let file = value(PathBuf::from("abc")).shared();
    let kept = PathBuf::from("abc");
    give! {
        length("abc") => 3,
        length(&owned) => 3,
        length(owned.clone()) => 3,
        length(value("abc")) => 3,
        length(value(owned.clone())) => 3,
        length(&shared) => 3,
        length(shared.clone()) => 3,
        name("abc") => "abc",
        name(&owned) => "abc",
        name(owned.clone()) => "abc",
        name(Path::new("abc")) => "abc",
        name(PathBuf::from("abc")) => "abc",
        name(&kept) => "abc",
        name(value("abc")) => "abc",
        name(value(owned)) => "abc",
        name(value(PathBuf::from("abc"))) => "abc",
        name(&shared) => "abc",
        name(shared) => "abc",
        name(&file) => "abc",
        name(file.clone()) => "abc",
    }
}

#[test]
fn owners_of_a_trait_object_by_reference() {
    let boxed = || -> Box<dyn Model> { Box::new(Constant(1)) };
    let counted: Arc<dyn Model> = Arc::new(Constant(1));
    let shared = value(boxed()).shared();
    let shared_count = value(counted.clone()).shared();
    give! {
        predict(boxed()) => 1,
        predict(value(boxed())) => 1,
        predict(counted.clone()) => 1,
        predict(value(counted)) => 1,
        predict(&shared) => 1,
        predict(shared) => 1,
        predict(&shared_count) => 1,
        predict(shared_count) => 1,
    }
}

#[test]
fn containers_of_no_one_and_many_handles() {
    for count in [0, 1, 8, 100_000] {
        let sum = (0..count).sum::<i64>();
        give! {
            vector(handles(count)) => (0..count).collect::<Vec<i64>>(),
            vector(shared(count)) => (0..count).collect::<Vec<i64>>(),
            counted_vector(shared(count)) => sum,
            slice(handles(count)) => sum,
            counted_slice(shared(count)) => sum,
        }
    }
}

/// Counts its clones.
struct Precious(Arc<AtomicUsize>);

impl Clone for Precious {
    fn clone(&self) -> Self {
        self.0.fetch_add(1, Ordering::Relaxed);
        Precious(self.0.clone())
    }
}

#[delayed]
fn borrow(precious: &Precious) -> usize {
    precious.0.load(Ordering::Relaxed)
}

#[delayed]
fn take(precious: Precious) -> usize {
    precious.0.load(Ordering::Relaxed)
}

#[test]
fn a_handle_moves_a_reference_borrows_and_the_last_consumer_of_a_shared_one_moves() {
    let clones = Arc::new(AtomicUsize::new(0));
    let precious = || value(Precious(clones.clone()));
    give!(take(precious()) => 0, borrow(precious()) => 0);
    let shared = precious().shared();
    give!(borrow(&shared) => 0, borrow(&shared) => 0, take(&shared) => 1, take(shared) => 1);
}

#[test]
fn deferred_functions_and_methods_run() {
    fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
        text.parse()
    }
    let list = value(vec![3, 1, 2]).shared();
    give! {
        defer!(i64::pow(value(3), 2)) => 9,
        defer!(parse(&"42")?) => 42,
        defer!(list.len()) => 3,
        defer!(list.contains(&{ 3 })) => true,
        value(1) + 2 - value(3) => 0,
        2.0 * -value(1.5) => -3.0,
    }
    let failure = run(defer!(parse(&"x")?)).unwrap_err();
    assert_eq!(failure, "invalid digit found in string");
}
