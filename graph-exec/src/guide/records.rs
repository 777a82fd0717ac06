//! What a run did: was it faster, what limited it, and why did it fail?
//!
//! `exec.run(handles)` gives the values and a [record](crate::RunRecord). Printing it says most of what
//! there is to say, and [`report`](crate::RunRecord::report) makes a page of it:
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//! use std::{thread::sleep, time::Duration};
//!
//! #[delayed]
//! fn fetch(station: u32) -> u32 {
//!     sleep(Duration::from_millis(20));
//!     station
//! }
//!
//! # let folder = tempfile::tempdir()?;
//! let executor = Executor::builder().threads(4).build()?;
//! let run = executor.run((0..8).map(fetch).collect::<Vec<_>>())?;
//! println!("{run}"); // 8 tasks on 4 workers took 40.4 ms: 3.97× faster than one; …
//! # #[cfg(feature = "report")]
//! run.report(folder.path().join("run.html"))?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is claimed, and what is not
//!
//! That workers were *busy* says little: a worker that waits inside a task for a lock, or for a core that
//! another thread has, is busy too. So while a run is recorded, one thread looks at its workers every few
//! milliseconds, and asks the system what each has computed and what it waits for
//! ([`TaskTime`](crate::TaskTime)). One worker alone would have computed, slept and read as much, but
//! waited for no lock and no core. So the [speed-up](crate::RunRecord::speed_up) is the time inside tasks
//! without those waits, and without the time between tasks, divided by the wall time.
//!
//! Only Linux tells all that, and only of runs that last some milliseconds. Otherwise, and when tasks
//! wait for other threads or processes, or other processes take the cores, no speed-up is claimed; the
//! sentence then says how many workers were occupied: "took 1.2 ms and kept 1.9 of them occupied".
//! On a cluster, the speed-up is the time inside tasks divided by the wall time; none is claimed when the
//! scheduler has forgotten the times of some tasks, and the record says of which.
//! A lock is known by how it waits: a mutex and a lock for reading or writing of the standard library, of
//! the C library or of parking_lot. What waits by other means, such as a semaphore made of a condition
//! variable, counts as waiting for another thread.
//!
//! The [best possible](crate::RunRecord::best_possible) speed-up counts the workers, the cores, the longest
//! chain of tasks that wait for each other, and how many tasks fit under the memory limit.
//!
//! # What limited it
//!
//! The sentence ends with what took most of the workers' time ([`Limit`](crate::Limit)):
//!
//! | it says | do |
//! |---|---|
//! | 7.0 of 8 workers waited for a core, and the program has 1 core | start as many threads as there are cores |
//! | 6.9 of 8 workers waited for a lock | hold it for a shorter time, or give tasks data of their own |
//! | one task, `long`, took 2 s of it, and began after 1.2 s | split it, or let it start earlier with `.priority(1)` |
//! | 9 tasks of up to 40 ms each cannot keep 8 workers busy | split them into more and smaller ones |
//! | 11 tasks that wait for each other took 1.9 s of it | break the chain, or accept it |
//! | it waited 701 ms between attempts of `fetch` | find out why attempts fail, or let `backoff` wait for a shorter time |
//! | the limit of `program::ask` kept 3.0 of 8 workers from ready tasks | raise it, or do in tasks of their own what does not need it |
//! | the memory limit of 512 MiB kept 4.2 of 8 workers from ready tasks | raise it, or split the largest tasks |
//! | 3.7 of 4 workers had nothing to do but wait for futures | start the futures earlier, or more at once |
//! | 100 000 tasks of 90 ns are too small for threads | let each do the work of several |
//! | planning took 183 ms of it | build fewer, larger tasks |
//! | 3.1 of 4 workers waited for files | more workers will not help; a faster disk will |
//!
//! A limit is named when the run would have been shorter without it: when it bounds the run more than the longest chain,
//! the workers and the cores do. Where they bound it as much, they are named, and `its tasks used 1.9 of 2 cores` says that
//! a higher limit would not help. Of a run of less than some milliseconds nothing is said, because starting threads may be
//! most of it. Tasks that were tried again are counted in a line of their own
//! ([`attempt_notes`](crate::RunRecord::attempt_notes)).
//!
//! Time outside tasks has its reasons too: [`IdleTime`](crate::IdleTime). A report draws both, hatches the
//! bars of tasks that waited, and shows the memory and the cores that the process used.
//!
//! # What ran when
//!
//! [`timeline`](crate::RunRecord::timeline) prints how long each worker was busy, and each task with its worker, start,
//! end and duration. The numbers are those of [`tasks`](crate::RunRecord::tasks):
//!
//! ```
//! use graph_exec::{Executor, prelude::*};
//! use std::time::Duration;
//!
//! let executor = Executor::builder().threads(2).build()?;
//! let run = executor.run((0..4_u64).map(|n| value(n).map(|n| n * n)).collect::<Vec<_>>())?;
//! let record = run.record();
//! println!("{}", record.timeline());
//!
//! // The same by hand: how long each worker was inside tasks.
//! for worker in 0..record.workers() {
//!     let own = record.tasks().filter(|task| task.worker() == Some(worker));
//!     let busy: Duration = own.map(|task| task.duration()).sum();
//!     println!("worker {worker} was busy for {busy:?} of {:?}", record.wall());
//! }
//! # assert_eq!(record.tasks().filter_map(|task| task.worker()).count(), 8);
//! # Ok::<(), graph_exec::Error>(())
//! ```
//!
//! # Why it failed
//!
//! Every failure stands first in what is printed, and in the report, the trace, the picture and the JSON of
//! the graph: the reason with all its causes, the task with its constant arguments and where it was built,
//! and who needed it. [`failures`](crate::RunRecord::failures) has each distinct one once, with a count.
//! [`counts`](crate::RunRecord::counts) tells what became of all others: skipped because a task that they
//! need failed, ended early because the run was cancelled, or not started before the end.
//!
//! A task that the standard library builds, as in `(0..10).map(check)`, does not know the line of that:
//! the place is that of the function's definition, and is called so. Its arguments tell the calls apart.
//!
//! Print errors with `{:#}`: as usual in Rust, `{}` leaves the cause to `source()`, which has the type that
//! the task returned ([`Error`](crate::Error)).
//!
//! # Compared with another run
//!
//! [`compare`](crate::RunRecord::compare) lists what became slower, function by function; and a report that
//! is open in a browser lays another one beside itself. A page says by which program, when and where the run
//! was done; with [`with_command_line`](crate::RunRecord::with_command_line) also how it was called, which
//! may hold secrets.
//!
//! # What recording costs
//!
//! Some tens of nanoseconds a task, 48 bytes a task, and a few system calls every few milliseconds. `compute`
//! records nothing.
