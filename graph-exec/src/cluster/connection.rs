//! A connection to a cluster: opening it, and one run on it from beginning to end.

use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use graph_core::{__run::Plan, Outputs};

use super::{
    adaptor::{Adaptor, Input, WORKER_SOURCE, module_name},
    child::{self, SetupContext},
    error::ClusterError,
    executable::Executable,
    options::{ClusterBuilder, Tls},
    progress::RemoteProgress,
    protocol::{Answer, Connected, PROTOCOL, Refusal, Request, Timings, TlsFiles},
    results::{self, RemoteOutcome},
    submission::{Claims, Submission},
    timings::{EndedRun, TaskIdentities},
    turns::Turns,
};
use crate::{
    error::Error,
    record::{outcome::RunOutcome, run_data::RunData, run_record::RunRecord},
    run::cancel::{CancelToken, Cancellable},
    sync::{AtomicBool, Ordering},
};

/// How long shipping the program may take.
const LONGEST_SHIPPING: Duration = Duration::from_secs(120);

/// A running adaptor that is connected to a cluster.
pub(super) struct Connection {
    options: ClusterBuilder,
    connected: Connected,
    /// No record has told yet what was removed when the connection was made.
    removed_is_news: AtomicBool,
    /// There is one run at a time.
    adaptor: Turns<Adaptor>,
}

/// How one run is made.
#[derive(Clone, Copy)]
struct RunOptions<'a> {
    begin: Instant,
    /// Any of them cancels the run.
    cancel: &'a [CancelToken],
    recorded: bool,
}

impl Connection {
    /// Connects, and makes sure that every worker can run the program.
    pub(super) fn open(options: ClusterBuilder) -> Result<Self, Error> {
        if std::env::var_os(child::VARIABLE).is_some() {
            return Err(ClusterError::InitIsMissing.into());
        }
        if let Some(name) = graph_core::__run::named_twice() {
            return Err(ClusterError::NamedTwice { name }.into());
        }
        if options.task_timeout.is_some_and(|limit| limit.is_zero()) {
            return Err(ClusterError::NoTaskTime.into());
        }
        let executable = Executable::find(options.executable.as_deref())?;
        let sent = options.sent.clone();
        let sent = sent.map_err(|message| ClusterError::NotSent { message })?;
        let value = SetupContext::encoded(sent.as_deref());
        let arguments = options.arguments.clone();
        let arguments = arguments.unwrap_or_else(|| std::env::args_os().skip(1).collect());
        let variables = options.variables.iter();
        let mut adaptor = Adaptor::start(&options.python)?;
        let hello = Request::Hello {
            protocol: PROTOCOL,
            source: WORKER_SOURCE.len(),
            arguments: arguments.iter().map(|argument| argument.as_encoded_bytes()).collect(),
            variables: variables
                .filter_map(|name| Some((&**name, std::env::var(name).ok()?)))
                .collect(),
            module: &module_name(),
            address: &options.address,
            timeout: options.timeout.as_secs_f64(),
            tls: options.tls.as_ref().map(|Tls { ca, cert, key }| TlsFiles { ca, cert, key }),
            executable: &executable.path,
            build: &executable.hash,
            worker_exe: options.worker_exe.as_ref(),
        };
        adaptor.send(&hello, &[WORKER_SOURCE.as_bytes(), &value].concat())?;
        let connected = match adaptor.receive_within(options.timeout + LONGEST_SHIPPING)? {
            Some((Answer::Connected(connected), _)) => connected,
            Some((Answer::Refused(refusal), _)) => return Err(refused(refusal, &options).into()),
            Some((other, _)) => return Err(unexpected(&other).into()),
            None => {
                let timeout = options.timeout + LONGEST_SHIPPING;
                return Err(ClusterError::NotShipped { address: options.address, timeout }.into());
            }
        };
        Ok(Connection {
            options,
            connected,
            removed_is_news: AtomicBool::new(true),
            adaptor: Turns::new(adaptor),
        })
    }

    pub(super) fn address(&self) -> &str {
        &self.options.address
    }

    pub(super) fn connected(&self) -> &Connected {
        &self.connected
    }

