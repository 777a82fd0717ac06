//! `gather`.

use std::collections::{BTreeMap, HashMap, VecDeque};

use graph_exec::{Gather, input::Constant, prelude::*};

use crate::size;

#[derive(Debug, Clone, PartialEq)]
struct Row(i64);

#[test]
fn any_nesting_of_handles_and_constants_is_put_together() -> Result<(), graph_exec::Error> {
    let shared = value(1).shared();
    assert_eq!(gather((value(1), 2.5, "x")).compute()?, (1, 2.5, "x"));
    assert_eq!(
        gather(vec![("ibm", value(1)), ("hp", value(2))]).compute()?,
        [("ibm", 1), ("hp", 2)]
    );
    assert_eq!(
        gather((&shared, vec![vec![Some(value(1)), None], vec![]])).compute()?,
        (1, vec![vec![Some(1), None], vec![]])
    );
    assert_eq!(
        gather(BTreeMap::from([(1, (value('a'), &shared))])).compute()?,
        BTreeMap::from([(1, ('a', 1))])
    );
    assert_eq!(gather(HashMap::from([(1, value('a'))])).compute()?, HashMap::from([(1, 'a')]));
    assert_eq!(gather(VecDeque::from([value(1)])).compute()?, [1]);
    assert_eq!(gather(Box::<[_]>::from([value(1)])).compute()?, Box::<[i32]>::from([1]));
    assert_eq!(gather([value(1), value(2)]).compute()?, [1, 2]);
    assert_eq!(gather((Constant(Row(1)), shared)).compute()?, (Row(1), 1));
    assert_eq!(gather(Vec::<Delayed<i64>>::new()).compute()?, [0; 0]);
    let t = (1, 2, 3, value(4), 5, 6, 7, 8, 9, 10, 11, value(12));
    assert_eq!(gather(t).compute()?, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
    Ok(())
}

#[test]
fn functions_can_take_whatever_can_be_gathered() -> Result<(), graph_exec::Error> {
    fn labelled<H: Gather>(label: &'static str, handles: H) -> Delayed<(&'static str, H::Value)> {
        gather((label, handles))
    }
    assert_eq!(labelled("x", vec![value(1)]).compute()?, ("x", vec![1]));
    Ok(())
}

#[test]
fn it_is_one_task_with_an_edge_for_each_handle() {
    for n in [0, 1, 10, 1000] {
        let handles: Vec<_> = (0..n).map(|i| (i as u64, value(i))).collect();
        assert_eq!(size(&gather(handles)), (n + 1, n));
    }
}
