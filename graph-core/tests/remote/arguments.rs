//! What arrives at a function, and what comes back.

use super::*;

#[test]
fn every_way_to_pass_an_argument_arrives() {
    assert_eq!(same(|| add(add(1, 2), value(4))), 7);
    assert_eq!(same(|| total(vec![add(1, 2), add(3, 4)])), 10);
    assert_eq!(same(|| total([add(1, 2), add(3, 4)])), 10);
    assert_eq!(same(|| total([1, 2, 3])), 6);
    assert_eq!(same(|| total(vec![1, 2, 3])), 6);
    assert_eq!(same(|| total(extremes(vec![3, -1, 9]))), 8);
    assert_eq!(same(|| total(extremes(vec![3, -1, 9]).shared())), 8);
    assert_eq!(same(|| joined(vec![value("a".to_owned()), value("b".into())], "-")), "a-b");
    assert_eq!(same(|| joined(vec!["a".to_owned()], value("+"))), "a");
    assert_eq!(same(|| measure(table("t", 300), Some(0.5))), 150.0);
    assert_eq!(
        same(|| measure(Arc::new(Table { name: "".into(), bytes: vec![1] }), None::<f64>)),
        1.0
    );
    assert_eq!(same(|| measure(table("t", 3), Some(value(2.0)))), 6.0);
    assert_eq!(same(|| names(vec![table("t", 1).shared()], [value(5), value(2)])), ("t".into(), 3));
    assert_eq!(same(|| depth("a/b")), 2);
    assert_eq!(same(|| depth(value("a/b/c"))), 3);
    assert_eq!(same(|| depth(value(PathBuf::from("a")))), 1);
    let map = || HashMap::from([("a".to_owned(), value(1)), ("b".to_owned(), add(1, 1))]);
    assert_eq!(same(|| sum_of_map(map(), BTreeMap::from([(3, add(4, 5))]))), 12);
    assert_eq!(same(|| parse("42")), 42);
}

#[test]
fn shared_handles_in_containers_travel_as_their_results() {
    let one = || add(1, 1).shared();
    assert_eq!(same(|| total(vec![one(), one()])), 4);
    assert_eq!(same(|| total(vec![&one()])), 2);
    assert_eq!(same(|| total([one(), one()])), 4);
    assert_eq!(same(|| total(Box::<[_]>::from([one(), one()]))), 4);
    let list = || {
        let list = vec![one(), one()];
        (total(&list), total(&list))
    };
    assert_eq!(same(list), (4, 4));
    assert_eq!(same(|| total(&[one(), one()][1..])), 2);
    let map = || HashMap::from([("a".to_owned(), one())]);
    assert_eq!(same(|| sum_of_map(map(), BTreeMap::from([(3, &one())]))), 4);
    assert_eq!(same(|| measure(table("t", 3), Some(&value(2.0).shared()))), 6.0);
    let tables = || vec![table("t", 1).shared(), table("u", 1).shared()];
    assert_eq!(same(|| names(&tables()[..], [5, 2])), ("tu".into(), 3));
    assert_eq!(same(|| names(&tables()[1..], [5, 2])), ("u".into(), 3));
    assert_eq!(same(|| names(Box::<[_]>::from([&tables()[0]]), [5, 2])), ("t".into(), 3));
}

#[test]
fn operators_values_and_parts_travel() {
    assert_eq!(same(|| -(value(2.5) * 2.0 - 1.0)), -4.0);
    assert_eq!(same(|| !(value(0b1100_u8) & 0b0110) << 1_u8), 0b1111_0110);
    assert_eq!(same(|| 1 + add(1, 2)), 4);
    assert_eq!(same(|| value(vec![1_u64, 2])), [1, 2]);
    assert_eq!(
        same(|| {
            let (name, difference) = names(vec![table("x", 0).shared()], [9, 2]).unzip();
            (difference * 2, joined(vec![name], ""))
        }),
        (14, "x".to_owned())
    );
    assert_eq!(
        same(|| {
            let [low, _, high] = extremes(vec![400, -3, 70_000]).unzip();
            high - low
        }),
        70_003
    );
}

#[test]
fn a_shared_result_that_is_there_goes_as_a_value_and_one_that_comes_stays() {
    let there = table("there", 5).shared();
    run_here(&there);
    assert_eq!(run_remotely(measure(&there, None::<f64>)), Ok(5.0));

    let comes: Shared<i64> = add(20, 22).shared();
    assert_eq!(*run_remotely(&comes).unwrap(), 42);
    let again = Plan::new(&comes).unwrap();
    // SAFETY: the handle lives.
    assert!(unsafe { again.output_is_done(0) });
}

#[test]
fn a_description_has_retries_and_resources_and_leaves_the_task_as_it_was() {
    #[delayed(remote, retries = 3)]
    fn careful(x: i64) -> i64 {
        x
    }
    let careful = careful(5).resource("gpu", 2);
    let plan = Plan::new(&careful).unwrap();
    // SAFETY: the handle lives; claimed, then given back.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        let call = plan.remote_call(0).unwrap();
        assert_eq!((call.attempts.retries, &call.resources), (Some(3), &vec![("gpu".into(), 2)]));
        assert!(!plan.give_back(0));
    }
    drop(plan);
    assert_eq!(run_here(careful), 5);
}
