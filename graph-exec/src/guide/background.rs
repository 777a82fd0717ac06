//! Going on meanwhile: runs in the background, `.await`, results as they end, time limits.
//!
//! # Spawn and wait
//!
//! [`compute`](crate::compute) returns when the graph is done. `.spawn()` returns at once, with a
//! [`Running`](crate::Running): the graph runs on the executor's threads, and its owner may do something else.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn count(word: String) -> usize {
//!     word.len()
//! }
//!
//! let running = count("background".to_owned()).spawn();
//! // ... meanwhile ...
//! assert_eq!(running.wait()?, 10); // works for the run until it has ended
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A run has its handles until it ends, so they are given away; of a `&Shared` it keeps a clone. What becomes of the run is the business of its `Running`:
//!
//! | | |
//! |---|---|
//! | [`wait`](crate::Running::wait) | the result; works like `compute` meanwhile |
//! | `.await` | the result; blocks no thread, see below |
//! | [`is_finished`](crate::Running::is_finished) | whether it has ended |
//! | [`cancel`](crate::Running::cancel), or dropping it | no further task starts; tasks that ask [`task::check`](crate::task::check) end early |
//! | [`detach`](crate::Running::detach) | it goes on, and nobody waits |
//! | [`record`](crate::Running::record) | what it did, when started by [`spawn_recorded`](crate::Executor::spawn_recorded) |
//!
//! Beginning a run wakes a thread for it, which costs the calling thread several microseconds on most machines, on some
//! twenty. Where the result of a small graph is wanted at once, `compute` is cheaper.
//!
//! # In async code
//!
//! **Do not call `compute` in an async function**: it blocks the thread, and on a runtime with one thread nothing
//! else happens until it returns. A [`Running`](crate::Running) is a future, of no particular runtime:
//!
//! ```
//! use graph_exec::{Error, prelude::*};
//!
//! # #[delayed]
//! # fn count(word: String) -> usize {
//! #     word.len()
//! # }
//! async fn handler(word: String) -> Result<usize, Error> {
//!     count(word).spawn().await
//! }
//! # assert_eq!(pollster::block_on(handler("abc".to_owned()))?, 3);
//! # Ok::<(), Error>(())
//! ```
//!
//! When the future is dropped, because the client has gone or a timeout of the runtime has passed, the run is
//! cancelled. [Services](super::services) has the rest: errors as answers, deadlines, whose turn it is.
//!
//! The other way round, a task is an ordinary function and cannot `.await`. With the feature `tokio`, async functions are
//! tasks that hold no worker while they wait ([`defer_async!`](super::services#async-functions-as-tasks)). Without it, or
//! with another runtime, a task takes the runtime's handle as an argument (`tokio::runtime::Handle` is `Clone`) and
//! blocks on what it needs: `handle.block_on(future)`.
//! `Handle::current()` inside a task panics, because the task's thread belongs to no runtime. A task that awaits a
//! graph through some `block_on` works for that graph, so a single thread is enough.
//!
//! # Results as they end
//!
//! [`as_completed`](fn@crate::as_completed) computes many graphs, and gives each result as soon as it is there. Graphs are
//! built as there is room for them, so there may be any number; whoever has seen enough stops:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn trial(seed: u64) -> f64 {
//!     (seed as f64).sin()
//! }
//!
//! let good = as_completed((0..).map(trial)).find(|(_, score)| matches!(score, Ok(score) if *score > 0.99));
//! let (seed, score) = good.unwrap();
//! assert!((seed as f64).sin() > 0.99 && score? > 0.99);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! [`executor.as_completed(…)`](crate::Executor::as_completed) does the same on the threads of an executor, with its
//! limits, its token and its time limit. When the token is cancelled or the deadline has come, no more graphs are begun,
//! and the last result is an error that says so, also when there is no end of graphs:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! let executor = Executor::builder().threads(2).build()?;
//! let handles = (0..4_u64).map(|n| value(n).map(|n| n * n));
//! for (index, square) in executor.as_completed(handles) {
//!     println!("{index}: {}", square?);
//! }
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! With the feature `stream`, `as_completed(…).into_stream()` gives them to async code.
//!
//! # Time limits
//!
//! [`with_timeout`](crate::Executor::with_timeout) is for each run, [`with_deadline`](crate::Executor::with_deadline) a time for
//! all, and [`CancelToken::with_deadline`](crate::CancelToken::with_deadline) for whatever has the token. A task is never
//! interrupted: it hears that the time is up from [`task::check`](crate::task::check), and knows before when that will be
//! from [`task::deadline`](crate::task::deadline). The error says how far the run got, and names the task that did not
//! listen.
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*, task};
//! use std::time::Duration;
//!
//! #[delayed]
//! fn endless(_seed: u64) -> Result<u64, task::Cancelled> {
//!     loop {
//!         task::check()?;
//!     }
//! }
//!
//! let executor = Executor::default().with_timeout(Duration::from_millis(50));
//! let error = executor.compute(endless(1)).unwrap_err();
//! assert!(matches!(error, Error::TimedOut { .. }));
//! assert!(error.to_string().starts_with("the time limit of 50 ms was reached after 0 of 1 tasks"));
//! # Ok::<(), Error>(())
//! ```
//!
//! A single task is limited by [`#[delayed(timeout = "30s")]`](macro@crate::delayed#timeout): each of its attempts may take
//! so long. It hears of it in the same way, and [`task::deadline`](crate::task::deadline) is the earlier of both limits.
//! When its own time is up the task has failed, and may be [tried again](super::errors#try-again); when the time of the run is up,
//! the run ends. Nobody can end a thread from outside, so on every executor of this process a task that does not ask goes
//! on to its end, and is named in the error; what it gives then does not count.
//!
//! # Which executor
//!
//! `.compute()` and `.spawn()` name no executor; [`Executor::default`](crate::Executor#impl-Default-for-Executor) says which
//! it is. A program chooses with [`set_default`](crate::Executor::set_default), a part of it with
//! [`scope`](crate::Executor::scope), and its user with the environment:
//!
//! ```text
//! DELAYED_SCHEDULER=serial ./program      one task after another, on the calling thread: for debuggers
//! DELAYED_NUM_WORKERS=4 ./program         four threads
//! ```
//!
//! # Does the order matter?
//!
//! Tasks run in any order that the graph allows. If results depend on it, through side effects, the graph
//! lacks an edge. [`fuzz_schedules`](crate::fuzz_schedules) runs a graph in many orders on one thread and says which seed
//! gave something else; [`replay`](crate::ExecutorBuilder::replay) runs that order again, as often as the search takes.
