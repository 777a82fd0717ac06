#![doc = include_str!("../docs/cluster.md")]
//!
//! # Rooms
//!
//! ```text
//! options ─► connection ─► adaptor (a Python process: frame, protocol) ═► Dask ═► child
//!                │                                                                 │
//!             one run: submission (tasks to bytes) … results (bytes to values) ◄═══╛
//!                                                    timings (what becomes the record)
//! ```

mod adaptor;
mod child;
mod connection;
mod error;
mod executable;
mod frame;
mod options;
mod progress;
mod protocol;
mod resources;
mod results;
mod submission;
mod timings;
mod turns;

use std::{fmt, sync::Arc};

use graph_core::{__run::drop_quietly, Outputs};

use self::connection::Connection;
use crate::{error::Error, record::finished::Finished, run::cancel::CancelToken};

pub use crate::record::cluster::{ClusterRecord, RemovedFile, Transfer, WorkerProblem};
pub use child::{SetupContext, SetupError, init, setup};
pub use error::{ClusterError, DaskVersion, RefusedTask, RemoteError, VersionMismatch};
pub use options::{ClusterBuilder, Tls};
pub use resources::{MissingResources, WorkerResources};

/// A Dask cluster that runs graphs of functions with `#[delayed(remote)]`.
///
/// One run at a time: a second one waits for the first. The connection ends with its last clone.
///
/// ```no_run
/// use graph_exec::{cluster::Cluster, prelude::*};
///
/// #[delayed(remote)]
/// fn square(x: f64) -> f64 {
///     x * x
/// }
///
/// fn main() -> Result<(), graph_exec::Error> {
///     graph_exec::cluster::init();
///     let squares: Vec<Delayed<f64>> = (0..100).map(|n| square(f64::from(n))).collect();
///     let squares: Vec<f64> = Cluster::connect("tcp://head:8786")?.compute(squares)?;
///     println!("{squares:?}");
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Cluster {
    connection: Arc<Connection>,
    cancel: Vec<CancelToken>,
}

impl ClusterBuilder {
    /// Connects, and finds out which workers can run the program. Those that cannot are
    /// [set aside](Cluster::set_aside).
    ///
    /// # Errors
    /// [`Error::Cluster`] with what is wrong and the remedy, when no worker can too, after at most twice the timeout and the
    /// time that shipping the program takes.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn connect(self) -> Result<Cluster, Error> {
        let connection = Connection::open(self)?;
        Ok(Cluster { connection: Arc::new(connection), cancel: Vec::new() })
    }
}

