//! Options of a connection.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

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
    pub(super) address: String,
    pub(super) tls: Option<Tls>,
    pub(super) timeout: Duration,
    pub(super) retries: u32,
    pub(super) python: PathBuf,
    pub(super) executable: Option<PathBuf>,
    pub(super) worker_exe: Option<PathBuf>,
    pub(super) progress: bool,
}

/// Files in PEM format: who is trusted, and who this side is.
#[derive(Debug, Clone)]
pub struct Tls {
    /// The certificate of the authority that signed those of the cluster.
    pub ca: PathBuf,
    /// This side's certificate.
    pub cert: PathBuf,
    /// Its key.
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
        }
    }

    /// Both sides prove who they are, and what goes between them is encrypted. Without it, whoever
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

    /// How long to wait for the scheduler's answer: five seconds, unless told otherwise.
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

    /// How often every task may be tried again after it failed, also one without
    /// `#[delayed(retries = …)]`: not at all, unless told otherwise. What was lost with a worker
    /// runs again in any case.
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

    /// The Python that speaks with Dask on this side, `python3` unless told otherwise. It needs
    /// `distributed`, in the version of the cluster.
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

    /// The program to ship, when it is not this very file: the same source built for the machines
    /// of the cluster.
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

    /// Where the workers have the program, so that it is not shipped. They check that it is the
    /// same file, by its hash.
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
    #[must_use]
    pub fn progress(mut self, progress: bool) -> Self {
        self.progress = progress;
        self
    }
}
