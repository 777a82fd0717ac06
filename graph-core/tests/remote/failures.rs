//! Errors of functions that ran, and bytes that are none of theirs.

use super::*;

#[test]
fn an_error_comes_with_its_causes_and_wrong_bytes_are_no_panic() {
    let name = "remote::parse";
    let error = invoke(name, &[1, b'x']).unwrap_err();
    assert_eq!(error, Fault::Returned("invalid digit found in string".into()));
    assert!(matches!(invoke(name, &[200]), Err(Fault::Codec { .. })));
    assert_eq!(invoke(name, &[1, b'7', 0, 0]), Err(Fault::LeftOver { bytes: 2 }));
    assert!(invoke("remote::gone", &[]).unwrap_err().to_string().contains("remote::gone"));
    assert!(invoke("graph_core::part", &[1, b'x', 1, b'x', 1, 0]).is_err());
}

#[test]
fn bytes_behind_a_result_are_no_result() {
    for (bytes, fits) in [(&[6][..], true), (&[6, 0], false), (&[6; 100], false), (&[], false)] {
        let sum = add(1, 2).shared();
        let plan = Plan::new(&sum).unwrap();
        // SAFETY: the handle lives; claimed, then settled once.
        let ran = unsafe {
            assert_eq!(plan.claim_to_submit(0), Claimed::Now);
            plan.settle(0, Ok(bytes))
        };
        assert_eq!(ran.ended == Ended::Done, fits, "{bytes:?}");
        assert_eq!(sum.failure().is_none(), fits, "{bytes:?}");
    }
}

#[test]
fn a_task_that_failed_remotely_has_failed_here() {
    let sum = add(1, 2).shared();
    let plan = Plan::new(&sum).unwrap();
    // SAFETY: the handle lives; claimed, then settled once.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        let ran = plan.settle(0, Err(Cause::error("no room")));
        assert_eq!(ran.ended, Ended::Failed);
    }
    assert!(sum.failure().unwrap().to_string().contains("no room"));
}

#[test]
fn a_resettable_task_that_failed_remotely_runs_again() {
    #[delayed(remote, resettable)]
    fn double(x: i64) -> i64 {
        2 * x
    }
    let inner = add(1, 2);
    let outer = double(inner).shared();
    let plan = Plan::new(&outer).unwrap();
    // SAFETY: the handle lives; both are claimed, one is given back, then the other is settled once.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        assert_eq!(plan.claim_to_submit(1), Claimed::Now);
        plan.give_back(1);
        assert_eq!(plan.settle(0, Err(Cause::error("no room"))).ended, Ended::Failed);
    }
    drop(plan);
    assert!(outer.failure().is_some());
    assert_eq!(outer.reset().unwrap(), 1);
    assert!(outer.failure().is_none());
    assert_eq!(*run_remotely(&outer).unwrap(), 6);
    // Others keep nothing, also when they may be tried often.
    #[delayed(remote, retries = 3)]
    fn often(x: i64) -> i64 {
        x
    }
    let often = often(1).retries(2).shared();
    let plan = Plan::new(&often).unwrap();
    // SAFETY: as above.
    unsafe {
        assert_eq!(plan.claim_to_submit(0), Claimed::Now);
        plan.settle(0, Err(Cause::error("no room")));
    }
    assert!(often.reset().is_err());
}
