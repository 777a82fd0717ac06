//! Graphs inside a service: one run for each request, clients that go away, deadlines, errors as answers.
//!
//! The example `service.rs` is a whole HTTP service on hyper
//! (`cargo run -p graph-exec --example service`). This page takes it apart; nothing in it needs a certain
//! runtime or framework, but for the [last part](#async-functions-as-tasks).
//!
//! # One executor for all requests
//!
//! Build one [`Executor`](crate::Executor) when the program starts, and give each handler a clone, which is
//! cheap: all clones have the same threads. The runtime of the service keeps threads of its own; they only pass
//! requests on, so one or two are enough.
//!
//! # A request is a run
//!
//! A handler builds the graph of its request, [spawns](crate::Executor::spawn) it and awaits it. Meanwhile the
//! runtime's thread serves others:
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*};
//!
//! /// The client's mistake.
//! #[derive(Debug, thiserror::Error)]
//! #[error("there is no stock called `{0}`")]
//! struct NoSuchStock(String);
//!
//! #[delayed]
//! fn prices(name: String) -> Result<Vec<f64>, NoSuchStock> {
//!     if name == "ibm" { Ok(vec![118.5, 121.5]) } else { Err(NoSuchStock(name)) }
//! }
//!
//! #[delayed]
//! fn mean(prices: &[f64]) -> f64 {
//!     prices.iter().sum::<f64>() / prices.len() as f64
//! }
//!
//! async fn handler(executor: Executor, name: String) -> (u16, String) {
//!     match executor.spawn(mean(prices(name))).await {
//!         Ok(mean) => (200, mean.to_string()),
//!         Err(error) => answer(&error),
//!     }
//! }
//!
//! /// What a client is told of an error. The type that a task returned is the error's source.
//! fn answer(error: &Error) -> (u16, String) {
//!     let cause = std::error::Error::source(error);
//!     match error {
//!         Error::TimedOut { .. } => (503, "try again later".to_owned()),
//!         Error::Cancelled { .. } => (503, "the service is ending".to_owned()),
//!         _ => match cause.and_then(|cause| cause.downcast_ref::<NoSuchStock>()) {
//!             Some(mistake) => (404, mistake.to_string()),
//!             None => {
//!                 eprintln!("{error:#}"); // all that is known, for the log and not for the client
//!                 (500, "something went wrong".to_owned())
//!             }
//!         },
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let executor = Executor::builder().build()?;
//! assert_eq!(handler(executor.clone(), "ibm".to_owned()).await, (200, "120".to_owned()));
//! assert_eq!(handler(executor, "tulips".to_owned()).await.0, 404);
//! # Ok(())
//! # }
//! ```
//!
//! # When the client goes away
//!
//! The framework then drops the future of the answer. With it goes the [`Running`](crate::Running), and that
//! cancels the run: no further task starts, and nobody waits for the one that runs. A task is never interrupted,
//! so let one that takes long ask [`task::check`](crate::task::check) from time to time:
//!
//! ```
//! use graph_exec::{prelude::*, task};
//!
//! #[delayed]
//! fn search(rows: Vec<u64>, wanted: u64) -> Result<Option<usize>, task::Cancelled> {
//!     for (start, block) in (0..).step_by(1000).zip(rows.chunks(1000)) {
//!         task::check()?; // ends here when nobody wants the answer any more
//!         if let Some(at) = block.iter().position(|&row| row == wanted) {
//!             return Ok(Some(start + at));
//!         }
//!     }
//!     Ok(None)
//! }
//! assert_eq!(search((0..5000).collect::<Vec<u64>>(), 4321).compute()?, Some(4321));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Work that is to go on without the client is spawned and [left alone](crate::Running::detach).
//!
//! # Deadlines
//!
//! | | who notices | the answer comes |
//! |---|---|---|
//! | [`executor.with_timeout(limit)`](crate::Executor::with_timeout) | the run: [`Error::TimedOut`](crate::Error::TimedOut) says how far it got | when the running tasks have ended |
//! | `tokio::time::timeout(limit, running)` | the handler, which drops the run | at once |
//!
//! Both cancel what is left. The first tells tasks when their time is up ([`task::deadline`](crate::task::deadline)),
//! so that they can choose a shorter way; the second answers also when a task does not listen. Use both, the second with
//! a little more time. A limit counts from the call of `spawn`, so the time that a request waits for its turn
//! is part of it: a service that has too much to do says 503 instead of working for clients that have gone.
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*};
//! use std::time::Duration;
//!
//! #[delayed]
//! fn deaf(milliseconds: u64) -> u64 {
//!     std::thread::sleep(Duration::from_millis(milliseconds));
//!     milliseconds
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Error> {
//! let executor = Executor::builder().build()?.with_timeout(Duration::from_millis(10));
//! let running = executor.spawn(deaf(500));
//! match tokio::time::timeout(Duration::from_millis(20), running).await {
//!     Ok(Ok(number)) => println!("200: {number}"),
//!     Ok(Err(error)) => println!("503: {error}"), // it listened
//!     Err(_) => println!("503: its time is up"),  // it did not, and ends behind our back
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What `compute` does in async code
//!
//! It blocks the thread until the graph is done, and works for it. In an async function that thread is the
//! runtime's: one of a single thread serves nobody meanwhile, and one of several a thread less. What the graph itself
//! waits for may be a future of that very runtime ([below](#async-functions-as-tasks)), and with no thread left
//! nobody drives it: such a task fails where the runtime has a single thread, and where all of several are
//! blocked, as a machine with one core has but one, the run waits for ever. Write:
//!
//! | where | write |
//! |---|---|
//! | an async function | `handle.spawn().await`, or `executor.spawn(handles).await` |
//! | blocking code inside one, in tokio's `spawn_blocking` | `compute()` |
//! | a task | a graph: [`flatten`](crate::Delayed::flatten); or `compute()`, which makes room for others meanwhile |
//!
//! # What requests share
//!
//! A [`Shared`](crate::Shared) handle in the state of the service is computed by the first request that needs it, once, also
//! when several come at the same time. When that request is cancelled, the others go on. A failure is kept as
//! a result is, so share what does not fail by chance:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! #[delayed]
//! fn index() -> Vec<u64> {
//!     (0..1000).map(|n| n * n).collect() // takes long
//! }
//!
//! #[delayed]
//! fn find(index: &[u64], wanted: u64) -> bool {
//!     index.binary_search(&wanted).is_ok()
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), graph_exec::Error> {
//! let (executor, index) = (Executor::builder().build()?, index().shared());
//! let (one, other) = (executor.spawn(find(&index, 49)), executor.spawn(find(&index, 50)));
//! assert_eq!((one.await?, other.await?), (true, false)); // `index` ran once
//! # Ok(())
//! # }
//! ```
//!
//! # Fairness
//!
//! Runs on one executor take turns at the ends of tasks ([whose turn it is](super::running#whose-turn-it-is)), so a small
//! request beside large ones waits for a task of theirs, not for all of them. It follows:
//!
//! - **The longest task is what everybody may wait for.** Cut work into tasks of some milliseconds.
//! - A request that needs less than 64 ms, added up over the threads, waits about once: until then it comes before runs
//!   that have had four times as much, on every thread that it can use, and loses its turn only to requests that have
//!   had much less.
//! - Short runs come first two thirds of the time. When requests keep coming that need more than that, all runs take
//!   turns for a while, so the large ones get on too, and a request may wait again between its tasks.
//! - What must not wait behind the rest has a [priority](crate::Delayed::priority): it goes first, whichever
//!   run it belongs to, and keeps its turn.
//! - Long tasks that cannot be cut belong on an executor of their own, with fewer threads. The system then shares
//!   the cores among the threads of both.
//!
//! `cargo run --release -p benches --bin service` measures a small request beside two large graphs.
//!
//! # The end of the service
//!
//! One [`CancelToken`](crate::CancelToken) for all: with `executor.with_cancel(&token)`, `token.cancel()` ends every run of
//! the executor and of its clones that were made from then on. Handlers answer 503, as above.
//!
#![cfg_attr(feature = "tokio", doc = include_str!("../../docs/async_functions.md"))]
#![cfg_attr(
    not(feature = "tokio"),
    doc = "# Async functions as tasks\n\nThey need the feature `tokio`, as does the page about them."
)]
