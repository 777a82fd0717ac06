//! What building costs: one allocation a task.
//!
//! Counted is every call of the allocator, growing an existing allocation included, that this
//! thread makes while a `#[delayed]` function is called, not what making its arguments needed. A
//! second allocation for a task would make it slower than what this library is measured against.

use allocation_counter::measure;
use graph_core::{Delayed, Shared, delayed, value};

#[delayed]
fn none() -> u64 {
    0
}

#[delayed]
fn by_value_1(a: u64) -> u64 {
    a
}

#[delayed]
fn by_value_2(a: u64, b: u64) -> u64 {
    a + b
}

#[delayed]
fn by_value_3(a: u64, b: u64, c: u64) -> u64 {
    a + b + c
}

#[delayed]
fn by_value_4(a: u64, b: u64, c: u64, d: u64) -> u64 {
    a + b + c + d
}

#[delayed]
fn by_reference_1(a: &u64) -> u64 {
    *a
}

#[delayed]
fn by_reference_2(a: &u64, b: &u64) -> u64 {
    a + b
}

#[delayed]
fn by_reference_3(a: &u64, b: &u64, c: &u64) -> u64 {
    a + b + c
}

#[delayed]
fn by_reference_4(a: &u64, b: &u64, c: &u64, d: &u64) -> u64 {
    a + b + c + d
}

#[delayed]
fn fallible(a: u64, b: &u64) -> Result<u64, String> {
    a.checked_sub(*b).ok_or_else(|| "below zero".to_owned())
}

#[delayed]
fn texts(a: String, b: &str, c: &[u64]) -> usize {
    a.len() + b.len() + c.len()
}

/// How many allocations `build` makes; the handle goes only after they were counted.
fn allocations<H>(build: impl FnOnce() -> H) -> u64 {
    let mut handle = None;
    let counted = measure(|| handle = Some(build()));
    assert_eq!(counted.count_current, counted.count_total as i64, "nothing is freed meanwhile");
    drop(handle);
    counted.count_total
}

fn handle() -> Delayed<u64> {
    value(1)
}

fn shared() -> Shared<u64> {
    value(1).shared()
}

#[test]
fn each_allocation_is_counted() {
    assert_eq!(allocations(|| ()), 0);
    assert_eq!(allocations(|| (Box::new(1), Box::new(2))), 2);
    let labelled = allocations(|| none().named("a label"));
    assert!(labelled > 1, "a label needs an allocation of its own, found {labelled}");
}

#[test]
fn task_of_constants_is_one_allocation() {
    assert_eq!(allocations(none), 1);
    assert_eq!(allocations(|| by_value_1(1)), 1);
    assert_eq!(allocations(|| by_value_2(1, 2)), 1);
    assert_eq!(allocations(|| by_value_3(1, 2, 3)), 1);
    assert_eq!(allocations(|| by_value_4(1, 2, 3, 4)), 1);
    assert_eq!(allocations(|| by_reference_1(1)), 1);
    assert_eq!(allocations(|| by_reference_2(1, 2)), 1);
    assert_eq!(allocations(|| by_reference_3(1, 2, 3)), 1);
    assert_eq!(allocations(|| by_reference_4(1, 2, 3, 4)), 1);
    assert_eq!(allocations(|| value(1)), 1);
}

#[test]
fn task_of_handles_is_one_allocation() {
    let [a, b, c, d] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_value_1(a)), 1);
    assert_eq!(allocations(|| by_value_2(b, c)), 1);
    assert_eq!(allocations(|| by_reference_1(d)), 1);

    let [a, b, c, d] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_value_4(a, b, c, d)), 1);
    let [a, b, c, d] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_reference_4(a, b, c, d)), 1);
    let [a, b, c] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_value_3(a, b, c)), 1);
    let [a, b, c] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_reference_3(a, b, c)), 1);
    let [a, b] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| by_reference_2(a, b)), 1);
}

#[test]
fn task_of_shared_handles_is_one_allocation() {
    let (a, b) = (shared(), shared());
    assert_eq!(allocations(|| by_value_1(&a)), 1);
    assert_eq!(allocations(|| by_value_2(&a, b.clone())), 1);
    assert_eq!(allocations(|| by_value_3(&a, &b, &a)), 1);
    assert_eq!(allocations(|| by_value_4(&a, &b, &a, b.clone())), 1);
    assert_eq!(allocations(|| by_reference_1(&a)), 1);
    assert_eq!(allocations(|| by_reference_2(a.clone(), &b)), 1);
    assert_eq!(allocations(|| by_reference_3(&a, &b, &a)), 1);
    assert_eq!(allocations(|| by_reference_4(&a, &b, &a, b.clone())), 1);
    // Constants, handles and shared handles together.
    let (c, d) = (handle(), handle());
    assert_eq!(allocations(|| by_value_4(1, c, &a, b.clone())), 1);
    assert_eq!(allocations(|| by_reference_4(1, d, &a, b.clone())), 1);
}

#[test]
fn sharing_and_cloning_allocate_nothing() {
    let a = handle();
    let mut shared = None;
    assert_eq!(measure(|| shared = Some(a.shared())).count_total, 0);
    assert_eq!(measure(|| drop(shared.clone())).count_total, 0);
}

#[test]
fn other_kinds_of_task_are_one_allocation_too() {
    let [a, b, c, d, e] = std::array::from_fn(|_| handle());
    assert_eq!(allocations(|| fallible(a, b)), 1);
    assert_eq!(allocations(|| c.map(|c| c + 1)), 1);
    assert_eq!(allocations(|| d + e), 1);
    let all: Vec<Delayed<u64>> = (0..100).map(by_value_1).collect();
    let (text, other) = (value("text".to_owned()), value("other".to_owned()).shared());
    assert_eq!(allocations(|| texts(text, &other, all)), 1, "a vector is taken as it is");
}