    /// Runs what `outputs` need and leaves the results in their tasks.
    pub(super) fn complete<H: Outputs>(
        &self,
        outputs: &H,
        cancel: &[CancelToken],
        recorded: bool,
    ) -> (Result<(), Error>, RunRecord) {
        let run = RunOptions { begin: Instant::now(), cancel, recorded };
        let nothing =
            |outcome| RunRecord::new(RunData { outcome, ..RunData::empty(self.connected.threads) });
        let planned = CancelToken::arm_all(cancel)
            .map_err(Error::from_refused_thread)
            .and_then(|()| Ok(Plan::new(outputs)?));
        match planned.and_then(|plan| self.run_plan(&plan, run)) {
            Ok((outcome, record)) => {
                let record = record.unwrap_or_else(|| nothing(outcome_of(&outcome)));
                (outcome, record)
            }
            Err(error) => {
                let outcome = Err(with_time_limit(error, cancel));
                let record = nothing(outcome_of(&outcome));
                (outcome, record)
            }
        }
    }

    /// Returns how the run ended and its record, or an error when nothing was sent.
    fn run_plan(
        &self,
        plan: &Plan,
        run: RunOptions<'_>,
    ) -> Result<(Result<(), Error>, Option<RunRecord>), Error> {
        #[expect(unsafe_code, reason = "it vouches that the handles outlive the claims")]
        // SAFETY: `complete` borrows the outputs for as long as the plan lives, and starts no task.
        let mut claims = unsafe { Claims::new(plan, run.cancel) }?;
        if let Some(error) = claims.earlier_failure() {
            return Err(error);
        }
        let submission = Submission::new(&claims)?;
        // Taken now, because a task that has ended may be dropped.
        let identities = TaskIdentities::new(&claims, run.recorded);
        let planned = Instant::now();
        let (outcome, timings) = if submission.outputs.is_empty() {
            (Ok(()), Timings::default())
        } else {
            let (remote, timings) = self.exchange(&claims, &submission, run)?;
            let outcome = results::settle(&mut claims, &submission, remote);
            (outcome.map_err(|error| with_time_limit(error, run.cancel)), timings)
        };
        let record = run.recorded.then(|| {
            let ended = EndedRun {
                plan,
                submission: &submission,
                identities,
                timings: &timings,
                removed: match self.removed_is_news.swap(false, Ordering::Relaxed) {
                    true => self.connected.removed.clone(),
                    false => Vec::new(),
                },
                begin: run.begin,
                planned,
                wall: run.begin.elapsed(),
                outcome: outcome_of(&outcome),
            };
            ended.into_record()
        });
        Ok((outcome, record))
    }

    /// Sends a graph and waits for what comes back.
    fn exchange(
        &self,
        claims: &Claims<'_>,
        submission: &Submission,
        RunOptions { begin, cancel, recorded }: RunOptions<'_>,
    ) -> Result<(RemoteOutcome, Timings), Error> {
        let options = &self.options;
        let tasks = submission.tasks.len();
        let cancelled =
            |settled| Ok((RemoteOutcome::Cancelled { settled, tasks }, Timings::default()));
        let Some(mut adaptor) = self.adaptor.wait(cancel) else { return cancelled(0) };
        if cancel.iter().any(CancelToken::is_cancelled) {
            return cancelled(0);
        }
        let cancel_request = Arc::new(CancelRequest {
            input: adaptor.input().clone(),
            sent: AtomicBool::new(false),
        });
        let mut settled = 0;
        let run = new_run_name();
        let request = Request::Run {
            run: &run,
            tasks: &submission.tasks,
            outputs: &submission.outputs,
            retries: options.retries,
            timeout: options.task_timeout.map(|timeout| timeout.as_secs_f64()),
            record: recorded,
            progress: options.progress,
        };
        adaptor.send(&request, &submission.constants)?;
        let _registered: Vec<_> =
            cancel.iter().map(|token| token.register(&cancel_request)).collect();
        let shown = options
            .progress
            .then(|| RemoteProgress::new(claims, submission, begin, self.connected.threads));
        loop {
            match adaptor.receive()? {
                (Answer::Progress { settled: now, running }, _) => {
                    if let Some(shown) = &shown {
                        shown.update(now.saturating_sub(settled), &running);
                    }
                    settled = settled.max(now);
                }
                (Answer::Finished { lengths }, mut body) => {
                    let timings = timings(&mut body, &lengths, recorded)?;
                    return Ok((RemoteOutcome::Results { lengths, body }, timings));
                }
                (Answer::Failed { failure }, mut body) => {
                    let timings = timings(&mut body, &[], recorded)?;
                    let outcome = match failure.cause.as_str() {
                        "cancelled" => RemoteOutcome::Cancelled { settled, tasks },
                        "lost" => RemoteOutcome::Lost { address: options.address.clone() },
                        _ => RemoteOutcome::Failure(failure),
                    };
                    return Ok((outcome, timings));
                }
                (other, _) => return Err(unexpected(&other).into()),
            }
        }
    }
}

