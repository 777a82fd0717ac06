//! Graphs that grow while they run: loops, fan-outs of unknown width, recursion.
//!
//! A graph is built before it runs, by ordinary Rust code: whatever `if`, `for` and recursion can decide
//! from what is known then needs nothing of this page. When the next step depends on a *result*, a task
//! decides it: it returns handles, and [`flatten`](crate::Delayed::flatten) makes the tasks behind them
//! part of the run.
//!
//! | to write | use |
//! |---|---|
//! | one way or the other, by a result | a task that returns a handle, and `.flatten()` |
//! | as many tasks as a list turns out to have | [`.map_each(f)`](crate::Delayed::map_each), or a task that returns a `Vec` of handles, and `.flatten()` |
//! | step after step until it is good enough | [`iterate(x, step, until)`](crate::iterate) |
//! | divide and conquer | a `#[delayed]` function that returns a handle and calls itself, and `.flatten()` ([recursion](#recursion)) |
//!
//! # One way or the other
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn rows(path: String) -> usize {
//!     path.len() * 100
//! }
//! #[delayed]
//! fn read(path: String) -> String {
//!     format!("all rows of {path}")
//! }
//! #[delayed]
//! fn sample(path: String, rows: usize) -> String {
//!     format!("{rows} rows of {path}")
//! }
//!
//! // Which of the two tasks is built depends on how many rows there are.
//! let table = rows("ibm.json").map(|rows| match rows {
//!     0..1_000 => read("ibm.json"),
//!     _ => sample("ibm.json", 1_000_usize),
//! });
//! assert_eq!(table.flatten().compute()?, "all rows of ibm.json");
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # As many as there are
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn list(folder: &str) -> Vec<String> {
//!     ["ibm", "aapl", "hp"].map(|name| format!("{folder}/{name}.json")).into()
//! }
//! #[delayed]
//! fn convert(path: String) -> String {
//!     path.replace(".json", ".h5")
//! }
//!
//! // One call for each element, a task each.
//! let lengths = list("data").map_each(|path| path.len());
//! assert_eq!(lengths.compute()?, [13, 14, 12]);
//!
//! // Any graph for each element.
//! let converted = list("data").map(|paths| paths.into_iter().map(convert).collect::<Vec<_>>());
//! assert_eq!(converted.flatten().compute()?[2], "data/hp.h5");
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Until it is good enough
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn left(guess: f64) -> f64 {
//!     guess / 2.0
//! }
//! #[delayed]
//! fn right(guess: f64) -> f64 {
//!     1.0 / guess
//! }
//!
//! // The two halves of a step may run at once.
//! let step = |guess: f64| left(guess) + right(guess);
//! let root = iterate(1.0, step, |guess| (guess * guess - 2.0).abs() < 1e-9);
//! assert!((root.compute()? - 2_f64.sqrt()).abs() < 1e-9);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! `until` is asked of the first value too, before any step. To stop after so many steps as well, count
//! them: `iterate((x, 0), |(x, n)| step(x).map(move |x| (x, n + 1)), |(x, n)| good(x) || *n == 100)`.
//!
//! # Recursion
//!
//! A `#[delayed]` function whose return type is written with a handle may call itself: that builds a task, which
//! runs the function again when a worker has time for it.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn fib(n: u64) -> Delayed<u64> {
//!     match n {
//!         0 | 1 => value(n),
//!         _ => fib(n - 1).flatten() + fib(n - 2).flatten(),
//!     }
//! }
//!
//! assert_eq!(fib(12).flatten().compute()?, 144);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! `fib(n)` is a handle of the handle that the function returns, so each call has a `.flatten()` behind it. In any
//! other `#[delayed]` function, `fn fib(n: u64) -> u64` say, its own name is the plain function: all of the recursion
//! happens in one task, at once. So it is when the return type stands behind an alias.
//!
//! With a closure, the function need not be `#[delayed]` itself:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! fn sorted(numbers: Vec<i64>) -> Delayed<Vec<i64>> {
//!     value(numbers).map(|mut numbers| {
//!         if numbers.len() <= 1000 {
//!             numbers.sort_unstable();
//!             return value(numbers);
//!         }
//!         let rest = numbers.split_off(numbers.len() / 2);
//!         merge(sorted(numbers), sorted(rest))
//!     }).flatten()
//! }
//! #[delayed]
//! fn merge(a: Vec<i64>, b: Vec<i64>) -> Vec<i64> {
//!     let mut both = [a, b].concat();
//!     both.sort();
//!     both
//! }
//!
//! let numbers: Vec<i64> = (0..10_000).rev().collect();
//! assert_eq!(sorted(numbers).compute()?[..3], [0, 1, 2]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Nothing recurses when it runs, so the depth is bounded by memory and not by a stack: a level takes
//! about two kilobytes. Workers go depth first, so a tree of a million tasks has few levels open at once.
//!
//! # What holds for tasks that tasks have made
//!
//! - **They belong to the run that meets them.** They are in its [record](crate::RunRecord), told to its
//!   [observers](crate::Observer) and counted in its progress. The picture of a run that has ended shows
//!   them, [`record.graph()`](crate::RunRecord::graph), with an edge to the task that waited; a picture
//!   of a graph that has not run cannot.
//! - **They are as urgent as the task that waits for them**, and a [priority](crate::Delayed::priority)
//!   of their own counts among the tasks that were made with them. `.after` holds among these too.
//! - **Cancelling stops them**, as [keep-going](crate::Executor::keep_going), retries and a memory limit
//!   apply to them.
//! - **A failure is one error**: it names the task that failed, and its path leads through the task that
//!   waited. That one is left waiting, as any task is that needs what has failed.
//! - **A run that stops loses nothing.** What has a result keeps it, and another run goes on from there.
//! - **Two runs may meet in them**: a `Shared` of a task that makes tasks may be computed from several
//!   threads at once, and each of its tasks runs once.
//!
//! Handles that a task has made must not need the task itself; that is an error which names it
//! ([`GraphError::Cycle`](crate::GraphError::Cycle)).
//!
//! A task can also compute a graph itself, with `.compute()`. That is another run, with a record of its
//! own, and the thread waits for it: prefer `.flatten()` where the result is the task's result anyway.
//! On a cluster such tasks cannot run, because what they make exists in this
//! process alone.
