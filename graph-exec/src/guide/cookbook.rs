//! Cookbook: short programs for what is wanted often.
//!
//! | to | read |
//! |---|---|
//! | combine many results, two by two | [Reduce in a tree](#reduce-in-a-tree) |
//! | pass results in a list, a map or a struct | [Gather](#gather) |
//! | have what worked in spite of failures | [Keep going](#keep-going) |
//! | try again | [Retry](#retry) |
//! | stop when a result is good enough | [Stop early](#stop-early) |
//! | do very many very small things | [Batches](#batches) |
//! | read a file that is larger than memory | [Files in pieces](#files-in-pieces) |
//! | see how far it is | [Progress](#progress) |
//! | give up after a while | [Time limit](#time-limit) |
//!
//! # Reduce in a tree
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::collections::BTreeMap;
//!
//! #[delayed]
//! fn count(text: &str) -> BTreeMap<String, usize> {
//!     let mut words = BTreeMap::new();
//!     for word in text.split_whitespace() {
//!         *words.entry(word.to_owned()).or_insert(0) += 1;
//!     }
//!     words
//! }
//!
//! fn merge(mut left: BTreeMap<String, usize>, right: BTreeMap<String, usize>) -> BTreeMap<String, usize> {
//!     for (word, count) in right {
//!         *left.entry(word).or_insert(0) += count;
//!     }
//!     left
//! }
//!
//! // Neighbours are merged on all cores, each pair as soon as it is there. `None` when there are no parts.
//! let texts = ["to be", "or not", "to be"];
//! let words = tree_reduce(texts.map(count), merge).expect("there are three texts").compute()?;
//! assert_eq!(words["to"], 2);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! For plain sums, `handles.into_iter().sum::<Delayed<f64>>()` is one task. More in [many
//! handles](super::gathering#sums-and-trees).
//!
//! # Gather
//!
//! Handles go where their results are wanted, in the same list, tuple or map. [`gather`](crate::gather()) makes one
//! handle of them, for all else:
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::collections::HashMap;
//!
//! #[delayed]
//! fn price(name: &str) -> f64 {
//!     name.len() as f64
//! }
//!
//! let names = ["ibm", "aapl"];
//! let prices: HashMap<&str, Delayed<f64>> = names.into_iter().map(|name| (name, price(name))).collect();
//! let report: Delayed<String> = gather(prices).map(|prices| format!("ibm {:.2}", prices["ibm"]));
//! assert_eq!(report.compute()?, "ibm 3.00");
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Keep going
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! #[delayed]
//! fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
//!     text.parse()
//! }
//!
//! let texts = ["1", "two", "3"];
//! let results = Executor::default().keep_going().compute(texts.map(parse))?;
//! for (text, result) in texts.iter().zip(results) {
//!     match result {
//!         Ok(number) => println!("{text}: {number}"),
//!         Err(error) => eprintln!("{text}: {error:#}"),
//!     }
//! }
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Retry
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::{io, path::Path};
//!
//! #[delayed(retries = 2)] // three attempts in all
//! fn read(path: &Path) -> io::Result<String> {
//!     std::fs::read_to_string(path)
//! }
//!
//! let error = read("/no/such/file").compute().unwrap_err();
//! assert!(format!("{error:#}").contains("read"));
//! ```
//!
//! # Stop early
//!
//! [`as_completed`](fn@crate::as_completed) gives each result as soon as it is there, with the number of its graph.
//! Leaving the loop cancels the rest, and graphs that were not begun are never built:
//!
//! ```
//! use graph_exec::{as_completed, prelude::*};
//!
//! #[delayed]
//! fn trial(seed: u64) -> u64 {
//!     seed * 37 % 101
//! }
//!
//! let mut best = (0, 0);
//! for (seed, score) in as_completed((0..).map(trial)) {
//!     best = best.max((score?, seed));
//!     if best.0 > 95 {
//!         break;
//!     }
//! }
//! assert_eq!(trial(best.1 as u64).compute()?, best.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Batches
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! // A hundred tasks for a hundred thousand steps.
//! let batches: Vec<Delayed<Vec<f64>>> = batched(0..100_000, 1_000, |n| f64::from(n).sqrt());
//! let sums = batches.into_iter().map(|batch| batch.map(|roots| roots.iter().sum::<f64>()));
//! let total: Delayed<f64> = sums.sum();
//! assert!((total.compute()? - 21_081_692.7).abs() < 1.0);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Files in pieces
//!
//! An iterator reads the next piece when there is room for another graph, so a few pieces are in memory, however long
//! the file is. An error of reading goes into the task, and comes out as the task's:
//!
//! ```
//! use graph_exec::{as_completed, prelude::*};
//! use std::{io::{self, BufRead, Read}, iter};
//!
//! /// Pieces of some 64 KiB that end with a line.
//! fn pieces(mut file: impl BufRead) -> impl Iterator<Item = io::Result<Vec<u8>>> {
//!     iter::from_fn(move || {
//!         let mut piece = Vec::new();
//!         let read = file.by_ref().take(64 * KIB as u64).read_to_end(&mut piece);
//!         match read.and_then(|_| file.read_until(b'\n', &mut piece)) {
//!             Ok(_) if piece.is_empty() => None,
//!             Ok(_) => Some(Ok(piece)),
//!             Err(error) => Some(Err(error)),
//!         }
//!     })
//! }
//!
//! #[delayed]
//! fn lines(piece: io::Result<Vec<u8>>) -> io::Result<usize> {
//!     Ok(piece?.iter().filter(|&&byte| byte == b'\n').count())
//! }
//!
//! # let file = io::Cursor::new("row\n".repeat(100_000)); /*
//! let file = io::BufReader::new(std::fs::File::open("prices.jsonl")?);
//! # */
//! let mut total = 0;
//! for (_, lines) in as_completed(pieces(file).map(lines)) {
//!     total += lines?;
//! }
//! assert_eq!(total, 100_000);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Results come as they end; the number beside each says which piece it was. With a memory limit and pieces whose
//! number is known, see [memory](super::memory#larger-than-memory).
//!
//! # Progress
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! let executor = Executor::builder();
//! # #[cfg(feature = "progress")]
//! let executor = executor.progress(true); // a bar on stderr while a run goes on
//! let executor = executor.build()?;
//! let squares: Vec<Delayed<u64>> = (0..100).map(|n| value(n).map(|n| n * n)).collect();
//! assert_eq!(executor.compute(squares)?.len(), 100);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Where stderr is no terminal, as in a pipe or a log, it is a line every ten seconds instead of a bar, so a short run shows
//! nothing there.
//!
//! To show it in another way, implement [`Observer`](crate::Observer).
//!
//! # Time limit
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*, task};
//! use std::time::Duration;
//!
//! #[delayed]
//! fn search() -> Result<u64, task::Cancelled> {
//!     loop {
//!         task::check()?; // a task is never interrupted, so it asks
//!     }
//! }
//!
//! let executor = Executor::default().with_timeout(Duration::from_millis(50));
//! match executor.compute(search()) {
//!     Err(Error::TimedOut { ended, tasks, .. }) => println!("{ended} of {tasks} tasks were done"),
//!     other => println!("{other:?}"),
//! }
//! # assert!(matches!(executor.compute(search()), Err(Error::TimedOut { .. })));
//! # Ok::<(), Error>(())
//! ```
