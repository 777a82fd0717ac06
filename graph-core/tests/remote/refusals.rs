//! What cannot be sent, and what is said of it.

use super::*;

#[test]
fn what_cannot_travel_is_refused_with_a_way_out() {
    #[derive(Clone)]
    struct Opaque;
    let refusal = |outcome: Result<i64, Refused>| outcome.unwrap_err().to_string();
    let closure = refusal(run_remotely(value(1).map(|n| n)));
    assert!(closure.contains("closure") && closure.contains("`#[delayed(remote)]`"), "{closure}");
    let growing = refusal(run_remotely(iterate(1, value, |_| true)));
    assert!(
        growing.contains("makes tasks") && growing.contains("`#[delayed(remote)]`"),
        "{growing}"
    );
    let deferred = refusal(run_remotely(defer!(i64::max(1_i64, 2))));
    assert!(deferred.contains("`defer!`"), "{deferred}");
    let nothing = refusal(run_remotely(add(1, 2).resource("gpu", 0)));
    assert!(nothing.contains("0 of the resource `gpu`"), "{nothing}");
    let limited = refusal(run_remotely(one_at_a_time(1)));
    assert!(limited.contains("`at_most = 1`"), "{limited}");
    let unregistered = refusal(run_remotely(local(1)));
    assert!(unregistered.contains("write `#[delayed(remote)]` above it"), "{unregistered}");
    let opaque = run_remotely(value(Opaque)).err().unwrap().to_string();
    assert!(opaque.contains("Opaque"), "{opaque}");
    let text = run_remotely(value("text")).unwrap_err().to_string();
    assert!(text.contains("&str"), "{text}");
    let (_, part) = value((1_i64, Opaque)).unzip();
    let part = run_remotely(part).err().unwrap().to_string();
    assert!(part.contains("Opaque"), "{part}");
}

#[test]
fn an_owner_of_ones_own_is_lent_as_what_the_function_borrows_or_refused() {
    use graph_core::{IntoRef, Lend, input::Constant};

    #[derive(Clone, Serialize, Deserialize)]
    struct Pair(i64, i64);
    impl Lend<[i64]> for Pair {
        fn lend(&self) -> &[i64] {
            std::slice::from_ref(&self.1)
        }
    }
    impl IntoRef<[i64]> for Pair {
        type Input = Constant<Pair>;
        fn into_ref(self) -> Constant<Pair> {
            Constant(self)
        }
    }
    struct Later(Delayed<Pair>);
    impl IntoRef<[i64]> for Later {
        type Input = Delayed<Pair>;
        fn into_ref(self) -> Delayed<Pair> {
            self.0
        }
    }
    #[delayed(remote)]
    fn pair(x: i64) -> Pair {
        Pair(x, x + 1)
    }
    assert_eq!(same(|| total(Pair(3, 4))), 4);
    let refused = run_remotely(total(Later(pair(1)))).unwrap_err();
    assert!(refused.to_string().contains("Pair"), "{refused}");
}

#[test]
fn a_task_that_waits_between_attempts_or_judges_errors_stays_here() {
    fn any(_: &String) -> bool {
        true
    }
    #[delayed(remote, retries = 3, backoff = "1s..2s")]
    fn waits(x: i64) -> i64 {
        x
    }
    #[delayed(remote, retries = 3, retry_if = any)]
    fn judges(x: i64) -> Result<i64, String> {
        Ok(x)
    }
    #[delayed(remote, retries = 3, timeout = "2s")]
    fn limited(x: i64) -> i64 {
        x
    }
    let refused = |handle: &dyn Fn() -> Delayed<i64>| {
        let handle = handle();
        let plan = Plan::new(&handle).unwrap();
        // SAFETY: the handle exists, and the task is claimed once and given back.
        unsafe {
            assert_eq!(plan.claim_to_submit(0), Claimed::Now);
            let call = plan.remote_call(0);
            plan.give_back(0);
            call
        }
    };
    assert_eq!(refused(&|| waits(1)), Err(Refused::Backoff));
    assert_eq!(refused(&|| judges(1)), Err(Refused::RetryIf));
    let attempts = refused(&|| limited(1)).unwrap().attempts;
    assert_eq!((attempts.retries, attempts.timeout), (Some(3), Some(Duration::from_secs(2))));
    let quick = refused(&|| limited(1).timeout(Duration::from_secs(1)).retries(1));
    let attempts = quick.unwrap().attempts;
    assert_eq!((attempts.retries, attempts.timeout), (Some(1), Some(Duration::from_secs(1))));
}
