//! When a task fails: what stops, what goes on, what the error says, and what to do about it.
//!
//! # A function that may fail
//!
//! A `#[delayed]` function may return a `Result<T, E>`. Its handle is a `Delayed<T>`, so the tasks behind it see the
//! value, and an `Err` stops them. `E` is any error type, also `Box<dyn Error + Send + Sync>`, a `String` or
//! `anyhow::Error`. A panic is caught, and counts as a failure of its task.
//!
//! ```
//! use graph_exec::{Error, prelude::*};
//! use std::num::ParseFloatError;
//!
//! #[delayed]
//! fn parse(text: &str) -> Result<f64, ParseFloatError> {
//!     text.parse()
//! }
//!
//! #[delayed]
//! fn total(prices: &[f64]) -> f64 {
//!     prices.iter().sum()
//! }
//!
//! let total = total(vec![parse("101.5"), parse("unknown")]);
//! let error: Error = total.compute().unwrap_err();
//!
//! // The task with its constant arguments, where it was built, who needed it; `{:#}` adds the cause.
//! let text = format!("{error:#}");
//! assert!(text.starts_with("task `parse`, called with \"unknown\", built at "));
//! assert!(text.ends_with(", failed (needed by total): invalid float literal"));
//!
//! // The cause has the type that the function returned.
//! assert!(error.downcast_ref::<ParseFloatError>().is_some());
//!
//! // The parts one by one.
//! let Error::Task(error) = error else { unreachable!() };
//! assert_eq!(error.path(), ["parse", "total"]);
//! println!("built at {}", error.failure().built_at);
//! ```
//!
//! [`downcast_ref`](crate::Error::downcast_ref) finds an error of one's own, so `main` can decide by it:
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::{fmt, process::ExitCode};
//!
//! #[derive(Debug)]
//! enum AppError {
//!     NoRows,
//! }
//! impl fmt::Display for AppError {
//!     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
//!         f.write_str("there are no rows")
//!     }
//! }
//! impl std::error::Error for AppError {} // without it a task cannot report the error
//!
//! #[delayed]
//! fn first(rows: &[i64]) -> Result<i64, AppError> {
//!     rows.first().copied().ok_or(AppError::NoRows)
//! }
//!
//! /// What `main` returns.
//! fn exit_code(result: Result<i64, graph_exec::Error>) -> ExitCode {
//!     let Err(error) = result else { return ExitCode::SUCCESS };
//!     eprintln!("{error:#}");
//!     match error.downcast_ref::<AppError>() {
//!         Some(AppError::NoRows) => ExitCode::from(2),
//!         None => ExitCode::FAILURE,
//!     }
//! }
//!
//! let code = exit_code(first(Vec::<i64>::new()).compute());
//! # assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(2)));
//! ```
//!
//! Print errors with `{:#}`; `{}` leaves the cause to `source()`, as is usual in Rust. `?` in a `main` that returns
//! `Result<(), graph_exec::Error>` shows all of it.
//!
//! To pass a `Result` on as a value, for a task that looks at it, say
//! [`#[delayed(infallible)]`](macro@crate::delayed#options). A result type under another name needs
//! `#[delayed(fallible)]`.
//!
//! # Stop, or keep going
//!
//! A run stops at the first failure: no further task starts, the running ones are waited for, and the error is that
//! of the first task that failed. [`keep_going`](crate::Executor::keep_going) runs everything that does
//! not need a failed task, and gives every output a `Result` of its own:
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*};
//!
//! # #[delayed]
//! # fn parse(text: &str) -> Result<f64, std::num::ParseFloatError> {
//! #     text.parse()
//! # }
//! let prices: Vec<Delayed<f64>> = ["101.5", "unknown", "99"].into_iter().map(parse).collect();
//! let results: Vec<Result<f64, Error>> = Executor::default().keep_going().compute(prices)?;
//! let good: Vec<f64> = results.iter().flatten().copied().collect();
//! assert_eq!(good, [101.5, 99.0]);
//! assert!(results[1].is_err());
//! # Ok::<(), Error>(())
//! ```
//!
//! The `?` behind `compute` is for what concerns the run as a whole: a graph that is not sound, or no threads.
//! After a run that stopped, what has a result keeps it while a [`Shared`](crate::Shared) handle holds it.
//!
//! # Try again
//!
//! `retries = 3` allows three further attempts after the first. Each but the last works on a clone of what the function
//! takes by value, so that must be `Clone`; what it borrows is lent to each.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::{io, sync::atomic::{AtomicU32, Ordering}};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//!
//! #[delayed(retries = 3)]
//! fn fetch(station: u32) -> io::Result<u32> {
//!     match CALLS.fetch_add(1, Ordering::Relaxed) {
//!         0 | 1 => Err(io::Error::other("busy")),
//!         _ => Ok(station),
//!     }
//! }
//!
//! assert_eq!(fetch(7).compute()?, 7); // at the third attempt
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! `backoff` waits between attempts, longer each time, and holds no thread meanwhile; `retry_if` says which errors
//! are worth another attempt; `timeout` limits each of them. A call changes what the attribute says for its own
//! task:
//!
//! ```
//! use graph_exec::{Executor, prelude::*, task};
//! use std::{io, time::Duration, sync::atomic::{AtomicU32, Ordering}};
//!
//! static CALLS: AtomicU32 = AtomicU32::new(0);
//!
//! fn is_busy(error: &io::Error) -> bool {
//!     error.kind() == io::ErrorKind::WouldBlock
//! }
//!
//! #[delayed(retries = 3, backoff = "10ms..1s", retry_if = is_busy, timeout = "30s")]
//! fn fetch(station: u32) -> io::Result<u32> {
//!     // Whoever waits for others passes `task::deadline()` on; whoever computes asks `task::check()`.
//!     assert!(task::deadline().is_some());
//!     match (station, CALLS.fetch_add(1, Ordering::Relaxed)) {
//!         (99, _) => Err(io::Error::other("there is no such station")),
//!         (_, 0 | 1) => Err(io::ErrorKind::WouldBlock.into()),
//!         _ => Ok(station),
//!     }
//! }
//!
//! let finished = Executor::default().run(fetch(7))?;
//! let task = finished.record().task(0);
//! assert_eq!(task.attempts(), 3);
//! assert!(task.waited_between_attempts() >= 3 * Duration::from_millis(10)); // 10 to 20, then 20 to 40 ms
//!
//! let patient = fetch(99).retries(10).timeout(Duration::from_secs(60));
//! assert!(patient.compute().is_err()); // at the first attempt: such an error is not worth another
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! What was tried is in the record (`task.attempts()`, and the printed run says how many tasks were tried again).
//! To log failed attempts as they happen, give the executor an [`Observer`](crate::Observer) with
//! [`task_retried`](crate::Observer::task_retried), which is told the task, the attempt, why it failed, and how
//! long the task waits.
//!
//! | | |
//! |---|---|
//! | a panic | is a failed attempt; with `retry_if` it ends the task, because no predicate knows it |
//! | an attempt that took too long | is a failed attempt, whatever `retry_if` says; what it gives does not count |
//! | a panic in `retry_if` | is the error of the task |
//! | the run is cancelled, fails elsewhere, or its time is up | the wait ends at once, and the task waits for another run |
//! | another run wants a task that waits | it tries it itself, at once, as often as it may |
//! | `Executor::serial()`, `replay` | run what else is ready, and sleep only when nothing is |
//! | a cluster | tries again without a wait, and ends a process whose time is up; `backoff` and `retry_if` are refused |
//!
//! # Run what has failed again
//!
//! A failed `Shared` keeps its error, and a later run does not try it again. [`reset`](crate::Shared::reset) lets it,
//! and all failed tasks that it needs, wait anew, when they have kept their inputs: that is what
//! `#[delayed(resettable)]` is for.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::atomic::{AtomicBool, Ordering};
//!
//! static IS_UP: AtomicBool = AtomicBool::new(false);
//!
//! #[delayed(resettable)]
//! fn query(station: String) -> Result<f64, String> {
//!     if IS_UP.load(Ordering::Relaxed) { Ok(21.5) } else { Err(format!("{station} is down")) }
//! }
//!
//! let degrees = query("north").map(|celsius| celsius * 1.8 + 32.0).shared();
//! assert!(degrees.compute().is_err());
//! IS_UP.store(true, Ordering::Relaxed);
//! assert!(degrees.compute().is_err()); // the error was kept
//! assert_eq!(degrees.reset()?, 1);
//! assert_eq!(*degrees.compute()?, 70.7);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Cancel
//!
//! A [`CancelToken`](crate::CancelToken) stops the runs of the executors that have it, from any thread, from a handler
//! of Ctrl-C or after a [time limit](super::background#time-limits). No further task starts. A running task is never
//! interrupted; one that takes long asks [`task::check`](crate::task::check):
//!
//! ```
//! use graph_exec::{CancelToken, Error, Executor, prelude::*, task};
//! use std::thread;
//!
//! #[delayed]
//! fn search(from: u64) -> Result<u64, task::Cancelled> {
//!     let mut n = from;
//!     loop {
//!         task::check()?;
//!         n = n.wrapping_add(1);
//!     }
//! }
//!
//! let token = CancelToken::new();
//! let executor = Executor::default().with_cancel(&token);
//! let stop = thread::spawn(move || token.cancel());
//! let error = executor.compute(search(1)).unwrap_err();
//! assert!(matches!(error, Error::Cancelled { .. }));
//! stop.join().unwrap();
//! ```
//!
//! # All failures of a run
//!
//! [`attempt`](crate::Executor::attempt) gives the record also of a run that failed, and
//! [`failures`](crate::RunRecord::failures) lists each distinct failure once, with a count ([records](super::records)).
//!
//! | [`Error`](crate::Error) | what to do |
//! |---|---|
//! | `Task` | look at its cause and its place |
//! | `Cancelled`, `TimedOut` | compute again; what `Shared` handles hold is not done twice |
//! | `WouldDeadlock` | pass the handle as an argument instead of computing it, or waiting for its run, inside the task; let no observer wait for a run of its own |
//! | `NestedTooDeep` | build one graph instead of computing inside tasks |
//! | `Graph` | `.after` names a task that was built later, or a task that is made needs its maker |
//! | `Environment`, `Threads` | correct the variable, or ask for fewer threads |
