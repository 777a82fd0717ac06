//! Options of a connection.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Serialize;

/// Options of a [`Cluster`](super::Cluster).
///
/// ```no_run
/// use graph_exec::cluster::Cluster;
///
/// let cluster = Cluster::builder("tls://head:8786")
///     .tls("ca.pem", "cert.pem", "key.pem")
///     .retries(2)
///     .progress(true)
///     .connect()?;
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClusterBuilder {
    /// Address of the scheduler.
    pub(super) address: String,
    /// `None` without TLS.
    pub(super) tls: Option<Tls>,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) python: PathBuf,
    /// The program to ship; `None` for the file that this process runs.
    pub(super) executable: Option<PathBuf>,
    /// Where the workers have the program; `None` when it is shipped.
    pub(super) worker_exe: Option<PathBuf>,
    pub(super) progress: bool,
    /// How long every task may take; `None` without a limit.
    pub(super) task_timeout: Option<Duration>,
    /// What children are started with; `None` for what this process was started with.
    pub(super) arguments: Option<Vec<OsString>>,
    /// Names of the environment variables that children get.
    pub(super) variables: Vec<String>,
    /// The encoded value for the children's setup, or why it cannot be encoded.
    pub(super) sent: Result<Option<Vec<u8>>, String>,
}

/// Files in PEM format that prove who each side is.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate of the authority that signed the cluster's certificates.
    pub ca: PathBuf,
    /// The certificate of this process.
    pub cert: PathBuf,
    /// The key of `cert`.
    pub key: PathBuf,
}

impl ClusterBuilder {
    pub(super) fn new(address: String) -> Self {
        ClusterBuilder {
            address,
            tls: None,
            timeout: Duration::from_secs(5),
            retries: 0,
            python: "python3".into(),
            executable: None,
            worker_exe: None,
            progress: false,
            task_timeout: None,
            arguments: None,
            variables: Vec::new(),
            sent: Ok(None),
        }
    }

    /// Uses TLS: both sides prove who they are, and what they send is encrypted. Without TLS, whoever
    /// reaches the scheduler's port can run code on all workers.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").tls("ca.pem", "cert.pem", "key.pem").connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn tls(
        mut self,
        ca: impl Into<PathBuf>,
        cert: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.tls = Some(Tls { ca: ca.into(), cert: cert.into(), key: key.into() });
        self
    }

    /// How long to wait for the scheduler's answer; five seconds by default.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").timeout(std::time::Duration::from_secs(30)).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often every task may be tried again after it failed that does not say so itself, with
    /// `#[delayed(retries = …)]` or [`.retries(n)`](crate::Delayed::retries); 0 by default. A task whose result
    /// was lost with its worker runs again in any case.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").retries(2).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// How long every task may take; without a limit by default. Zero is refused by
    /// [`connect`](Self::connect).
    ///
    /// The process of a task that takes longer is ended, and with it what the task has started. The run
    /// fails as after a panic, unless the task may be tried again.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let hour = std::time::Duration::from_secs(3600);
    /// let cluster = Cluster::builder("tcp://head:8786").task_timeout(hour).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn task_timeout(mut self, timeout: Duration) -> Self {
        self.task_timeout = Some(timeout);
        self
    }

    /// What the children on the workers are started with, so that `std::env::args` gives it there; the
    /// arguments of this process by default. Everybody on a worker's machine can read them.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").arguments(["--verbose"]).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn arguments(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments = Some(arguments.into_iter().map(Into::into).collect());
        self
    }

    /// Environment variables that the children on the workers get, with the values that they have here
    /// when the connection is made; none by default. One that is not set here, or is not Unicode, is as
    /// the worker has it.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").environment(["RUST_LOG"]).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn environment(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.variables.extend(names.into_iter().map(Into::into));
        self
    }

    /// A value for the closure of [`setup`](super::setup), which reads it with
    /// [`SetupContext::value`](super::SetupContext::value).
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let settings = vec![1.5, 2.5];
    /// let cluster = Cluster::builder("tcp://head:8786").send(&settings).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn send<T: Serialize + ?Sized>(mut self, value: &T) -> Self {
        self.sent = postcard::to_allocvec(value).map(Some).map_err(|error| error.to_string());
        self
    }

    /// The Python that speaks with Dask on this machine; `python3` by default. It needs `distributed`
    /// in the version of the cluster.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").python("/opt/dask/bin/python").connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn python(mut self, python: impl AsRef<Path>) -> Self {
        self.python = python.as_ref().to_owned();
        self
    }

    /// The program to ship when it is not the file that runs here: the same source, built for the
    /// machines of the cluster.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").executable("target/x86_64-unknown-linux-musl/release/program").connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn executable(mut self, path: impl AsRef<Path>) -> Self {
        self.executable = Some(path.as_ref().to_owned());
        self
    }

    /// Where the workers have the program, so that it is not shipped. They check by its hash that it
    /// is the same file.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").worker_exe("/shared/bin/program").connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[must_use]
    pub fn worker_exe(mut self, path: impl AsRef<Path>) -> Self {
        self.worker_exe = Some(path.as_ref().to_owned());
        self
    }

    /// Shows on stderr how far each run is, as
    /// [`ExecutorBuilder::progress`](crate::ExecutorBuilder::progress) does.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// let cluster = Cluster::builder("tcp://head:8786").progress(true).connect()?;
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    #[cfg(feature = "progress")]
    #[must_use]
    pub fn progress(mut self, progress: bool) -> Self {
        self.progress = progress;
        self
    }
}
