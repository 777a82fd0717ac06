//! What `compute` and everything else that takes handles takes.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use graph_exec::{Graph, prelude::*};

#[test]
fn every_container_keeps_its_shape() -> Result<(), graph_exec::Error> {
    let shared = value(7).shared();
    let map: HashMap<String, Delayed<usize>> =
        (0..1000).map(|n| (n.to_string(), value(n))).collect();
    for (key, n) in map.compute()? {
        assert_eq!(key, n.to_string());
    }
    assert_eq!(
        BTreeMap::from([("b", value(2)), ("a", value(1))]).compute()?,
        BTreeMap::from([("a", 1), ("b", 2)])
    );
    assert_eq!(Some(value(1)).compute()?, Some(1));
    assert_eq!(None::<Delayed<i64>>.compute()?, None);
    assert_eq!(VecDeque::from([value(1)]).compute()?, [1]);
    assert_eq!(Box::<[_]>::from([value(1), value(2)]).compute()?, Box::<[i32]>::from([1, 2]));
    let nested = (vec![(value(1), Some([value('a')]))], BTreeMap::from([(1, vec![&shared])]));
    assert_eq!(
        compute(nested)?,
        (vec![(1, Some(['a']))], BTreeMap::from([(1, vec![Arc::new(7)])]))
    );
    let t = (
        value(1),
        value(2),
        value(3),
        value(4),
        value(5),
        value(6),
        value(7),
        value(8),
        value(9),
        value(10),
        value(11),
        value(12),
    );
    assert_eq!(t.compute()?, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    Ok(())
}

#[test]
fn everything_that_takes_handles_takes_them() -> Result<(), graph_exec::Error> {
    let map = || BTreeMap::from([("a", value(1)), ("b", value(2))]);
    assert_eq!(Executor::serial().compute(map())?["b"], 2);
    assert_eq!(Executor::serial().run(Some(map()))?.into_value().unwrap()["a"], 1);
    assert_eq!(Graph::of(&map()).unwrap().outputs().len(), 2);
    let failing = BTreeMap::from([("good", value("1")), ("bad", value("x"))])
        .into_iter()
        .map(|(key, text)| (key, text.and_then(str::parse::<i64>)))
        .collect::<HashMap<_, _>>();
    let results = Executor::serial().keep_going().compute(failing)?;
    assert!(results["bad"].is_err());
    assert_eq!(*results["good"].as_ref().unwrap(), 1);
    #[cfg(feature = "draw")]
    assert!(Graph::of(&map()).unwrap().picture().to_text().contains("value"));
    let decided = value(3).map(|n| (0..n).map(|n| (n, value(n))).collect::<BTreeMap<_, _>>());
    assert_eq!(decided.flatten().compute()?, BTreeMap::from([(0, 0), (1, 1), (2, 2)]));
    Ok(())
}
