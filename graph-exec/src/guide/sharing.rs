//! `Delayed` or `Shared`: who may use a result, how often, and when it is freed.
//!
//! | | [`Delayed<T>`](crate::Delayed) | [`Shared<T>`](crate::Shared) |
//! |---|---|---|
//! | made by | calling a `#[delayed]` function | [`.shared()`](crate::Delayed::shared) on a `Delayed` |
//! | used | once; it moves | as often as you like, as `&handle` |
//! | `.clone()` | refused | another handle of the same task |
//! | a parameter `T` gets | the result itself | a clone, and the last one the result itself |
//! | a parameter `&T` gets | a borrow | a borrow |
//! | `.compute()` gives | `T`, and uses the handle up | `Arc<T>`, and leaves the handle |
//! | the result is freed | after the task that takes it | after its last use, when no handle is left |
//! | a parameter `Arc<T>` gets | refused: write `.map(Arc::new)` | the `Arc`, no clone |
//! | in a list | moves | a clone for `Vec<T>` and `&[T]`, no clone for `Vec<Arc<T>>` and `&[Arc<T>]` ([lists](super::gathering#shared-handles-in-lists)) |
//! | options: `.named(…)`, `.priority(…)`, `.retries(…)` … | yes | no: they come before `.shared()` |
//! | needs | `T: Send` | `T: Send + Sync` |
//!
//! # Used once: moved
//!
//! Passing a `Delayed` on moves the result into the task that takes it. No copy is made, so a `Vec` can go through
//! many tasks and stay the same piece of memory:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn load() -> Vec<f64> {
//!     vec![3.0, 1.0, 2.0]
//! }
//!
//! #[delayed]
//! fn sorted(mut prices: Vec<f64>) -> Vec<f64> {
//!     prices.sort_by(f64::total_cmp); // in place
//!     prices
//! }
//!
//! assert_eq!(sorted(load()).compute()?, [1.0, 2.0, 3.0]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Using such a handle twice is the compiler's `use of moved value` ([mistakes](super::mistakes#a-handle-is-used-twice)).
//!
//! # Used often: shared
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::Arc;
//!
//! #[delayed]
//! fn load() -> Vec<f64> {
//!     vec![3.0, 1.0, 2.0]
//! }
//!
//! #[delayed]
//! fn total(prices: &[f64]) -> f64 {
//!     prices.iter().sum()
//! }
//!
//! #[delayed]
//! fn row(prices: &[f64], row: usize) -> f64 {
//!     prices[row]
//! }
//!
//! let prices = load().shared();
//! let rows: Vec<Delayed<f64>> = (0..3_usize).map(|n| row(&prices, n)).collect();
//!
//! // One run. `load` runs once, and all four tasks borrow what it gave.
//! assert_eq!(compute((total(&prices), rows))?, (6.0, vec![3.0, 1.0, 2.0]));
//!
//! // `prices` lives, so its result is kept: this runs nothing.
//! let kept: Arc<Vec<f64>> = prices.compute()?;
//! assert_eq!(kept.len(), 3);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Prefer parameters that borrow (`&[f64]`, `&Table`) for what is large and shared. A parameter by value needs
//! `T: Clone` there, and clones for every use but the last.
//!
//! # Which one?
//!
//! - One consumer: leave it a `Delayed`.
//! - Several consumers, or a result that is wanted again in a later run: `.shared()`.
//! - Several parts of one result: [`.unzip()`](crate::Delayed::unzip) splits a tuple or an array into handles that
//!   are used once each.
//! - A constant for many tasks: an `Arc`, which a parameter `&T` takes as it is and which makes no task:
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::Arc;
//!
//! struct Config {
//!     rate: f64,
//! }
//!
//! #[delayed]
//! fn run(config: &Config, seed: u32) -> f64 {
//!     config.rate * f64::from(seed)
//! }
//!
//! let config = Arc::new(Config { rate: 0.5 });
//! let runs: Vec<Delayed<f64>> = (0..4_u32).map(|seed| run(&config, seed)).collect();
//! assert_eq!(runs.compute()?, [0.0, 0.5, 1.0, 1.5]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # When results are freed
//!
//! A result lives as long as something can still use it. After its last consumer has run, it is freed, in the middle
//! of the run. A `Shared` handle that your program holds keeps it; drop the handle when the graph is
//! built, and the result goes as soon as the graph is done with it:
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::{Arc, Weak};
//!
//! #[delayed]
//! fn watched(prices: Arc<Vec<f64>>) -> Arc<Vec<f64>> {
//!     prices
//! }
//!
//! let prices = Arc::new(vec![1.0; 1000]);
//! let weak: Weak<Vec<f64>> = Arc::downgrade(&prices);
//! let table = watched(prices).shared();
//! let (length, first) = (table.map(|rows| rows.len()), table.map(|rows| rows[0]));
//! drop(table); // the two tasks are all that needs it
//! let gone = gather((length, first)).map(move |_| weak.upgrade().is_none());
//! assert!(gone.compute()?); // freed when the third task begins
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Dask's `persist`
//!
//! Compute a shared handle, and keep it. From then on it is a value, and graphs that use it begin there:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! let table = value(vec![1, 2, 3]).map(|rows| rows.into_iter().map(|n| n * n).collect::<Vec<i64>>()).shared();
//! table.compute()?;
//! let finished = Executor::default().run(table.map(|rows| rows.len()))?;
//! assert_eq!(*finished.value(), 3);
//! assert_eq!(finished.record().counts().done, 1); // only the last task ran
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A list of them is computed behind `&`, in one run, and stays:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! let parts: Vec<Shared<i64>> = (0..5).map(|n| value(n).map(|n| n * n).shared()).collect();
//! let loaded = compute(&parts)?; // a `Vec<Arc<i64>>` to look at
//! let largest = loaded.iter().map(|part| **part).max().expect("there are five");
//! let shares: Vec<_> = parts.iter().map(|part| part.map(move |n| n * 100 / largest)).collect();
//! assert_eq!(shares.compute()?, [0, 6, 25, 56, 100]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A failed task keeps its error in the same way: it does not run again while a handle of it lives. For another
//! attempt, let it have [retries](macro@crate::delayed#retries), or [`reset`](crate::Shared::reset) it, or build it again.
