//! What only a run on a cluster has: where its data went.

use std::{fmt, time::Duration};

use graph_core::__run::format::{bytes, counted, grouped};

/// What only the record of a run on a cluster has: where its data went.
///
/// ```no_run
/// # use graph_exec::{cluster::Cluster, prelude::*};
/// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
/// let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
/// let cluster = record.cluster().unwrap();
/// println!("{cluster}"); // "0 B of 0 B on edges went from worker to worker"
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterRecord {
    /// Worker of the record → address of the dask worker that it is a thread of.
    pub(crate) addresses: Vec<String>,
    /// In the order in which they began.
    pub(crate) transfers: Vec<Transfer>,
    /// The size of every result, as often as a task took it.
    pub(crate) bytes_on_edges: u64,
    /// The size of every result, as often as it went to another worker.
    pub(crate) bytes_moved: u64,
    /// The workers that could not run the program.
    pub(crate) set_aside: Vec<WorkerProblem>,
    /// What killed workers had left behind and was removed when the connection was made; in the first
    /// record of a connection alone.
    pub(crate) removed: Vec<RemovedFile>,
    /// (function, how many of its tasks are in `untimed`), those with the most first.
    pub(crate) untimed_functions: Vec<(String, usize)>,
    /// Indices of the tasks that came back done without the scheduler having told when they ran, in
    /// ascending order.
    pub(crate) untimed: Vec<usize>,
}

/// The time in which a worker fetched inputs of a task from other workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transfer {
    /// Index of the task in the record.
    pub task: usize,
    /// Number of the record's worker that ran the task.
    pub worker: usize,
    /// When the transfer started, since the run began.
    pub start: Duration,
    /// When the transfer ended, since the run began.
    pub end: Duration,
}

impl ClusterRecord {
    /// Address of the dask worker that has a worker of the record as one of its threads; `None` when
    /// the record has no such worker.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// assert!(cluster.address(0).unwrap().starts_with("tcp://"));
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn address(&self, worker: usize) -> Option<&str> {
        self.addresses.get(worker).map(String::as_str)
    }

    /// The times in which inputs were fetched from other workers, by their start.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// let waited: Vec<_> = cluster.transfers().iter().map(|one| one.end - one.start).collect();
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn transfers(&self) -> &[Transfer] {
        &self.transfers
    }

    /// The bytes of all results that tasks took, each result as often as it was taken.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// assert!(cluster.bytes_on_edges() >= cluster.bytes_moved());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn bytes_on_edges(&self) -> u64 {
        self.bytes_on_edges
    }

    /// How many tasks came back done of which no times came back. They count as tasks of the run, and
    /// not in any time.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// assert_eq!(record.cluster().unwrap().untimed(), 0);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn untimed(&self) -> usize {
        self.untimed.len()
    }

    /// The functions of these tasks, each with how many they are, those with the most first.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// for (function, tasks) in record.cluster().unwrap().untimed_functions() {
    ///     println!("{tasks} of {function} have no times");
    /// }
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn untimed_functions(&self) -> &[(String, usize)] {
        &self.untimed_functions
    }

    /// The bytes of the results that went to another worker, each result once for each such worker.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// println!("{} bytes went over the network", cluster.bytes_moved());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn bytes_moved(&self) -> u64 {
        self.bytes_moved
    }

    /// The workers that were there at the end and could not run the program, each with the reason and
    /// the remedy. Their tasks ran elsewhere.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// # let cluster = record.cluster().unwrap();
    /// for problem in cluster.set_aside() {
    ///     eprintln!("{problem}");
    /// }
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn set_aside(&self) -> &[WorkerProblem] {
        &self.set_aside
    }

    /// The files that killed workers had not written to their end, and that were removed when the
    /// connection was made. They stand in the first record of a connection alone;
    /// [`Cluster::removed_files`](crate::cluster::Cluster::removed_files) has them always.
    ///
    /// ```no_run
    /// # use graph_exec::{cluster::Cluster, prelude::*};
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// # let record = Cluster::connect("tcp://head:8786")?.run(inc(1))?.into_record();
    /// for file in record.cluster().unwrap().removed_files() {
    ///     eprintln!("removed {file}");
    /// }
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn removed_files(&self) -> &[RemovedFile] {
        &self.removed
    }
}

/// How many functions without times are named.
const MOST_NAMED: usize = 3;

impl fmt::Display for ClusterRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moved, all) = (bytes(self.bytes_moved), bytes(self.bytes_on_edges));
        write!(f, "{moved} of {all} on edges went from worker to worker")?;
        match self.untimed() {
            0 => (),
            count => {
                let named = self.untimed_functions.iter().take(MOST_NAMED);
                let named =
                    named.map(|(function, tasks)| format!("{} of `{function}`", grouped(*tasks)));
                let named = named.collect::<Vec<_>>().join(", ");
                let more = if self.untimed_functions.len() > MOST_NAMED { ", …" } else { "" };
                write!(f, "; of {} no times came back ({named}{more})", counted(count, "task"))?;
            }
        }
        self.set_aside.iter().try_for_each(|problem| write!(f, "; without {problem}"))?;
        self.removed.iter().try_for_each(|file| {
            write!(f, "; removed {file}, which a killed worker had not finished")
        })
    }
}

/// A worker that cannot run the program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct WorkerProblem {
    /// Address of the worker.
    pub worker: String,
    /// Why it cannot, and what to do about it.
    pub reason: String,
}

impl fmt::Display for WorkerProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (worker {})", self.reason, self.worker)
    }
}

/// A file that a killed worker had not written to its end, and that another worker has removed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[non_exhaustive]
pub struct RemovedFile {
    /// Address of the worker that has removed it.
    pub worker: String,
    /// Where it was on the machine of that worker.
    pub path: String,
}

impl fmt::Display for RemovedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (worker {})", self.path, self.worker)
    }
}
