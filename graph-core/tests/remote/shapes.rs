//! Handles inside arguments: what is sent has the encoding of the whole.

use graph_core::{Handles, gather};

use super::*;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
enum Key {
    Low,
    High,
}

#[delayed(remote)]
fn keyed(rows: Vec<(Key, Vec<i64>)>, bounds: &(i64, Option<Box<[i64]>>)) -> String {
    format!("{rows:?} {bounds:?}")
}

#[delayed(remote)]
fn mapped(rows: BTreeMap<Key, (i64, String)>) -> (i64, String, Vec<i64>) {
    let (numbers, texts): (Vec<i64>, Vec<String>) = rows.into_values().unzip();
    (numbers.iter().sum(), texts.concat(), numbers)
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Handles)]
struct Config {
    rate: f64,
    rows: Vec<(Key, i64)>,
    name: String,
}

#[delayed(remote)]
fn configured(config: &Config) -> Config {
    config.clone()
}

#[test]
fn tuples_and_nested_containers_travel() {
    let n = |n: i64| value(n) + 0;
    same(|| {
        let shared = n(4).shared();
        vec![
            keyed(
                vec![(Key::Low, vec![n(1), n(2)]), (Key::High, vec![])],
                (n(3), Some(value(Box::from([1])))),
            ),
            keyed(vec![(Key::Low, vec![1]), (Key::High, vec![2])], (1, None::<Box<[i64]>>)),
            keyed(vec![(Key::High, vec![&shared])], (&shared, Some(Box::<[_]>::from([&shared])))),
        ]
    });
    same(|| mapped(BTreeMap::from([(Key::Low, (n(1), "a")), (Key::High, (n(2), "b"))])));
}

#[test]
fn structs_of_handles_travel() {
    let n = |n: i64| value(n) + 0;
    same(|| {
        configured(ConfigHandles { rate: value(0.5), rows: vec![(Key::High, n(1))], name: "x" })
    });
    same(|| configured(ConfigHandles { rate: 0.5, rows: vec![(Key::High, 1)], name: "x" }));
}

#[test]
fn what_is_gathered_split_and_summed_travels() {
    let n = |n: i64| value(n) + 0;
    same(|| keyed(gather(vec![(value(Key::Low), vec![n(1)])]), (1, None::<Box<[i64]>>)));
    same(|| keyed(vec![value(Key::Low).zip(vec![n(2)])], (1, None::<Box<[i64]>>)));
    same(|| {
        let (sum, text, numbers) = mapped(BTreeMap::from([(Key::Low, (n(1), "a"))])).unzip();
        (sum, text, numbers)
    });
    same(|| {
        let whole = mapped(BTreeMap::from([(Key::Low, (n(1), "a"))])).shared();
        let (sum, _, numbers) = whole.unzip();
        (sum, numbers)
    });
    same(|| (0..5).map(n).sum::<Delayed<i64>>());
    same(|| (1..5).map(n).product::<Delayed<i64>>());
    same(|| {
        let mut total = n(1);
        total += n(2);
        total -= 1;
        total
    });
}
