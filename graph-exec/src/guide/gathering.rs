//! Many handles at once: where they may stand in an argument, and how many results become one.
//!
//! A handle stands for one result. When a function wants a list, a pair, a map or a struct of results, the
//! handles go there in the same list, pair, map or struct. The graph has an edge for each of them, and the
//! compiler checks each type.
//!
//! | to write | use |
//! |---|---|
//! | a `Vec`, slice, array, `Option` or map of results | the same container of handles |
//! | a tuple, or containers inside containers | the same, with a handle or a value in each place |
//! | a struct of results | [`#[derive(Handles)]`](derive@crate::Handles), or `defer!(Config { … })` |
//! | one handle of many, for anything else | [`gather(…)`](crate::gather()) |
//! | several handles of one | [`.unzip()`](crate::Delayed::unzip) |
//! | two handles to one pair | [`.zip(other)`](crate::Delayed::zip) |
//! | a sum | `handles.into_iter().sum::<Delayed<i64>>()`, or `total += handle` in a loop |
//! | any other reduction | [`tree_reduce(parts, merge)`](crate::tree_reduce) |
//! | one task for many small steps | [`batched(items, 1_000, f)`](crate::batched) |
//! | many results of one run | a container of handles to `compute` |
//!
//! All of it takes time and memory in proportion to the number of handles.
//!
//! # Containers and tuples
//!
//! Write the parameter's type as you would without tasks. Each place in the argument takes what a parameter
//! of its own would take: a value, a handle, a shared handle or a borrow of one
//! ([in lists](#shared-handles-in-lists)), a `&str` for a `String`.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn price(name: &str) -> f64 {
//!     name.len() as f64
//! }
//! #[delayed]
//! fn total(prices: &[f64]) -> f64 {
//!     prices.iter().sum()
//! }
//! #[delayed]
//! fn dearest(prices: Vec<(String, f64)>) -> String {
//!     prices.into_iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(String::new(), |price| price.0)
//! }
//! #[delayed]
//! fn between(range: (f64, f64), groups: Vec<Vec<f64>>) -> usize {
//!     groups.iter().flatten().filter(|price| (range.0..range.1).contains(price)).count()
//! }
//!
//! // A `Vec` of handles where a slice is wanted.
//! let names = ["ibm", "apple", "hp"];
//! assert_eq!(total(names.map(price)).compute()?, 10.0);
//!
//! // Pairs of a name and a handle.
//! let named: Vec<_> = names.into_iter().map(|name| (name, price(name))).collect();
//! assert_eq!(dearest(named).compute()?, "apple");
//!
//! // Any mix, to any depth.
//! let low = price("hp").shared();
//! let count = between((&low, 5.0), vec![vec![price("ibm"), price("apple")], vec![value(4.5)]]);
//! assert_eq!(count.compute()?, 2);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! - A `Vec` has one type of element, so a constant among handles is written `value(4.5)`.
//! - An empty `vec![]` or `None` needs its type, also inside a tuple: `(1, Vec::<f64>::new())`.
//! - `VecDeque<T>`, `Box<[T]>`, `Option<T>`, `HashMap<K, T>` and `BTreeMap<K, T>` go the same way. A key is
//!   no handle: it must be there before the graph runs. Nor is it converted, so a `HashMap<String, f64>` takes
//!   no map with `&str` keys: write `(name.to_owned(), price(name))`.
//! - A plain value without handles is moved into the task as it is.
//!
//! Handles inside a tuple or inside nested containers need the parameter's type to be *written* as a tuple or
//! a container. It may not stand behind a type alias, nor hold a type parameter, because `#[delayed]` sees the
//! words and not what they stand for. There the message names `gather`.
//!
//! # Shared handles in lists
//!
//! A result that several lists need is shared. How it gets into a list depends on what the function takes:
//!
//! | parameter | takes lists of `Shared<T>` and `&Shared<T>` | of each result the task gets |
//! |---|---|---|
//! | `&[Arc<T>]`, `Vec<Arc<T>>` | yes | the `Arc`: nothing is cloned. For large results |
//! | `&[T]`, `Vec<T>` | with `T: Clone` | a clone, and the last task to use it the result itself |
//!
//! The same holds for arrays, `VecDeque`, `Box<[_]>`, `Option` and maps. A borrowed list, `&shared` or
//! `&shared[..4]`, is a list too; the handles in it stay.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::Arc;
//!
//! #[delayed]
//! fn day(n: usize) -> Vec<f64> {
//!     vec![n as f64; 1000]
//! }
//! #[delayed]
//! fn opening(days: &[Arc<Vec<f64>>]) -> f64 {
//!     days.iter().map(|day| day[0]).sum::<f64>() / days.len() as f64
//! }
//! #[delayed]
//! fn change(today: &Vec<f64>, yesterday: Option<Arc<Vec<f64>>>) -> f64 {
//!     today[0] - yesterday.map_or(0.0, |yesterday| yesterday[0])
//! }
//!
//! let days: Vec<Shared<Vec<f64>>> = (0..30_usize).map(|n| day(n).shared()).collect();
//!
//! // Rolling windows. Each day is made once, and no window has a copy of it.
//! let means: Vec<Delayed<f64>> = days.windows(7).map(opening).collect();
//! assert_eq!(means.compute()?[0], 3.0);
//!
//! // A neighbour that may be missing.
//! let changes: Vec<_> = (0..30).map(|n| change(&days[n], days[..n].last())).collect();
//! assert_eq!(changes.compute()?[1..3], [1.0, 1.0]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A parameter `Arc<T>` takes a `Shared<T>` or `&Shared<T>` in the same way, with no clone. An `Option<&T>` cannot
//! borrow a result: write `Option<Arc<T>>`.
//!
//! # Gather
//!
//! [`gather`](crate::gather()) is one task that puts results together, whatever the handles stand in.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::collections::BTreeMap;
//!
//! type Quote = (String, Vec<f64>);
//!
//! #[delayed]
//! fn mean(quote: &Quote) -> f64 {
//!     quote.1.iter().sum::<f64>() / quote.1.len() as f64
//! }
//!
//! let quote: Delayed<Quote> = gather(("ibm".to_owned(), vec![value(101.0), value(103.0)]));
//! assert_eq!(mean(quote).compute()?, 102.0);
//!
//! // Shared as a whole, and used twice.
//! let table = gather(BTreeMap::from([("ibm", value(1.0)), ("hp", value(2.0))])).shared();
//! let (count, sum) = (table.map(|table| table.len()), table.map(|table| table.values().sum::<f64>()));
//! assert_eq!(compute((count, sum))?, (2, 3.0));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A constant may stand beside handles in a tuple, `gather((seed, trial(seed)))`. [`compute`](crate::compute()) takes
//! handles alone: `compute(gather((seed, trial(seed))))`, or `value(seed)`.
//!
//! # Structs
//!
//! `#[derive(Handles)]` writes a second struct with the same fields. Each field takes what a parameter of its
//! type takes.
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[derive(Debug, PartialEq, Handles)]
//! struct Config {
//!     rate: f64,
//!     name: String,
//!     rows: Vec<i64>,
//! }
//!
//! #[delayed]
//! fn report(config: &Config) -> String {
//!     format!("{}: {}", config.name, config.rate * config.rows.iter().sum::<i64>() as f64)
//! }
//!
//! // As an argument: no task more, an edge for each handle. The picture names the fields.
//! let rows: Vec<Delayed<i64>> = (1..=3).map(value).collect();
//! let report = report(ConfigHandles { rate: value(0.5), name: "ibm", rows });
//! assert_eq!(report.compute()?, "ibm: 3");
//!
//! // As an output.
//! let handles = ConfigHandles { rate: value(0.5), name: value("hp".to_owned()), rows: vec![value(1)] };
//! assert_eq!(handles.compute()?, Config { rate: 0.5, name: "hp".to_owned(), rows: vec![1] });
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A struct that is not yours, or one with parameters, is made by a task of its own:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! let end = value(10);
//! let range: Delayed<std::ops::Range<i64>> = defer!(std::ops::Range { start: 4, end });
//! assert_eq!(range.map(|range| range.count()).compute()?, 6);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! As an output all fields are handles. With constants among them, and for a list of such structs, `gather` makes one
//! handle:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[derive(Debug, PartialEq, Handles)]
//! struct Quote {
//!     name: String,
//!     price: f64,
//! }
//!
//! #[delayed]
//! fn total(quotes: &[Quote]) -> f64 {
//!     quotes.iter().map(|quote| quote.price).sum()
//! }
//!
//! let quote = |name: &str, price| QuoteHandles { name: name.to_owned(), price: value(price) };
//! assert_eq!(compute(gather(quote("ibm", 1.5)))?, Quote { name: "ibm".to_owned(), price: 1.5 });
//! assert_eq!(total(gather(vec![quote("ibm", 1.5), quote("hp", 2.5)])).compute()?, 4.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Apart and together
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! // A tuple of up to twelve parts, or an array; each part moves into its consumer.
//! let (low, high, count) = value((1.0, 9.0, 4.0)).unzip();
//! let mean = (low + high) / count;
//!
//! // Of a shared one each part is cloned, and the whole stays.
//! let range = value((2.5, 5.0)).shared();
//! let (low, _) = range.unzip();
//! assert_eq!((low - mean).compute()?, 0.0);
//!
//! let pair: Delayed<(&str, i64)> = value("ibm").zip(value(7));
//! assert_eq!(pair.compute()?, ("ibm", 7));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Sums and trees
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn square(n: i64) -> i64 {
//!     n * n
//! }
//!
//! // One task that adds all results. The sum of nothing is 0.
//! let sum: Delayed<i64> = (0..100).map(square).sum();
//! assert_eq!(sum.compute()?, 328_350);
//!
//! // In a loop: each `+=` is a task that takes the last total and the next part.
//! let mut total = value(0);
//! for n in 0..100 {
//!     total += square(n);
//! }
//! assert_eq!(total.compute()?, 328_350);
//!
//! // Two by two, in parallel: for merges that are work themselves. `None` when there is nothing.
//! let lists = (0..100).map(|n| square(n).map(|n| vec![n]));
//! let merged = tree_reduce(lists, |mut left, right| {
//!     left.extend(right);
//!     left
//! });
//! let merged: Vec<i64> = merged.expect("there are a hundred").compute()?;
//! assert_eq!((merged.len(), merged[99]), (100, 99 * 99));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A tree of n parts has n − 1 merges, at most ⌈log₂ n⌉ behind each other. What is ready is merged before new
//! parts are begun, so few results live at once. The order of the parts is kept. A panic in the closure is the
//! failure of its task. When the merge is a `#[delayed]` function of two parameters, pass it to
//! [`tree_reduce_with`](crate::tree_reduce_with); a merge that may fail, one that returns a `Result`, is such a
//! function. Handles that are used once are merged; of shared ones, `gather` makes those:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn part(n: u8) -> u8 {
//!     n
//! }
//! #[delayed]
//! fn merge(a: u8, b: u8) -> Result<u8, String> {
//!     a.checked_add(b).ok_or_else(|| format!("{a} + {b} is too much"))
//! }
//!
//! let parts: Vec<Shared<u8>> = (0..10_u8).map(|n| part(n).shared()).collect();
//! let largest = tree_reduce(parts.iter().map(gather), |a, b| a.max(b)).expect("there are ten");
//! let sum = tree_reduce_with(parts.iter().map(gather), merge).expect("there are ten");
//! assert_eq!(compute((largest, sum))?, (9, 45));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Many small steps
//!
//! A task is worth it from some microseconds of work on. For less, let one task do many:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! let batches: Vec<Delayed<Vec<u64>>> = batched(0..10_000, 1_000, |n| n * n);
//! assert_eq!(batches.len(), 10);
//! assert_eq!(batches.compute()?.concat()[9_999], 99_980_001);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! A batch of 0 items is an error that says so ([`EmptyBatch`](crate::EmptyBatch)), when the batch is computed.
//!
//! # Many results
//!
//! `compute`, [`Executor::run`](crate::Executor::run), [`keep_going`](crate::Executor::keep_going),
//! [`Graph::of`](crate::Graph::of) and pictures take one handle, or a tuple, container or struct of handles,
//! nested as you like. Results keep the shape; what the handles have in common runs once.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::collections::HashMap;
//!
//! let handles: HashMap<&str, (Delayed<usize>, Option<Delayed<String>>)> = HashMap::from([
//!     ("ibm", (value(1), Some(value("x".to_owned())))),
//!     ("hp", (value(2), None)),
//! ]);
//! let results: HashMap<&str, (usize, Option<String>)> = handles.compute()?;
//! assert_eq!(results["hp"], (2, None));
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Computing uses the handles up, and a borrow of them is refused. To look at the graph first, keep them together:
//! `let all = (world, saved);`, then `Graph::of(&all)?` and `compute(all)?`. Shared handles, and lists of them, may be
//! borrowed and stay: `compute(&parts)?`.
//!
//! # What is there already
//!
//! A function that borrows takes the owner: `Arc<Vec<T>>` or `&Arc<Vec<T>>` for a `&[T]`, `Arc<String>` or
//! `Cow<'static, str>` for a `&str`, `&Arc<T>` for a `&T`. The `Arc` is counted up, nothing is copied. A plain
//! borrow is refused, since it may be gone when the task runs; a static is there for ever, which you say with
//! `value(&TABLE)`, a node of the graph, or with `Constant(&TABLE)`, which is none.
//!
//! ```
//! use graph_exec::{input::Constant, prelude::*};
//! use std::sync::Arc;
//!
//! static TABLE: [f64; 3] = [1.0, 2.0, 3.0];
//!
//! #[delayed]
//! fn total(rows: &[f64]) -> f64 {
//!     rows.iter().sum()
//! }
//!
//! let rows = Arc::new(vec![1.5, 2.5]);
//! let totals = [total(&rows), total(value(&TABLE)), total(Constant(&TABLE[1..]))];
//! assert_eq!(totals.compute()?, [4.0, 6.0, 5.0]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Functions of your own
//!
//! A function that builds tasks takes what they take with `impl IntoArg<T>` for a parameter `T` and
//! `impl IntoRef<T>` for a parameter `&T`; both are in the prelude. A function that it is given goes into each task as a
//! clone:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn scaled(rows: &[f64], factor: f64) -> Vec<f64> {
//!     rows.iter().map(|row| factor * row).collect()
//! }
//!
//! fn total(rows: impl IntoRef<[f64]>, factor: impl IntoArg<f64>) -> Delayed<f64> {
//!     scaled(rows, factor).map(|rows| rows.iter().sum())
//! }
//!
//! fn pipeline<F>(inputs: Vec<i64>, f: F) -> Delayed<i64>
//! where
//!     F: Fn(i64) -> i64 + Clone + Send + 'static,
//! {
//!     let each = inputs.into_iter().map(|x| {
//!         let f = f.clone();
//!         value(x).map(move |x| f(x))
//!     });
//!     each.sum()
//! }
//!
//! assert_eq!(total(vec![1.0, 2.0], value(2.0)).compute()?, 6.0);
//! assert_eq!(pipeline(vec![1, 2, 3], |x| 10 * x).compute()?, 60);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! For a tuple or nested containers such a function says the [shape](crate::shape) of the type too.
//!
//! ```
//! use graph_exec::{prelude::*, shape::{Each, IntoShapedArg, One}};
//!
//! #[delayed]
//! fn longest(rows: Vec<Vec<f64>>) -> usize {
//!     rows.iter().map(Vec::len).max().unwrap_or(0)
//! }
//!
//! fn described(rows: impl IntoShapedArg<Vec<Vec<f64>>, Each<Each<One>>>) -> Delayed<String> {
//!     longest(rows).map(|longest| format!("{longest} at most"))
//! }
//!
//! assert_eq!(described(vec![vec![value(1.5)], vec![]]).compute()?, "1 at most");
//! # Ok::<(), graph_exec::Error>(())
//! ```
