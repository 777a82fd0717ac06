//! A first graph: from an empty folder to a result and a picture.
//!
//! ```sh
//! cargo new prices && cd prices
//! cargo add graph-exec
//! ```
//!
//! Until the crate is published, it comes from a copy of its repository: `cargo add --path
//! ../delayed/graph-exec`, with the path of your copy. Rust 1.89 or newer is needed.
//!
//! # The program
//!
//! `#[delayed]` stands above plain functions. Calling one of them runs nothing: it makes a task and returns
//! a handle, here a `Delayed<f64>`. Passing a handle to the next function makes an edge of the graph.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn load(name: String) -> Vec<f64> {
//!     name.bytes().map(f64::from).collect() // stands for reading a file
//! }
//!
//! #[delayed]
//! fn mean(prices: &[f64]) -> f64 {
//!     prices.iter().sum::<f64>() / prices.len() as f64
//! }
//!
//! #[delayed]
//! fn highest(means: &[f64]) -> f64 {
//!     means.iter().copied().fold(f64::NEG_INFINITY, f64::max)
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // Build: two tasks for each name, and one for all. Nothing runs yet.
//!     let means: Vec<Delayed<f64>> = ["ibm", "hp", "aapl"].map(|name| mean(load(name))).into();
//!     let highest: Delayed<f64> = highest(means);
//!
//!     // Look at it, as text or as a file: .svg .png .pdf .html by extension.
//!     println!("{}", Graph::of(&highest)?.to_text());
//! #   let folder = tempfile::tempdir()?;
//! #   let folder = folder.path();
//!     highest.visualize(folder.join("prices.svg"))?;
//!
//!     // Run it, on all cores.
//!     println!("{}", highest.compute()?);
//! #   let again = mean(load("hp")).compute()?;
//! #   assert_eq!(again, 108.0);
//!     Ok(())
//! }
//! ```
//!
//! `cargo run` prints the graph, each task above what it needs, and then the result.
//!
//! # What to know next
//!
//! - **A parameter takes a value or a handle.** `mean(vec![1.0, 3.0])` builds a task too. A parameter `&T`
//!   borrows the result, a parameter `T` gets it.
//! - **A handle is used once.** To feed two tasks from one result, say `.shared()` and pass `&handle`
//!   ([sharing](super::sharing)).
//! - **Only what is needed runs.** A task whose handle is dropped never does. [`compute((a, b))`](crate::compute())
//!   runs several outputs in one go.
//! - **A function may fail.** When it returns a `Result<T, E>`, its handle is a `Delayed<T>`, and an `Err` stops
//!   what needs it ([errors](super::errors)).
//! - **Functions of others** need no attribute: [`defer!(f(x))`](crate::defer), or `.map(|x| …)` with a closure.
//! - **Tasks of a few microseconds or more** are worth running in parallel ([performance](super::performance)).
//!
//! Ready pieces for common tasks are in the [cookbook](super::cookbook). Whoever knows Dask finds each of its
//! features [here](super::from_dask).
