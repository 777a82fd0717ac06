//! Failed tasks that are to run again.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
};

use graph_exec::{Error, GraphError, Handle, TaskState, prelude::*};

use crate::{executors, watchdog::within_a_minute};

/// Whether the outer world works, and how often it was asked.
#[derive(Clone, Default)]
struct World(Arc<(AtomicBool, AtomicUsize)>);

impl World {
    fn ask(&self) -> Result<usize, String> {
        let asked = self.0.1.fetch_add(1, SeqCst) + 1;
        if self.0.0.load(SeqCst) { Ok(asked) } else { Err(format!("asked {asked} times")) }
    }

    fn repair(&self) {
        self.0.0.store(true, SeqCst);
    }

    fn asked(&self) -> usize {
        self.0.1.load(SeqCst)
    }
}

#[delayed(resettable)]
fn ask(world: &World) -> Result<usize, String> {
    world.ask()
}

#[delayed(resettable, retries = 2)]
fn ask_three_times(world: World, text: String) -> Result<String, String> {
    world.ask().map(|asked| format!("{text} {asked}"))
}

#[delayed]
fn ask_once(world: World) -> Result<usize, String> {
    world.ask()
}

#[test]
fn a_failed_task_keeps_its_error_until_it_is_reset() {
    for (name, executor) in executors() {
        let world = World::default();
        let task = ask(world.clone()).shared();
        assert!(executor.compute(&task).is_err(), "{name}");
        world.repair();
        let error = executor.compute(&task).unwrap_err();
        assert!(format!("{error:#}").ends_with("asked 1 times"), "{name}: {error:#}");
        assert_eq!(task.reset().unwrap(), 1, "{name}");
        assert!(task.failure().is_none(), "{name}");
        assert_eq!(*executor.compute(&task).unwrap(), 2, "{name}");
        assert_eq!((task.reset().unwrap(), world.asked()), (0, 2), "{name}");
        assert_eq!(*executor.compute(&task).unwrap(), 2, "{name}");
    }
}

#[test]
fn it_may_fail_and_be_reset_any_number_of_times_with_all_its_retries() {
    for (name, executor) in executors() {
        let world = World::default();
        let text = "hello".to_owned();
        let task = ask_three_times(world.clone(), text).shared();
        for times in 1..5 {
            assert!(executor.compute(&task).is_err(), "{name}");
            assert_eq!((world.asked(), task.reset().unwrap()), (3 * times, 1), "{name}");
        }
        world.repair();
        assert_eq!(*executor.compute(&task).unwrap(), "hello 13", "{name}");
    }
}

/// ```text
///   counted ──► ask (fails) ──► map ──► last     reset on `last` reaches `ask`
/// ```
#[test]
fn the_whole_path_that_led_to_the_failure_runs_again_and_nothing_else() {
    #[delayed(resettable)]
    fn ask_after(_before: &u32, world: World) -> Result<usize, String> {
        world.ask()
    }
    for (name, executor) in executors() {
        let world = World::default();
        let counted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&counted);
        let before = value(1u32).map(move |n| {
            count.fetch_add(1, SeqCst);
            n
        });
        let last = ask_after(before, world.clone()).map(|n| n * 10).map(|n| n + 1).shared();
        assert!(executor.compute(&last).is_err() && last.failure().is_none(), "{name}");
        world.repair();
        assert!(executor.compute(&last).is_err(), "{name}");
        assert_eq!(last.reset().unwrap(), 1, "{name}");
        let finished = executor.run(&last).unwrap();
        assert_eq!(
            finished.record().tasks().filter(|task| task.state() == TaskState::Done).count(),
            3
        );
        assert_eq!((**finished.value(), counted.load(SeqCst)), (21, 1), "{name}");
    }
}

