//! Where tasks run, how many at once, and whose turn it is.
//!
//! # The calling thread works
//!
//! [`compute`](crate::compute) returns when its outputs are there, and until then the thread that called it
//! runs tasks itself, beside the threads of the [`Executor`](crate::Executor). A small graph of short tasks
//! wakes nobody: ten empty tasks take about two microseconds. How long a function takes is learned by running
//! it, so the first graphs of a program may wake threads for nothing; a task that is long for once is noticed
//! after a millisecond or two, and the other threads take the rest.
//!
//! The calling thread leaves all tasks to the others
//!
//! - when it belongs to a rayon pool of your own (why, is said below),
//! - when [`stack_size`](crate::ExecutorBuilder::stack_size) was set, or when a task holds more than 16 KiB by
//!   value: the executor's threads have 64 MiB of stack, an ordinary thread has 2,
//! - when it has less than 512 KiB of stack left, as a thread may that was given little.
//!
//! # How many at once
//!
//! At most [`threads(n)`](crate::ExecutorBuilder::threads) tasks run at once on an executor, however many
//! threads compute on it at the same time. A task that itself computes a graph waits for that, and makes
//! room meanwhile.
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//!
//! let executor = Executor::builder().threads(1).build()?;
//! let inner = executor.clone();
//! // One thread is enough: the task that waits runs what it waits for.
//! let outer = value(20).map(move |n| inner.compute(value(n).map(|n| n + 1)).unwrap() * 2);
//! assert_eq!(executor.compute(outer)?, 42);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Whose turn it is
//!
//! Runs on one executor take turns. A task with a higher [priority](crate::Delayed::priority) starts first,
//! whichever run it belongs to. Between equals a thread changes, at the end of a task, from the run that most
//! threads work for to one that has fewer; so a small run beside a large one waits for about one task, not for
//! the large one. Changing costs some microseconds, so it happens at most once in 200 µs for each thread. A run
//! that has waited for its turn keeps it for as long as it waited, up to 50 ms: so one of short tasks gets as much time
//! as one of long tasks.
//!
//! A short run comes before a long one. How short a run is nobody knows before its end, so what counts is the time that
//! threads have worked for it, added up: up to 4, 16 and 64 ms, or more. At the end of a task a thread goes to a run
//! that is a step shorter, and stays with it; only equals take turns as above. So that long runs are not held up for
//! ever while short ones keep coming, this holds for two thirds of the threads' time while others wait; when those are
//! used up, all runs take turns for some milliseconds.
//!
//! # Rayon inside tasks
//!
//! `par_iter` and `rayon::join` inside a task use the executor's idle threads (on the calling thread: rayon's
//! global pool). Prefer them for work that is split up evenly and computes no graphs.
//!
//! **Do not compute a graph inside rayon code inside a task**, when another task could need the same handle:
//!
//! ```text
//!  thread 1 │ task S ── par_iter waits ── a piece of U ── computes S, which is beneath
//!  thread 2 │ task U ── par_iter ── its pieces compute S
//! ```
//!
//! A thread that waits in rayon takes up any other piece of work of its pool, and no library can tell rayon
//! which. Here the piece waits for the very task that it interrupts. Where that can be seen, because the task lies
//! beneath on the same stack, or because tasks wait for each other in a circle, it ends with
//! [`Error::WouldDeadlock`](crate::Error::WouldDeadlock). But where the thread has only taken up a piece of
//! S, nobody can see what is beneath, and both wait for ever; so it is with rayon code of the calling thread, which
//! rayon takes to its global pool. Safe is to say what is needed in the graph:
//!
//! ```
//! use graph_exec::prelude::*;
//!
//! #[delayed]
//! fn table() -> Vec<u64> {
//!     (0..100).collect()
//! }
//! #[delayed]
//! fn share(table: &[u64], part: usize) -> u64 {
//!     table.iter().skip(part * 25).take(25).sum()
//! }
//!
//! // Instead of a `par_iter` in one task whose closure computes `table`:
//! let table = table().shared();
//! let shares: Vec<Delayed<u64>> = (0..4).map(|part| share(&table, part)).collect();
//! assert_eq!(shares.compute()?, [300, 925, 1550, 2175]);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! or a task that returns handles, with [`flatten`](crate::Delayed::flatten) or
//! [`map_each`](crate::Delayed::map_each) ([graphs that grow](super::dynamic)).
//!
//! # Waits that cannot be seen
//!
//! A task may join a thread that computes on the same executor, or install something in a pool of its own that
//! does. When every thread waits like that, nobody is left for the graph that they wait for. So when no task of the
//! executor has started for a second, one thread that computes goes on beyond `threads(n)`, until the others go on
//! too; under a [memory limit](crate::ExecutorBuilder::memory_limit), a task that waits for memory starts after five,
//! or after thirty in which nobody has given memory back while others were busy with tasks that need none. A run
//! [in the background](super::background) that no thread waits for, because it is awaited or left alone, is lent a
//! thread then, and each that is out doubles the time until the next. The same happens when tasks simply take longer
//! than that. While others go on, such a run, and one whose caller runs no tasks itself, has its turn on a thread
//! beside the executor's own when none of those has come for a second; then no more than `threads(n)` work. What one task waits for must come from its inputs or from a
//! graph that it computes: a task that waits on a channel for another task waits for ever when that one is never started.
