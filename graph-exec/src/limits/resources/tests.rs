//! Who gets what, step by step.

use std::{
    panic::Location,
    sync::{Arc, Mutex, Weak},
};

use graph_core::{__run::Signature, Function};

use super::{
    limiter::{Answer, Ask, Limiter},
    request::{Need, Request},
};
use crate::{
    limits::unpark::{Unpark, WaitsFor},
    run::nesting::Nesting,
    sync::lock,
};

/// A run that notes which tasks may ask again.
struct Fixture {
    told: Arc<Told>,
    run: Weak<dyn Unpark>,
    nesting: Arc<Nesting>,
    limiter: Arc<Limiter>,
}

#[derive(Default)]
struct Told(Mutex<Vec<u32>>);

impl Unpark for Told {
    fn unpark(self: Arc<Self>, tasks: &[u32], waited_for: WaitsFor) {
        assert_eq!(waited_for, WaitsFor::Resource);
        lock(&self.0).extend(tasks);
    }
}

fn fixture(limiter: &Arc<Limiter>) -> Fixture {
    let told = Arc::new(Told::default());
    let run: Weak<dyn Unpark> = Arc::downgrade(&told) as _;
    Fixture { told, run, nesting: Nesting::new(Vec::new()), limiter: Arc::clone(limiter) }
}

fn function() -> Function {
    Function { module: "", name: "task", file: "", line: 0, column: 0 }
}

impl Fixture {
    /// The hold of the task that asks for (resource, amount); `None` when it is parked.
    fn ask(&self, task: u32, priority: i32, needs: &[(usize, u32)]) -> Option<u64> {
        let needs = needs.iter().map(|&(resource, amount)| Need { resource, amount });
        let request: Request = needs.collect();
        let signature = Signature { function, caller: Location::caller(), label: None };
        let answer = self.limiter.ask(&Ask {
            run: &self.run,
            nesting: &self.nesting,
            task,
            number: u64::from(task),
            priority,
            request: &request,
            signature: &signature,
        });
        match answer {
            Answer::Taken { hold, .. } => Some(hold),
            Answer::Parked => None,
            Answer::Never(circle) => panic!("{circle:?}"),
        }
    }

    fn told(&self) -> Vec<u32> {
        std::mem::take(&mut lock(&self.told.0))
    }
}

fn two_cards() -> Arc<Limiter> {
    Limiter::new([("gpu".to_owned(), 2), ("disk".to_owned(), 1)])
}

const GPU: usize = 0;
const DISK: usize = 1;

#[test]
fn what_is_not_free_is_waited_for_in_the_order_of_arrival() {
    let limiter = two_cards();
    let run = fixture(&limiter);
    let first = run.ask(0, 0, &[(GPU, 1)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2)]).is_none());
    assert!(run.ask(2, 0, &[(GPU, 1)]).is_none(), "one is free, and 1 waits for both");
    assert!(run.ask(3, 0, &[(DISK, 1)]).is_some(), "nobody waits for it");
    assert_eq!(limiter.tasks(), (2, 2));
    limiter.give_back(first);
    assert_eq!(run.told(), [1]);
    assert!(run.ask(2, 0, &[(GPU, 1)]).is_none(), "what 1 needs is as good as taken");
    let both = run.ask(1, 0, &[(GPU, 2)]).unwrap();
    limiter.give_back(both);
    assert_eq!(run.told(), [2]);
    assert!(run.ask(2, 0, &[(GPU, 1)]).is_some());
    assert_eq!(limiter.tasks(), (2, 0));
}

#[test]
fn a_higher_priority_comes_before_those_who_wait_longer() {
    let limiter = two_cards();
    let run = fixture(&limiter);
    let both = run.ask(0, 0, &[(GPU, 2)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2)]).is_none());
    assert!(run.ask(2, 5, &[(GPU, 2)]).is_none());
    limiter.give_back(both);
    assert_eq!(run.told(), [2]);
}

#[test]
fn all_or_nothing_is_taken() {
    let limiter = two_cards();
    let run = fixture(&limiter);
    let disk = run.ask(0, 0, &[(DISK, 1)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2), (DISK, 1)]).is_none());
    assert_eq!(limiter.tasks(), (1, 1), "it holds no card while it waits for the disk");
    limiter.give_back(disk);
    assert_eq!(run.told(), [1]);
    assert!(run.ask(1, 0, &[(GPU, 2), (DISK, 1)]).is_some());
}

#[test]
fn a_run_that_stops_lets_those_behind_it_pass() {
    let limiter = two_cards();
    let (run, other) = (fixture(&limiter), fixture(&limiter));
    run.ask(0, 0, &[(GPU, 1)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2)]).is_none());
    assert!(other.ask(1, 0, &[(GPU, 1)]).is_none());
    limiter.withdraw(&run.nesting);
    assert_eq!((run.told(), other.told()), (vec![], vec![1]));
    assert!(other.ask(1, 0, &[(GPU, 1)]).is_some());
}

#[test]
fn one_that_has_ended_elsewhere_lets_those_behind_it_pass() {
    let limiter = two_cards();
    let (run, other) = (fixture(&limiter), fixture(&limiter));
    run.ask(0, 0, &[(GPU, 1)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2)]).is_none());
    assert!(other.ask(1, 0, &[(GPU, 1)]).is_none());
    limiter.forget(&run.nesting, 1);
    assert_eq!(other.told(), [1]);
}

#[test]
fn those_who_may_overtake_take_what_fits() {
    let limiter = two_cards();
    let (run, other) = (fixture(&limiter), fixture(&limiter));
    run.ask(0, 0, &[(GPU, 1)]).unwrap();
    assert!(run.ask(1, 0, &[(GPU, 2)]).is_none());
    assert!(other.ask(1, 0, &[(GPU, 1)]).is_none());
    assert!(other.ask(2, 0, &[(GPU, 2)]).is_none());
    limiter.let_overtake(&other.nesting);
    assert_eq!(other.told(), [1], "2 does not fit");
    assert!(other.ask(1, 0, &[(GPU, 1)]).is_some());
}
