//! Memory: what a run holds, how to keep it under a limit, and inputs that are larger than memory.
//!
//! # What a run holds
//!
//! A result lives until its last consumer has run ([sharing](super::sharing)). A run goes depth first: it takes a started chain to its end before it begins another, so of a
//! thousand chains only about as many are open as there are workers. Nothing has to be said for that.
//!
//! Three habits help it:
//!
//! - Reduce early. `total(load(name))` for each file, then a sum of small totals, keeps few files in memory;
//!   one task that takes all the files as a `Vec` keeps every one.
//! - Merge in a tree. [`tree_reduce`](crate::tree_reduce) merges what is ready before it begins new parts.
//! - Drop `Shared` handles when the graph is built. Each one that lives keeps its result.
//!
//! # A limit
//!
//! A function says how many bytes a call needs, its result included; the executor says how many there may be:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! // Gets a borrow of each argument, when all are there and before the task starts.
//! fn size(rows: &usize) -> usize {
//!     rows * size_of::<f64>()
//! }
//!
//! #[delayed(bytes = size)]
//! fn load(rows: usize) -> Vec<f64> {
//!     vec![0.5; rows]
//! }
//!
//! #[delayed]
//! fn total(rows: &[f64]) -> f64 {
//!     rows.iter().sum()
//! }
//!
//! let executor = Executor::builder().threads(4).memory_limit(2 * MIB).build()?;
//! let totals: Vec<Delayed<f64>> = (0..32).map(|_| total(load(65_536_usize))).collect(); // 512 KiB each
//! let finished = executor.run(totals)?;
//!
//! let memory = finished.record().memory().expect("the executor has a limit");
//! assert!(memory.peak <= memory.limit);
//! assert_eq!(memory.overcommitted, 0);
//! println!("{:.0} % of the limit were used", 100.0 * memory.utilization());
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! - A task starts when what it declares fits beside the results that are still there. Until then it waits, and
//!   others go on.
//! - The limit is one for all runs of the executor.
//! - **It counts what is declared**, and not what is taken. A task that declares nothing counts as 0 bytes.
//! - When nothing else can go on, one task starts although it does not fit, so a run always ends.
//! - When the result turns out smaller or larger than thought,
//!   [`result_bytes`](macro@crate::delayed#bytes) corrects the estimate when the task has ended.
//!
//! # What the record says
//!
//! [`RunRecord::memory`](crate::RunRecord::memory) gives a [`MemoryRecord`](crate::MemoryRecord); printing a record or
//! opening its report says in words what there is to say.
//!
//! | it says | it means | do |
//! |---|---|---|
//! | `peak` near `limit`, `held_back` > 0 | the limit was at work | nothing; or raise it, when `waited` is long |
//! | `overcommitted` > 0, by up to `excess` | single tasks were larger than the room that was left | smaller pieces, or a higher limit |
//! | `undeclared` > 0 | so many tasks counted as 0 bytes | add `bytes` to the large ones |
//! | `pinned` > 0 | `Shared` handles of the program held so much at the end | drop them earlier |
//!
//! # Larger than memory
//!
//! A file that does not fit is read in pieces. When its length is known, so is the number of pieces, and the graph is
//! built at once: each piece is a chain of its own, and the limit says how many are open.
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//! use std::{fs::File, io::{self, Read, Seek, SeekFrom}, path::{Path, PathBuf}};
//!
//! const PIECE: u64 = 64 * KIB as u64;
//!
//! fn piece_size(_path: &Path, _number: &u64) -> usize {
//!     PIECE as usize
//! }
//!
//! #[delayed(bytes = piece_size)]
//! fn read_piece(path: &Path, number: u64) -> io::Result<Vec<u8>> {
//!     let mut file = File::open(path)?;
//!     file.seek(SeekFrom::Start(number * PIECE))?;
//!     let mut bytes = Vec::new();
//!     file.take(PIECE).read_to_end(&mut bytes)?;
//!     Ok(bytes)
//! }
//!
//! #[delayed]
//! fn lines(bytes: &[u8]) -> usize {
//!     bytes.iter().filter(|&&byte| byte == b'\n').count()
//! }
//!
//! fn count_lines(path: PathBuf) -> Result<usize, Box<dyn std::error::Error>> {
//!     let pieces = std::fs::metadata(&path)?.len().div_ceil(PIECE);
//!     let counts = (0..pieces).map(|number| lines(read_piece(&path, number)));
//!     let total: Delayed<usize> = counts.sum();
//!     Ok(Executor::builder().memory_limit(MIB).build()?.compute(total)?)
//! }
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("lines.txt");
//! # std::fs::write(&path, "row\n".repeat(100_000))?;
//! # assert_eq!(count_lines(path)?, 100_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where the number of pieces is not known, [`as_completed`](fn@crate::as_completed) takes an iterator of graphs
//! and builds the next one when there is room ([cookbook](super::cookbook#files-in-pieces)). Results that do not fit belong
//! in files, whose paths the tasks return; nothing is written to disk for you.