fn outcome_of(outcome: &Result<(), Error>) -> RunOutcome {
    match outcome {
        Ok(()) => RunOutcome::Done,
        Err(Error::Cancelled { .. }) => RunOutcome::Cancelled,
        Err(Error::TimedOut { .. }) => RunOutcome::TimedOut,
        Err(_) => RunOutcome::Failed,
    }
}

/// Says of a run that was cancelled because its time was up that it was.
fn with_time_limit(error: Error, cancel: &[CancelToken]) -> Error {
    let mut tokens = cancel.iter().map(CancelToken::flag);
    let reached = tokens.find(|flag| flag.is_set()).and_then(|flag| flag.reached());
    match (error, reached) {
        (Error::Cancelled { ended, tasks }, Some(limit)) => {
            Error::TimedOut { limit: limit.length, ended, tasks, late: None }
        }
        (error, _) => error,
    }
}

/// The timings behind the results; nothing when none were asked for.
fn timings(body: &mut Vec<u8>, lengths: &[u64], recorded: bool) -> Result<Timings, ClusterError> {
    if !recorded {
        return Ok(Timings::default());
    }
    let misread = |error| ClusterError::Protocol { message: format!("times of a run: {error}") };
    Timings::take(body, lengths).map_err(misread)
}

fn unexpected(answer: &Answer) -> ClusterError {
    ClusterError::Protocol { message: format!("an answer out of turn: {answer:?}") }
}

/// The error for a connection that the adaptor refuses.
fn refused(refusal: Refusal, options: &ClusterBuilder) -> ClusterError {
    let address = options.address.clone();
    match refusal {
        Refusal::MissingPackage { python, package } => {
            ClusterError::MissingPackage { python, package }
        }
        Refusal::Unreachable { reason } => {
            ClusterError::Unreachable { address, timeout: options.timeout, reason }
        }
        Refusal::TlsRequired => ClusterError::TlsRequired { address },
        Refusal::InvalidAddress { reason } => ClusterError::InvalidAddress { address, reason },
        Refusal::Versions(mismatch) => ClusterError::Versions(mismatch),
        Refusal::TooOld { ours, oldest } => ClusterError::TooOld { ours, oldest },
        Refusal::NoWorkers => ClusterError::NoWorkers { address },
        Refusal::Program { workers } => ClusterError::Program { workers },
        Refusal::Protocol { adaptor } => ClusterError::Protocol {
            message: format!("it speaks protocol {adaptor}, and this program {PROTOCOL}"),
        },
        Refusal::Dask { message } => ClusterError::Dask { message },
    }
}

/// A name that no other run on the cluster has. It begins with a digit, so that Dask does not take it
/// for a part of a function's name.
fn new_run_name() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("0{:x}{:x}", now.as_nanos(), std::process::id())
}

/// Tells the adaptor, once, that its run is cancelled.
struct CancelRequest {
    input: Input,
    sent: AtomicBool,
}

impl Cancellable for CancelRequest {
    fn cancel(self: Arc<Self>) {
        if !self.sent.swap(true, Ordering::Relaxed) {
            // If the adaptor is gone, the run ends anyway.
            let _ = self.input.send(&Request::Cancel, &[]);
        }
    }

    fn expire(self: Arc<Self>) {
        // The adaptor may be slow to read.
        let this = Arc::clone(&self);
        let thread = thread::Builder::new().name("cluster-cancel".to_owned());
        if thread.spawn(move || this.cancel()).is_err() {
            self.cancel();
        }
    }
}