#[test]
fn tasks_that_a_task_has_made_are_reset_with_it() {
    for (name, executor) in executors() {
        let world = World::default();
        let made = world.clone();
        let list = value(3).map(move |n| (0..n).map(|_| ask(made.clone())).collect::<Vec<_>>());
        let all = list.flatten().map(|all| all.len()).shared();
        assert!(executor.keep_going().compute(&all).unwrap().is_err(), "{name}");
        world.repair();
        assert_eq!(all.reset().unwrap(), 3, "{name}");
        assert_eq!(*executor.compute(&all).unwrap(), 3, "{name}");
    }
}

#[test]
fn a_task_whose_inputs_are_used_up_is_named_and_nothing_is_reset() {
    for (name, executor) in executors() {
        let world = World::default();
        let both = ask(world.clone()).zip(ask_once(world.clone()).named("greedy")).shared();
        assert!(executor.keep_going().compute(&both).unwrap().is_err(), "{name}");
        let error = both.reset().unwrap_err();
        let text = error.to_string();
        let GraphError::InputsUsedUp { task, .. } = error else { panic!("{name}: {error}") };
        assert_eq!(task, "ask_once (greedy)", "{name}");
        assert!(text.contains("write `#[delayed(resettable)]` above its function"), "{text}");
        let asked = world.asked();
        assert!(executor.keep_going().compute(&both).unwrap().is_err(), "{name}");
        assert_eq!(world.asked(), asked, "{name}");
    }
}

#[test]
fn what_has_not_run_needs_no_reset() {
    let world = World::default();
    let task = ask_once(world.clone()).map(|n| n + 1).shared();
    assert_eq!((task.reset().unwrap(), world.asked()), (0, 0));
}

#[test]
fn inputs_that_were_kept_go_with_the_last_handle() {
    let input = Arc::new(());
    #[delayed(resettable)]
    fn fails(_input: Arc<()>) -> Result<(), String> {
        Err("no".to_owned())
    }
    let task = fails(Arc::clone(&input)).shared();
    assert!(task.compute().is_err());
    assert_eq!(Arc::strong_count(&input), 2);
    let second = task.clone();
    drop(task);
    assert_eq!((second.reset().unwrap(), Arc::strong_count(&input)), (1, 2));
    assert!(second.compute().is_err());
    drop(second);
    assert_eq!(Arc::strong_count(&input), 1);
}

/// A chain of failed tasks that hold each other is reset, and dropped, without recursion.
#[test]
fn a_long_chain_behind_a_failure_is_looked_through_without_recursion() {
    let world = World::default();
    let mut last = ask(world.clone());
    for _ in 0..200_000 {
        last = last.map(|n| n);
    }
    let last = last.shared();
    assert!(last.compute().is_err());
    assert_eq!(last.reset().unwrap(), 1);
    world.repair();
    assert_eq!(*last.compute().unwrap(), 2);
}

/// ```text
///  threads │ compute, read the error, reset: all at once, again and again
/// ```
#[test]
fn resets_runs_and_readers_may_meet() {
    for (name, executor) in executors() {
        within_a_minute(name, || {
            let world = World::default();
            let first = ask(world.clone()).shared();
            let last = first.map(|n| n + 1).shared();
            let begin = Barrier::new(4);
            let computing = |handle: &Shared<usize>| {
                begin.wait();
                for _ in 0..200 {
                    if let Err(error) = executor.compute(handle) {
                        assert!(matches!(error, Error::Task(_)), "{name}: {error}");
                    }
                }
            };
            thread::scope(|scope| {
                scope.spawn(|| computing(&first));
                scope.spawn(|| computing(&last));
                scope.spawn(|| {
                    begin.wait();
                    for _ in 0..2000 {
                        let failure = first.failure().map(|failure| failure.to_string());
                        assert!(failure.is_none_or(|text| text.contains("asked")), "{name}");
                    }
                });
                begin.wait();
                for _ in 0..2000 {
                    last.reset().unwrap();
                }
            });
            world.repair();
            last.reset().unwrap();
            assert_eq!(*executor.compute(&last).unwrap(), world.asked() + 1, "{name}");
        });
    }
}