impl Cluster {
    /// Connects to the scheduler at `address`, like `tcp://head:8786`.
    ///
    /// # Errors
    /// As for [`ClusterBuilder::connect`].
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::connect("tcp://head:8786")?;
    /// # drop(cluster);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn connect(address: impl Into<String>) -> Result<Self, Error> {
        Cluster::builder(address).connect()
    }

    /// Options for a connection.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").retries(1).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn builder(address: impl Into<String>) -> ClusterBuilder {
        ClusterBuilder::new(address.into())
    }

    /// How many workers there were when the connection was made.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// println!("{} workers", cluster.workers());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn workers(&self) -> usize {
        self.connection.connected().workers
    }

    /// How many tasks these workers can run at once.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// println!("{} tasks at once", cluster.threads());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn threads(&self) -> usize {
        self.connection.connected().threads
    }

    /// The workers that could not run the program when the connection was made, each with the reason and
    /// the remedy. Tasks run on the others.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// for problem in cluster.set_aside() {
    ///     eprintln!("{problem}");
    /// }
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn set_aside(&self) -> &[WorkerProblem] {
        &self.connection.connected().set_aside
    }

    /// The files that killed workers had not written to their end, and that were removed when the
    /// connection was made: programs of which only a part had arrived.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// for file in cluster.removed_files() {
    ///     eprintln!("removed {file}");
    /// }
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn removed_files(&self) -> &[RemovedFile] {
        &self.connection.connected().removed
    }

    /// The version of Dask `distributed` at both ends.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// println!("Dask {}", cluster.dask_version());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn dask_version(&self) -> &str {
        &self.connection.connected().dask
    }

    /// Address of the cluster's dashboard, where tasks are grouped by function.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// println!("look at {}", cluster.dashboard());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn dashboard(&self) -> &str {
        &self.connection.connected().dashboard
    }

    /// The same connection, with runs that `token` cancels: the cluster drops the tasks that have not
    /// begun, and ends the processes of those that run. A run also hears of it while it waits for another
    /// run on the connection, or for a task that this process computes. The token may have a
    /// [time limit](CancelToken::with_timeout); then the run ends with [`Error::TimedOut`].
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// let token = graph_exec::CancelToken::new();
    /// let cluster = cluster.with_cancel(&token);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn with_cancel(mut self, token: &CancelToken) -> Self {
        self.cancel.push(token.clone());
        self
    }

    /// Computes handles on the cluster and returns their results, in the shape of the handles.
    ///
    /// Results that `Shared` handles of the graph hold already are sent as values. The results of the
    /// outputs come back, and `Shared` outputs keep them; all other results stay on the cluster and are
    /// dropped there.
    ///
    /// # Errors
    /// [`Error::Task`] for the first task that failed, with the worker it failed on;
    /// [`Error::Cluster`] when the graph cannot be sent, or the cluster is lost;
    /// [`Error::Cancelled`] after a token was cancelled, [`Error::TimedOut`] when its time was up.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// # use graph_exec::prelude::*;
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// let (two, three) = cluster.compute((inc(1), inc(2)))?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn compute<H: Outputs>(&self, outputs: H) -> Result<H::Values, Error> {
        let (outcome, _) = self.connection.complete(&outputs, &self.cancel, false);
        values(outputs, outcome)
    }

    /// Computes as [`compute`](Cluster::compute) does, with a record of what ran when and where, and of
    /// how many bytes were moved.
    ///
    /// # Errors
    /// As for [`compute`](Cluster::compute).
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// # use graph_exec::prelude::*;
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// let finished = cluster.run(inc(1))?;
    /// println!("{finished}");
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn run<H: Outputs>(&self, outputs: H) -> Result<Finished<H::Values>, Error> {
        let (outcome, record) = self.connection.complete(&outputs, &self.cancel, true);
        Ok(Finished::new(values(outputs, outcome)?, record))
    }

    /// Runs as [`run`](Cluster::run) does, and gives the record of a run that failed or was cancelled
    /// too.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// # use graph_exec::prelude::*;
    /// # #[delayed(remote)] fn inc(x: i64) -> i64 { x + 1 }
    /// println!("{}", cluster.attempt(inc(1)).record().verdict());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn attempt<H: Outputs>(&self, outputs: H) -> Finished<Result<H::Values, Error>> {
        let (outcome, record) = self.connection.complete(&outputs, &self.cancel, true);
        Finished::new(values(outputs, outcome), record)
    }
}

/// The results of a run that has ended, or its error. With the handles go results that nobody is given.
fn values<H: Outputs>(outputs: H, outcome: Result<(), Error>) -> Result<H::Values, Error> {
    match outcome {
        Ok(()) => Ok(outputs.values()),
        Err(error) => {
            drop_quietly(outputs);
            Err(error)
        }
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("address", &self.connection.address())
            .field("connected", self.connection.connected())
            .finish_non_exhaustive()
    }
}

/// The functions with `remote` in this program, by path, each with its signature.
///
/// ```
/// use graph_exec::prelude::*;
///
/// #[delayed(remote)]
/// fn half(x: f64) -> f64 {
///     x / 2.0
/// }
///
/// let functions = graph_exec::cluster::functions();
/// assert!(functions.iter().any(|(path, signature)| {
///     path.ends_with("::half") && *signature == "(x: f64) -> f64"
/// }));
/// ```
pub fn functions() -> Vec<(&'static str, &'static str)> {
    graph_core::__run::names()
}
