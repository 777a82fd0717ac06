//! Performance: when a graph pays, what a task costs, and how to read what a run says of itself.
//!
//! # When it pays
//!
//! | the work | use |
//! |---|---|
//! | steps that need each other's results, files, branches, failures to be named | a graph |
//! | one loop over many like items, with little work for each | [rayon](https://docs.rs/rayon)'s `par_iter`: less overhead, nothing to build |
//! | thousands of connections that mostly wait | an async runtime such as tokio: here, a task that waits keeps its thread |
//! | a single chain, where each step needs the one before | plain calls: nothing can run at the same time |
//! | more than one machine holds | the feature `cluster` |
//!
//! These mix: rayon inside tasks, and [`.spawn().await`](super::background) in async code.
//!
//! # What a task costs
//!
//! Building, running and dropping an empty task takes about 0.1 µs on two threads, and a graph of ten tasks about
//! 1.1 to 1.5 µs (measured on two cores of a virtual machine; the repository's README has the tables and the commands). A task that a
//! record is made of costs some tens of nanoseconds more. rayon by hand, without a graph, needs between a thirteenth and a
//! four-hundredth of that, so:
//!
//! - **Below a microsecond of work**, put many steps into one task.
//! - **From some microseconds on**, a task is worth it.
//! - **On a cluster** a task costs 2 to 3 ms, and should take 50 ms or more.
//!
//! Passing results costs nothing extra: a `Delayed` moves its result, a parameter `&T` borrows. What does cost is a `Shared`
//! of something large given to a parameter by value, which is cloned for every use but the last.
//!
//! # Batches
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn step(n: u64) -> u64 {
//!     n * n
//! }
//!
//! #[delayed]
//! fn total(parts: &[u64]) -> u64 {
//!     parts.iter().sum()
//! }
//!
//! // Too small: each task multiplies once.
//! let slow = total((0..10_000).map(step).collect::<Vec<_>>());
//!
//! // Ten tasks of a thousand steps each.
//! let batches = batched(0..10_000, 1_000, |n: u64| n * n);
//! let fast: Delayed<u64> = batches.into_iter().map(total).sum();
//!
//! assert_eq!(slow.compute()?, fast.compute()?);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Make several tasks for each core, and not one: with one, all others wait for the longest.
//!
//! # What starts first
//!
//! In a first run, tasks start in an order that keeps few results alive. An executor learns meanwhile how long each function
//! takes, on average. Where tasks take long (100 µs on average, and 50 µs for each thread) and not equally long, its later
//! runs start first what most of the remaining time depends on: the task that the longest chain of tasks to an output begins
//! with. So a long task that was built last no longer runs alone at the end:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//! use std::{thread::sleep, time::Duration};
//!
//! #[delayed]
//! fn quick(n: u64) -> u64 {
//!     sleep(Duration::from_millis(1));
//!     n
//! }
//!
//! #[delayed]
//! fn slow(n: u64) -> u64 {
//!     sleep(Duration::from_millis(20));
//!     n
//! }
//!
//! let executor = Executor::builder().threads(2).build()?;
//! for _ in 0..3 {
//!     let mut parts: Vec<Delayed<u64>> = (0..20).map(quick).collect();
//!     parts.push(slow(20));
//!     // From the second run on, `slow` is the first to start.
//!     assert_eq!(executor.compute(parts)?.len(), 21);
//! }
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Keep one executor for runs that are alike, or use the default one: each has learned for itself, and forgets when it is
//! dropped. It remembers up to 256 functions and closures, and nothing of their arguments; a function that takes long with some
//! arguments only counts with its average. What you say with [`.priority`](crate::Delayed::priority) comes before all that.
//!
//! To start early, a task must leave room: no more results than the order of the first run keeps at its peak, and one for
//! each thread. Where there is no room that order goes on, so no thread waits. Under a
//! [memory limit](super::memory) only that order counts, as on one thread; [`Executor::serial()`](crate::Executor::serial) and
//! [replays](crate::ExecutorBuilder::replay) learn nothing. Results never depend on it.
//!
//! # rayon inside a task
//!
//! A task that is long and can be split evenly may use rayon. Its pieces run on the executor's idle threads, and on
//! rayon's global pool where the task runs on the thread that called `compute`:
//!
//! ```
//! use graph_exec::prelude::*;
//! use rayon::prelude::*;
//!
//! #[delayed]
//! fn norm(values: &[f64]) -> f64 {
//!     values.par_iter().map(|value| value * value).sum::<f64>().sqrt()
//! }
//!
//! assert_eq!(norm(vec![3.0, 4.0]).compute()?, 5.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Do not compute graphs inside such code: [why, and what to write instead](super::running#rayon-inside-tasks).
//!
//! # Was it faster?
//!
//! Ask the run. [`Executor::run`](crate::Executor::run) gives the result and a record, and printing that says what limited it:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//! use std::{thread::sleep, time::Duration};
//!
//! #[delayed]
//! fn fetch(station: u64) -> u64 {
//!     sleep(Duration::from_millis(10 * station));
//!     station
//! }
//!
//! let executor = Executor::builder().threads(4).build()?;
//! let run = executor.run((1..=4).map(fetch).collect::<Vec<_>>())?;
//! println!("{run}");
//! assert!(run.record().verdict().starts_with("4 tasks on 4 workers took "));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! | it says | it means |
//! |---|---|
//! | `3.97× faster than one` | one worker alone would have needed so much longer; time spent waiting for locks or cores does not count |
//! | `the best possible was 4.00×` | what the workers, the cores, the longest chain and the memory limit allow |
//! | `and kept 1.9 of them occupied` | no speed-up is claimed, because it is not known: the run was too short, or the system does not tell |
//! | what follows the last `;` | what took most of the workers' time, and so what to change |
//! | `let each task do the work of several` | tasks are too small |
//!
//! [Records](super::records#what-limited-it) lists what can limit a run, and what to do about each. Comparing with
//! [`Executor::serial()`](crate::Executor::serial) takes a line, and is the better proof.
//!
//! # Development builds
//!
//! **Measure with `--release`.** In a development build, the library is not optimised either, so that tasks cost more.
//! Where a program should be quick while it is developed, its `Cargo.toml` can ask for its
//! dependencies to be optimised; its own functions stay quick to compile and easy to debug:
//!
//! ```toml
//! [profile.dev.package."*"]
//! opt-level = 2
//! ```
