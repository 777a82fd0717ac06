//! A connection to a cluster, and a run on it from its first to its last line.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use graph_core::{__run::Plan, Function, Outputs};

use super::{
    adaptor::{Adaptor, Input, WORKER_HALF, module_name},
    arrival::{self, Arrived},
    builder::{ClusterBuilder, Tls},
    child,
    departure::{Claims, Submission},
    error::ClusterError,
    program::Program,
    protocol::{Answer, Connected, Notes, PROTOCOL, Request, TlsFiles},
    record,
};
use crate::{
    Error, Finished,
    progress::{Board, Ticker},
    record::RunRecord,
    run::cancel::{CancelToken, Cancellable},
    sync::{AtomicBool, Ordering, lock},
};

/// Shipping the program may take so long.
const LONGEST_SHIPPING: Duration = Duration::from_secs(120);

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

struct Connection {
    options: ClusterBuilder,
    connected: Connected,
    adaptor: Mutex<Adaptor>,
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

    pub(super) fn open(options: ClusterBuilder) -> Result<Self, Error> {
        if std::env::var_os(child::VARIABLE).is_some() {
            return Err(ClusterError::InitIsMissing.into());
        }
        if let Some(name) = graph_core::__run::named_twice() {
            return Err(ClusterError::NamedTwice { name }.into());
        }
        let program = Program::find(options.executable.as_deref())?;
        let mut adaptor = Adaptor::start(&options.python)?;
        let hello = Request::Hello {
            protocol: PROTOCOL,
            module: &module_name(),
            address: &options.address,
            timeout: options.timeout.as_secs_f64(),
            tls: options.tls.as_ref().map(|Tls { ca, cert, key }| TlsFiles { ca, cert, key }),
            executable: &program.path,
            build: &program.build,
            worker_exe: options.worker_exe.as_ref(),
        };
        adaptor.send(&hello, WORKER_HALF.as_bytes())?;
        let connected = match adaptor.receive_within(options.timeout + LONGEST_SHIPPING)? {
            Some((Answer::Connected(connected), _)) => connected,
            Some((Answer::Refused { cause, message }, _)) => {
                return Err(ClusterError::of_refusal(&cause, message).into());
            }
            Some((other, _)) => return Err(out_of_turn(&other).into()),
            None => {
                let message =
                    format!("the cluster at {} does not take the program", options.address);
                return Err(ClusterError::Unreachable { message }.into());
            }
        };
        let connection = Connection { options, connected, adaptor: Mutex::new(adaptor) };
        Ok(Cluster { connection: Arc::new(connection), cancel: Vec::new() })
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
        self.connection.connected.workers
    }

    /// How many tasks they could run at once then.
    ///
    /// ```no_run
    /// # use graph_exec::cluster::Cluster;
    /// # let cluster = Cluster::connect("tcp://head:8786")?;
    /// println!("{} tasks at once", cluster.threads());
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn threads(&self) -> usize {
        self.connection.connected.threads
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
        &self.connection.connected.dask
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
        &self.connection.connected.dashboard
    }

