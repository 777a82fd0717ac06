//! A first graph: from an empty folder to a result and a picture.
//!
//! ```sh
//! cargo new prices && cd prices
//! cargo add graph-exec
//! ```
//!
//! Until the crate is published, it comes from a copy of its repository: `cargo add --path
//! path/to/the/repository/graph-exec`. Rust 1.89 or newer is needed.
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
//! # What the prelude holds
//!
//! | | |
//! |---|---|
//! | handles | `Delayed`, `Shared`, and the traits of both, `Handle` and `Handles` (also `#[derive(Handles)]`) |
//! | parameters of your own functions | `IntoArg`, `IntoRef` |
//! | to build | `delayed`, `defer!`, `value`, `gather`, `iterate`, `batched`, `tree_reduce`, `tree_reduce_with`, with the feature `tokio` `defer_async!` |
//! | to run | `.compute()` and `.spawn()` (`Compute`, `ComputeShared`), `compute`, `as_completed`, `Executor`, `CancelToken` |
//! | to look | `Graph`, `.visualize()` (`Visualize`) |
//! | sizes | `KIB`, `MIB`, `GIB` |
//!
//! All else stands at the root of the crate and is imported from there, `use graph_exec::{Error, Running};`, which the
//! compiler does not suggest. So is the module [`task`](crate::task) with `task::check`, because other crates have one of
//! that name too.
//!
//! # Names, order, urgency
//!
//! A name is a label for pictures, errors and records. The order is that in which one worker runs the tasks; a priority
//! changes it among tasks that are ready, the higher the earlier, and 0 is what the others have.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn load(name: &str) -> usize {
//!     name.len()
//! }
//!
//! let loads: Vec<Delayed<usize>> =
//!     ["ibm", "apple", "hp"].map(|name| load(name).named(name).priority((name == "hp").into())).into();
//! let total: Delayed<usize> = loads.into_iter().sum();
//!
//! let graph = Graph::of(&total)?;
//! let names = graph.order().into_iter().map(|index| graph.nodes()[index].name());
//! println!("{}", names.collect::<Vec<_>>().join(", ")); // load (ibm), …, sum
//! # assert_eq!(graph.order().len(), 4);
//! assert_eq!(total.compute()?, 10);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Methods and generics
//!
//! There are two forms. `#[delayed]` on an `impl` block leaves the block as it is, and lets handles be called by its
//! methods:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! struct Model {
//!     weights: Vec<f64>,
//! }
//!
//! #[delayed]
//! impl Model {
//!     fn new(n: usize) -> Self {
//!         Model { weights: vec![1.0; n] }
//!     }
//!
//!     fn predict(&self, x: &[f64]) -> f64 {
//!         self.weights.iter().zip(x).map(|(w, x)| w * x).sum()
//!     }
//!
//!     fn scaled(mut self, factor: f64) -> Self {
//!         self.weights.iter_mut().for_each(|w| *w *= factor);
//!         self
//!     }
//! }
//!
//! // A constructor has no handle to be called on: `defer!` makes a task of it, with handles as arguments.
//! let model: Delayed<Model> = defer!(Model::new(value(2)));
//! let model = model.scaled(3.0).shared(); // by value: the `Model` moves
//! let (a, b) = (model.predict(vec![1.0, 1.0]), model.predict(vec![1.0, 0.0])); // by reference: it stays
//! assert_eq!(compute((a, b))?, (6.0, 3.0));
//! assert_eq!(Model::new(2).predict(&[1.0, 0.0]), 1.0); // all of them are ordinary functions still
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Handles get its methods with `&self` and `self`, not those with `&mut self` (there
//! `.map(|mut model| { model.train(); model })` does it), nor those that are less visible than the others. In another
//! module the trait that the attribute makes, `ModelDelayed`, is to be imported.
//!
//! `#[delayed]` on a single function makes a task of each of its calls, of constructors too. A method is then called
//! by its path, with the handle as its first argument:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! struct Model(f64);
//!
//! impl Model {
//!     #[delayed]
//!     fn new(slope: f64) -> Self {
//!         Model(slope)
//!     }
//!
//!     #[delayed]
//!     fn predict(&self, x: f64) -> f64 {
//!         self.0 * x
//!     }
//! }
//!
//! let y = Model::predict(Model::new(value(2.0)), 3.0);
//! assert_eq!(y.compute()?, 6.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A generic function that is given a handle needs a turbofish, unless the result's use or another argument says what
//! the type is: the handle is itself something that it could be called with. So is a list of handles for a `&[T]`.
//! `Send + 'static` is added to its parameters.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::fmt::Display;
//!
//! #[delayed]
//! fn show<T: Display>(x: T) -> String {
//!     format!("<{x}>")
//! }
//! #[delayed]
//! fn largest<T: PartialOrd + Clone>(items: &[T]) -> Option<T> {
//!     items.iter().cloned().reduce(|a, b| if a < b { b } else { a })
//! }
//! #[delayed]
//! fn count<T: Sync>(items: &[T]) -> usize {
//!     items.len()
//! }
//!
//! let shown = show::<i64>(value(3));
//! let most: Delayed<Option<f64>> = largest(vec![value(1.0), value(2.5)]);
//! let two = count::<f64>(vec![value(1.0), value(2.5)]);
//! assert_eq!(compute((shown, most, two))?, ("<3>".to_owned(), Some(2.5), 2));
//! # Ok::<(), graph_exec::Error>(())
//! ```
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
