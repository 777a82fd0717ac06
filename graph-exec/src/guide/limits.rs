//! Limits: what tasks share, and functions of which few may run at once.
//!
//! An executor runs as many tasks at once as it has threads. Some tasks need something of which there is less:
//! a graphics card, a licence, a connection, a place at a service that allows four requests.
//!
//! # A resource
//!
//! The executor says how much there is; a function, or one call of it, says how much a task needs:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! #[delayed(resource("gpu"))]
//! fn infer(frame: u64) -> u64 {
//!     frame * frame
//! }
//!
//! #[delayed(resource("gpu", 2), resource("disk"))]
//! fn train(rows: &[u64]) -> u64 {
//!     rows.iter().sum()
//! }
//!
//! let executor = Executor::builder().threads(8).resource("gpu", 2).resource("disk", 1).build()?;
//! let frames: Vec<Delayed<u64>> = (0..16).map(infer).collect();
//! let model = train(frames);
//! let saved = model.map(|sum| sum.to_string()).resource("disk", 1); // this task alone
//!
//! let finished = executor.run(saved)?;
//! let gpu = finished.record().resources().iter().find(|resource| resource.name == "gpu").unwrap();
//! assert!(gpu.peak <= 2); // with eight threads
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! Names are yours. An amount can be anything that is counted: cards, or the gigabytes of one card.
//!
//! # A function of which few run at once
//!
//! `at_most` needs no executor of its own: it holds wherever the function runs, on each executor for itself.
//!
//! ```
//! use graph_exec::prelude::*;
//! use std::sync::atomic::{AtomicUsize, Ordering};
//!
//! static OPEN: AtomicUsize = AtomicUsize::new(0);
//!
//! #[delayed(at_most = 2)] // what the service allows
//! fn fetch(page: usize) -> usize {
//!     assert!(OPEN.fetch_add(1, Ordering::SeqCst) < 2);
//!     std::thread::yield_now();
//!     OPEN.fetch_sub(1, Ordering::SeqCst);
//!     page
//! }
//!
//! let pages: Vec<usize> = (0..50).map(fetch).collect::<Vec<_>>().compute()?;
//! assert_eq!(pages.len(), 50);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # What holds
//!
//! - **The limits are hard.** They hold over all runs of an executor and its clones: computed, in the background,
//!   taken as they end, nested in tasks, made by tasks, serial too. When all threads seem to be stuck and one goes
//!   on [beyond their number](super::running), it does not go beyond a resource.
//! - **A task that waits holds no thread**, and tasks that need nothing pass it.
//! - **All or nothing.** A task takes all that it needs when it starts, and gives it back when it ends, fails or
//!   panics. It holds nothing while it waits, so that two tasks which need the same two things cannot wait for each
//!   other. While it waits for a future it keeps what it holds; while it waits for another attempt it does not.
//! - **Who is next:** of those who wait for the same resource, the higher priority, and among equals the one that
//!   has waited longer. A task that wants 2 of 2 is not overtaken by those that want 1; for the sake of that, one card may
//!   be idle until the other is free. Only one that has waited for half a minute may overtake, for what the others
//!   wait for may be waiting for it. Tasks of a graph that is computed inside a task come before those of
//!   other runs, because that task may hold what the others wait for.
//! - **What can never be is an error before anything starts**: a resource that the executor does not have, more than
//!   there is, or 0 of it. It is [`Error::Resource`](crate::Error::Resource), and names the task, its place, and what to
//!   write. For a task that another task makes, it is the failure of that one.
//!
//! # Inside a task
//!
//! A task that holds a card and computes a graph that needs it would wait for itself. It is told
//! ([`Error::WouldDeadlock`](crate::Error::WouldDeadlock)), and so are several tasks that wait for each other:
//!
//! ```
//! use graph_exec::{Error, Executor, prelude::*};
//!
//! let executor = Executor::builder().threads(2).resource("gpu", 1).build()?;
//! let inner = || value(1).resource("gpu", 1).compute();
//! let outer = value(()).map(move |()| inner()).resource("gpu", 1);
//! assert!(matches!(executor.compute(outer)?, Err(Error::WouldDeadlock { .. })));
//! # Ok::<(), Error>(())
//! ```
//!
//! Let the inner or the outer task need it, or return the inner handle and
//! [`flatten`](crate::Delayed::flatten) it: a task that waits for what it has made holds nothing. What cannot be
//! seen is a task that waits for such a graph by other means, say by joining a thread that computes it; that
//! waits for ever.
//!
//! # What the record says
//!
//! [`RunRecord::resources`](crate::RunRecord::resources) has for each what there was, the most that was in use, how
//! many tasks waited and for how long; printing a record, or its report, says it in words. Time in which workers were
//! idle for want of a resource is [`IdleTime::resource`](crate::IdleTime::resource), and
//! [`Limit::Resource`](crate::Limit::Resource) when it was what limited the run. The best possible speed-up counts the
//! resources.
//!
//! # Memory
//!
//! A [memory limit](super::memory) works at the same door, with two differences: a task reserves what its result
//! takes until that is freed, and when nothing else can go on, one task starts beyond the limit. Tasks that declare no
//! bytes pass those that wait for memory.
//!
//! # On a cluster
//!
//! There each worker has its own resources (`dask worker … --resources "gpu=2"`), tasks run where what they need is free,
//! and a task that needs more than any worker has is refused by name before anything is sent; so is one whose function
//! has `at_most`, which only one machine can count.
//!
//! `cargo run -p graph-exec --example limits` shows all three limits at work.
