//! What building costs: a task has no allocation of its own, many of them share a block.
//!
//! Every call of the allocator counts that this thread makes while `#[delayed]` functions are called,
//! growing an existing allocation included. What making their arguments needs does not count.

use allocation_counter::measure;
use graph_core::{Delayed, Handles, Shared, delayed, gather, value};

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

#[delayed]
fn pair(pair: (u64, u64)) -> u64 {
    pair.0 + pair.1
}

#[delayed]
fn nested(rows: Vec<(u64, [u64; 2])>) -> u64 {
    rows.iter().map(|row| row.0 + row.1[0] + row.1[1]).sum()
}

#[derive(Handles)]
struct Config {
    rate: u64,
    range: (u64, u64),
}

#[delayed]
fn configured(config: &Config) -> u64 {
    config.rate * (config.range.1 - config.range.0)
}

/// How many tasks are built while allocations are counted.
const MANY: usize = 200;
/// More than the number of blocks that [`MANY`] tasks of 256 bytes fill.
const FEW: u64 = 5;

/// How many allocations `build` makes for [`MANY`] tasks, each with arguments from `prepare`. The
/// handles are dropped after the count.
fn allocations<A, H>(prepare: impl FnMut() -> A, build: impl FnMut(A) -> H) -> u64 {
    let arguments: Vec<A> = std::iter::repeat_with(prepare).take(MANY).collect();
    let mut handles = Vec::with_capacity(MANY);
    measure(|| handles.extend(arguments.into_iter().map(build))).count_total
}

fn handle() -> Delayed<u64> {
    value(1)
}

fn handles<const N: usize>() -> [Delayed<u64>; N] {
    std::array::from_fn(|_| handle())
}

fn shared() -> Shared<u64> {
    value(1).shared()
}

#[test]
fn each_allocation_is_counted() {
    assert_eq!(allocations(|| (), |()| ()), 0);
    assert_eq!(allocations(|| (), |()| (Box::new(1), Box::new(2))), 2 * MANY as u64);
    let labelled = allocations(|| (), |()| none().named("a label"));
    assert!(labelled > MANY as u64, "a label needs an allocation of its own, found {labelled}");
}

#[test]
fn tasks_of_constants_are_put_in_blocks() {
    assert!(allocations(|| (), |()| none()) < FEW);
    assert!(allocations(|| 1, by_value_1) < FEW);
    assert!(allocations(|| 1, |a| by_value_2(a, 2)) < FEW);
    assert!(allocations(|| 1, |a| by_value_3(a, 2, 3)) < FEW);
    assert!(allocations(|| 1, |a| by_value_4(a, 2, 3, 4)) < FEW);
    assert!(allocations(|| 1, by_reference_1) < FEW);
    assert!(allocations(|| 1, |a| by_reference_2(a, 2)) < FEW);
    assert!(allocations(|| 1, |a| by_reference_3(a, 2, 3)) < FEW);
    assert!(allocations(|| 1, |a| by_reference_4(a, 2, 3, 4)) < FEW);
    assert!(allocations(|| 1, value::<i32>) < FEW);
}

#[test]
fn tasks_of_handles_are_put_in_blocks() {
    assert!(allocations(handle, by_value_1) < FEW);
    assert!(allocations(handles, |[a, b]| by_value_2(a, b)) < FEW);
    assert!(allocations(handles, |[a, b, c]| by_value_3(a, b, c)) < FEW);
    assert!(allocations(handles, |[a, b, c, d]| by_value_4(a, b, c, d)) < FEW);
    assert!(allocations(handle, by_reference_1) < FEW);
    assert!(allocations(handles, |[a, b]| by_reference_2(a, b)) < FEW);
    assert!(allocations(handles, |[a, b, c]| by_reference_3(a, b, c)) < FEW);
    assert!(allocations(handles, |[a, b, c, d]| by_reference_4(a, b, c, d)) < FEW);
}

#[test]
fn tasks_of_shared_handles_are_put_in_blocks() {
    let (a, b) = (shared(), shared());
    assert!(allocations(|| (), |()| by_value_1(&a)) < FEW);
    assert!(allocations(|| (), |()| by_value_2(&a, b.clone())) < FEW);
    assert!(allocations(|| (), |()| by_value_3(&a, &b, &a)) < FEW);
    assert!(allocations(|| (), |()| by_value_4(&a, &b, &a, b.clone())) < FEW);
    assert!(allocations(|| (), |()| by_reference_1(&a)) < FEW);
    assert!(allocations(|| (), |()| by_reference_2(a.clone(), &b)) < FEW);
    assert!(allocations(|| (), |()| by_reference_3(&a, &b, &a)) < FEW);
    assert!(allocations(|| (), |()| by_reference_4(&a, &b, &a, b.clone())) < FEW);
    // Constants, handles and shared handles together.
    assert!(allocations(handle, |c| by_value_4(1, c, &a, b.clone())) < FEW);
    assert!(allocations(handle, |d| by_reference_4(1, d, &a, b.clone())) < FEW);
}

#[test]
fn sharing_and_cloning_allocate_nothing() {
    assert_eq!(allocations(handle, Delayed::shared), 0);
    assert_eq!(allocations(shared, |a| (a.clone(), a)), 0);
}

#[test]
fn other_kinds_of_task_are_put_in_blocks_too() {
    assert!(allocations(handles, |[a, b]| fallible(a, b)) < FEW);
    assert!(allocations(handle, |c| c.map(|c| c + 1)) < FEW);
    assert!(allocations(handles, |[d, e]| d + e) < FEW);
    let other = value("other".to_owned()).shared();
    let arguments = || {
        let all: Vec<Delayed<u64>> = (0..100).map(by_value_1).collect();
        (value("text".to_owned()), all)
    };
    let counted = allocations(arguments, |(text, all)| texts(text, &other, all));
    assert!(counted < FEW, "a vector is taken as it is");
}

#[test]
fn tuples_structs_and_nested_containers_allocate_nothing_more() {
    assert!(allocations(|| (1, 2), pair) < FEW);
    assert!(allocations(handles, |[a, b]| pair((a, b))) < FEW);
    assert!(allocations(handles, |[a, b]| gather((a, b))) < FEW);
    assert!(allocations(handles, |[a, b]| value(1).zip((a, b))) < FEW);
    let config = |[a, b]: [Delayed<u64>; 2]| configured(ConfigHandles { rate: a, range: (1, b) });
    assert!(allocations(handles, config) < FEW);
    let shared = shared();
    let rows = || (0..100).map(|n| (n, [value(n), value(n)])).collect::<Vec<_>>();
    assert!(allocations(rows, nested) < FEW, "the vector's own memory serves for the inputs");
    let rows = || (0..100).map(|n| (n, [&shared, &shared])).collect::<Vec<_>>();
    assert!(allocations(rows, nested) <= MANY as u64 + FEW);
}

#[test]
fn a_task_with_large_arguments_is_one_allocation() {
    assert_eq!(allocations(|| [0_u64; 64], |numbers| value(numbers)), MANY as u64);
}