    /// The same connection, with runs that `token` cancels: the cluster drops what has not begun,
    /// and forgets the rest when it ends.
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
    /// Results that the graph's `Shared` handles hold already go there as values. The results of
    /// the outputs come here, and stay in those that are `Shared`; what lies between them and the
    /// sources stays on the cluster and is dropped there.
    ///
    /// # Errors
    /// [`Error::Task`] for the first task that failed, with the worker it failed on;
    /// [`Error::Cluster`] when the graph cannot be sent, or the cluster is lost;
    /// [`Error::Cancelled`] after a token was cancelled.
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
        self.complete(&outputs, false).0?;
        Ok(outputs.values())
    }

    /// [`compute`](Cluster::compute), with a record of what ran when and where, and how many bytes
    /// were moved for it.
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
        let (outcome, record) = self.complete(&outputs, true);
        outcome?;
        Ok(Finished::new(outputs.values(), record))
    }

    /// [`run`](Cluster::run) that gives the record also of a run that failed or was cancelled.
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
        let (outcome, record) = self.complete(&outputs, true);
        Finished::new(outcome.map(|()| outputs.values()), record)
    }

    /// Runs what `outputs` need and leaves the results in their tasks.
    fn complete<H: Outputs>(&self, outputs: &H, recorded: bool) -> (Result<(), Error>, RunRecord) {
        let begin = Instant::now();
        let nothing = || RunRecord::of_nothing(self.threads());
        let plan = match Plan::new(outputs) {
            Ok(plan) => plan,
            Err(error) => return (Err(error.into()), nothing()),
        };
        match self.run_plan(&plan, begin, recorded) {
            Ok((outcome, record)) => (outcome, record.unwrap_or_else(nothing)),
            Err(error) => (Err(error), nothing()),
        }
    }

    /// What came of the run; an error before it began, with nothing sent.
    fn run_plan(
        &self,
        plan: &Plan,
        begin: Instant,
        recorded: bool,
    ) -> Result<(Result<(), Error>, Option<RunRecord>), Error> {
        #[expect(unsafe_code, reason = "it vouches that the handles outlive the claims")]
        // SAFETY: `complete` borrows the outputs for as long as the plan lives, and starts no task.
        let mut claims = unsafe { Claims::of(plan) }?;
        if let Some(error) = claims.earlier_failure() {
            return Err(error);
        }
        let submission = Submission::of(&claims)?;
        // Taken now: a task that has ended may be gone.
        let people = record::People::of(&claims, recorded);
        let planned = Instant::now();
        let (outcome, notes) = if submission.outputs.is_empty() {
            (Ok(()), Notes::default())
        } else {
            let (arrived, notes) = self.exchange(&claims, &submission, begin, recorded)?;
            (arrival::settle(&mut claims, &submission, arrived), notes)
        };
        let record = recorded.then(|| {
            let times = record::Times { begin, planned, wall: begin.elapsed() };
            record::record(plan, &submission, people, &notes, times, &outcome)
        });
        Ok((outcome, record))
    }

    /// Sends a graph and waits for what comes back.
    fn exchange(
        &self,
        claims: &Claims<'_>,
        submission: &Submission,
        begin: Instant,
        recorded: bool,
    ) -> Result<(Arrived, Notes), Error> {
        let options = &self.connection.options;
        let mut adaptor = lock(&self.connection.adaptor);
        let stop = Arc::new(Stop { input: adaptor.input().clone(), told: AtomicBool::new(false) });
        let mut settled = 0;
        let tasks = submission.tasks.len();
        if self.cancel.iter().any(CancelToken::is_cancelled) {
            return Ok((Arrived::Cancelled { settled, tasks }, Notes::default()));
        }
        let run = new_run_name();
        let request = Request::Run {
            run: &run,
            tasks: &submission.tasks,
            outputs: &submission.outputs,
            retries: options.retries,
            record: recorded,
            progress: options.progress,
        };
        adaptor.send(&request, &submission.constants)?;
        self.cancel.iter().for_each(|token| token.register(&stop));
        let shown = options.progress.then(|| Shown::new(claims, submission, begin, self.threads()));
        loop {
            match adaptor.receive()? {
                (Answer::Progress { settled: now, running }, _) => {
                    if let Some(shown) = &shown {
                        shown.update(now.saturating_sub(settled), &running);
                    }
                    settled = settled.max(now);
                }
                (Answer::Finished { lengths, notes }, body) => {
                    return Ok((Arrived::Results { lengths, body }, notes));
                }
                (Answer::Failed { failure, notes }, _) => {
                    let arrived = match failure.cause.as_str() {
                        "cancelled" => Arrived::Cancelled { settled, tasks },
                        _ => Arrived::Failure(failure),
                    };
                    return Ok((arrived, notes));
                }
                (other, _) => return Err(out_of_turn(&other).into()),
            }
        }
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cluster")
            .field("address", &self.connection.options.address)
            .field("connected", &self.connection.connected)
            .finish_non_exhaustive()
    }
}

fn out_of_turn(answer: &Answer) -> ClusterError {
    ClusterError::Dask { message: format!("an answer out of turn: {answer:?}") }
}

/// A name that no other run on the cluster has. It begins with a digit, so that Dask does not take
/// it for a part of a function's name.
fn new_run_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("0{:x}{:x}", now.as_nanos(), std::process::id())
}

/// Tells the adaptor, once, that its run is cancelled.
struct Stop {
    input: Input,
    told: AtomicBool,
}

impl Cancellable for Stop {
    fn cancel(&self) {
        if !self.told.swap(true, Ordering::Relaxed) {
            // If the adaptor is gone, the run ends without being told.
            let _ = self.input.send(&Request::Cancel, &[]);
        }
    }
}

/// The progress of a run on stderr.
struct Shown {
    board: Arc<Board>,
    functions: HashMap<&'static str, fn() -> Function>,
    workers: usize,
    /// Draws until it goes.
    _ticker: Ticker,
}

impl Shown {
    fn new(claims: &Claims<'_>, submission: &Submission, begin: Instant, workers: usize) -> Self {
        let board = Arc::new(Board::new(begin, submission.tasks.len(), workers.max(1), None));
        let functions = submission.places.iter().map(|&place| claims.function(place));
        let functions = functions.map(|function| (function().name, function)).collect();
        let ticker = Ticker::start(Arc::clone(&board));
        Shown { board, functions, workers: workers.max(1), _ticker: ticker }
    }

    fn update(&self, newly_settled: usize, running: &[(String, usize)]) {
        self.board.desk(0).settled(newly_settled);
        let busy = running.iter().filter_map(|(name, count)| {
            Some(std::iter::repeat_n(*self.functions.get(name.as_str())?, *count))
        });
        let mut busy = busy.flatten();
        for worker in 0..self.workers {
            let mut desk = self.board.desk(worker);
            match busy.next() {
                Some(function) => desk.begin(function),
                None => desk.pause(),
            }
        }
    }
}
