//! What can go wrong when a graph is computed.

mod kept_failure;

use std::{error::Error as StdError, fmt, io, sync::Arc, time::Duration};

use graph_core::{__run::format, Failure, GraphError, SourceLocation};

use self::kept_failure::KeptFailure;
use crate::{
    causes::{write_causes, write_with_causes},
    limits::resources::error::ResourceError,
};

/// Why a graph has no result.
///
/// As usual for errors, `{}` says what happened and leaves the cause to [`source`](StdError::source): the
/// error that the task returned, of the user's own type, also when it came as an `anyhow::Error`. `{:#}`
/// and `{:?}` add every cause once, and so do `fn main() -> Result<(), Error>`, `unwrap` and what prints
/// chains of errors, as `anyhow` does.
///
/// ```
/// use graph_exec::prelude::*;
///
/// let number = value("forty-two").and_then(|text| text.parse::<i32>());
/// let error = number.compute().unwrap_err();
/// assert!(error.to_string().starts_with("task `and_then`, built at "));
/// let cause = std::error::Error::source(&error).unwrap();
/// assert!(cause.downcast_ref::<std::num::ParseIntError>().is_some());
/// assert!(format!("{error:#}").ends_with(", failed: invalid digit found in string"));
/// ```
#[derive(Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A task returned an error or panicked.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// A task computes something that needs the task itself, or waits for a run that it is part of. So does an
    /// [observer](crate::Observer) that waits for a run whose end it is told of.
    #[error("task `{task}`, built at {built_at}, would wait for ever: {}", why_for_ever(wants.as_deref()))]
    WouldDeadlock {
        /// The running task that was needed, that waits for its own run, or that holds what was needed. Of an
        /// observer, the method that waits: `Observer::finished`.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What it holds, and who needs that. `None` when its result was needed.
        wants: Option<Box<WantedResource>>,
    },
    /// A task needs a resource of which its executor can never give it so much.
    #[error(transparent)]
    Resource(#[from] ResourceError),
    /// A task computes a graph, a task of which computes a graph, and so on, too many times.
    #[error(
        "{depth} tasks compute graphs inside each other, and the stack has no room for more: build one \
         graph instead of computing inside its tasks; if the depth has an end, give threads more stack \
         with `Executor::builder().stack_size(bytes)`"
    )]
    NestedTooDeep {
        /// How many tasks are inside each other.
        depth: usize,
    },
    /// The run was cancelled before everything was done.
    #[error(
        "cancelled {}{}",
        reached_in_words(*ended, *tasks),
        kept_in_words(*ended, *tasks)
    )]
    Cancelled {
        /// How many tasks had ended.
        ended: usize,
        /// How many were needed, as far as was known by then.
        tasks: usize,
    },
    /// The time was up before everything was done.
    #[error(
        "the time limit of {} was reached {}{}{}",
        format::time(*limit),
        reached_in_words(*ended, *tasks),
        late_in_words(late.as_deref()),
        kept_in_words(*ended, *tasks)
    )]
    TimedOut {
        /// How long the run might take: from when its token or executor was given the limit.
        limit: Duration,
        /// How many tasks had ended.
        ended: usize,
        /// How many were needed, as far as was known by then.
        tasks: usize,
        /// The task that went on longest after that; `None` when none did for a noticeable time.
        late: Option<Box<LateTask>>,
    },
    /// The graph itself is not sound.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// A cluster could not run the graph.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(#[from] crate::cluster::ClusterError),
    /// An environment variable has a value that means nothing.
    #[error("the environment variable `{name}` is `{value}`; it must be {expected}, or not set")]
    Environment {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        expected: &'static str,
    },
    /// An option that an executor with `replay` cannot honour.
    #[error(
        "`.{option}(…)` means nothing beside `.replay(…)`, which runs one task after another on the thread that \
         computes: leave one of the two out"
    )]
    NotInReplay {
        /// The option.
        option: &'static str,
    },
    /// The threads could not be started.
    #[error(fmt = threads_not_started)]
    Threads {
        /// How many were asked for; 0 for one for each core.
        threads: usize,
        /// What the system said. Of the kind [`WouldBlock`](io::ErrorKind::WouldBlock) when a limit
        /// is reached.
        source: Arc<io::Error>,
    },
}

/// A task that needs a resource which a task holds that waits for it.
///
/// ```
/// use graph_exec::{Error, Executor, prelude::*};
///
/// let executor = Executor::builder().threads(2).resource("gpu", 1).build()?;
/// let train = value(1).map(|n| value(n + 1).named("inner").resource("gpu", 1).compute()).resource("gpu", 1);
/// let Err(Error::WouldDeadlock { task, wants, .. }) = executor.compute(train)? else { unreachable!() };
/// assert_eq!((task.as_str(), wants.unwrap().task.as_str()), ("map", "value (inner)"));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WantedResource {
    /// The resource; for the limit of a function, its path.
    pub resource: String,
    /// The task that needs it: its function and label.
    pub task: String,
    /// Where that was built.
    pub built_at: SourceLocation,
}

impl WantedResource {
    pub(crate) fn new(resource: String, task: String, built_at: SourceLocation) -> Self {
        WantedResource { resource, task, built_at }
    }
}

fn why_for_ever(wants: Option<&WantedResource>) -> String {
    match wants {
        None => "it is running and waits for this very computation; pass the handle to it as an argument \
                 instead of computing it, or waiting for its run, inside"
            .to_owned(),
        Some(WantedResource { resource, task, built_at }) => format!(
            "it holds `{resource}` and waits for task `{task}`, built at {built_at}, which needs that too; \
             pass the handle to it as an argument instead of computing it inside, or let only one of the two \
             need `{resource}`"
        ),
    }
}

impl Error {
    /// The error for a thread that the system refuses, such as the one that looks at the clock.
    pub(crate) fn from_refused_thread(source: io::Error) -> Self {
        Error::Threads { threads: 1, source: Arc::new(source) }
    }

    /// The error of type `E` among the causes, the first one: what a task returned, or what that was caused by;
    /// also one that came as an `anyhow::Error`.
    ///
    /// ```
    /// use graph_exec::prelude::*;
    /// use std::num::ParseIntError;
    ///
    /// let number = value("forty-two").and_then(|text| text.parse::<i32>());
    /// let error = number.compute().unwrap_err();
    /// assert!(error.downcast_ref::<ParseIntError>().is_some());
    /// assert!(error.downcast_ref::<std::io::Error>().is_none());
    /// ```
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        let mut next = self.source();
        while let Some(cause) = next {
            let shared = || cause.downcast_ref::<Arc<E>>().map(|cause| &**cause);
            if let Some(found) = cause.downcast_ref::<E>().or_else(shared) {
                return Some(found);
            }
            next = cause.source();
        }
        None
    }
}

/// A task that went on after its time was up.
///
/// ```
/// use graph_exec::{Error, Executor, prelude::*};
/// use std::{thread, time::Duration};
///
/// let deaf = value(1).map(|_| thread::sleep(Duration::from_millis(300))).named("deaf");
/// let executor = Executor::builder().threads(1).build()?.with_timeout(Duration::from_millis(20));
/// let error = executor.compute(deaf).unwrap_err();
/// let Error::TimedOut { late: Some(late), .. } = error else { unreachable!() };
/// assert_eq!(late.task, "map (deaf)");
/// assert!(late.by >= Duration::from_millis(100));
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LateTask {
    /// Its function and label.
    pub task: String,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// How long it went on after the time was up.
    pub by: Duration,
}

/// How far a run got that ended too early.
fn reached_in_words(ended: usize, tasks: usize) -> String {
    match tasks {
        // They have ended since, but too late.
        1 if ended == tasks => "before its only task had ended".to_owned(),
        _ if ended == tasks => format!("before the last of {tasks} tasks had ended"),
        _ => format!("after {ended} of {tasks} tasks"),
    }
}

/// What is left of such a run.
fn kept_in_words(ended: usize, tasks: usize) -> &'static str {
    match ended == tasks {
        true => "; what has a result keeps it while a `Shared` handle holds it",
        false => {
            "; what has a result keeps it while a `Shared` handle holds it, and another `compute` runs \
             the rest"
        }
    }
}

fn late_in_words(late: Option<&LateTask>) -> String {
    let words = |LateTask { task, built_at, by }: &LateTask| {
        format!(
            ", and task `{task}`, built at {built_at}, went on for {} because it does not ask \
             `graph_exec::task::check()`",
            format::time(*by)
        )
    };
    late.map(words).unwrap_or_default()
}

fn threads_not_started(
    threads: &usize,
    source: &Arc<io::Error>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let threads = match threads {
        0 => "a thread for each core".to_owned(),
        1 => "a thread".to_owned(),
        _ => format!("{threads} threads"),
    };
    let message = format!(
        "cannot start {threads}; ask for fewer with `Executor::builder().threads(n)`, or raise the limit \
         of the system (`ulimit -u`)"
    );
    write_with_causes(f, &message, source)
}

impl fmt::Debug for Error {
    /// The message and all causes, each once: it is what `fn main() -> Result<(), Error>` shows.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.to_string();
        f.write_str(&message)?;
        write_causes(f, &message, self.source())
    }
}

/// A failed task, and why its failure matters: the tasks between it and an output.
///
/// `source()` is the task's own error, to be downcast to its type; a panic has none.
///
/// ```
/// use graph_exec::{Error, prelude::*};
///
/// let total = value(1).map(|_| -> i32 { panic!("no") }).named("bad").map(|n| n + 1);
/// let Err(Error::Task(error)) = total.compute() else { unreachable!() };
/// assert_eq!(error.failure().label.as_deref(), Some("bad"));
/// assert_eq!(error.path(), ["map (bad)", "map"]);
/// ```
#[derive(Debug, Clone)]
pub struct TaskError {
    failure: KeptFailure,
    path: Vec<String>,
}

impl TaskError {
    pub(crate) fn new(failure: Arc<Failure>, path: Vec<String>) -> Self {
        TaskError { failure: failure.into(), path }
    }

    /// The task that failed, where it was built, and the cause.
    ///
    /// ```
    /// # use graph_exec::{Error, prelude::*};
    /// # let Err(Error::Task(error)) = value(1).map(|_| panic!("no")).compute() else { unreachable!() };
    /// assert_eq!(error.failure().cause.to_string(), "panicked: no");
    /// ```
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// Names of the tasks from the failed one to the output that needs it; the middle of a long
    /// path is left out and counted.
    ///
    /// ```
    /// # use graph_exec::{Error, prelude::*};
    /// # let Err(Error::Task(error)) = value(1).map(|_| panic!("no")).compute() else { unreachable!() };
    /// assert_eq!(error.path(), ["map"]);
    /// ```
    pub fn path(&self) -> &[String] {
        &self.path
    }
}

impl fmt::Display for TaskError {
    /// The task and what needed it, and a panic's message. The error that the task returned is the
    /// [`source`](StdError::source), which is not repeated here; `{:#}` adds it, and all causes behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = &self.failure.cause;
        f.write_str(&self.failure.which())?;
        match cause.as_error() {
            Some(_) => f.write_str(", failed")?,
            None => write!(f, ", {cause}")?,
        }
        if let Some(dependents) = self.path.get(1..).filter(|dependents| !dependents.is_empty()) {
            write!(f, " (needed by {})", dependents.join(" → "))?;
        }
        if f.alternate() && cause.as_error().is_some() {
            write!(f, ": {}", cause.chain())?;
        }
        Ok(())
    }
}

impl StdError for TaskError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.failure.cause.as_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_which_all_has_ended_is_not_said_to_have_a_rest() {
        let (limit, late) = (Duration::from_millis(20), None);
        let text = |ended, tasks| {
            let timed_out = Error::TimedOut { limit, ended, tasks, late: late.clone() };
            [timed_out, Error::Cancelled { ended, tasks }].map(|error| error.to_string())
        };
        for text in text(1, 3) {
            assert!(text.contains(" after 1 of 3 tasks; ") && text.contains("the rest"), "{text}");
        }
        for text in text(3, 3) {
            assert!(text.contains(" before the last of 3 tasks had ended; "), "{text}");
            assert!(!text.contains("the rest"), "{text}");
        }
        assert!(text(1, 1)[0].contains(" before its only task had ended; "));
    }

    #[test]
    fn a_cause_is_found_behind_others_and_behind_an_arc() {
        #[derive(Debug, thiserror::Error)]
        #[error("while reading")]
        struct Outer(#[source] io::Error);
        let outer = || Err::<(), _>(Outer(io::Error::other("no luck")));
        let error =
            crate::Executor::serial().compute(graph_core::value(()).and_then(move |()| outer()));
        let error = error.unwrap_err();
        assert!(error.downcast_ref::<Outer>().is_some());
        assert_eq!(error.downcast_ref::<io::Error>().unwrap().to_string(), "no luck");
        let threads = Error::Threads { threads: 3, source: Arc::new(io::Error::other("none")) };
        assert_eq!(threads.downcast_ref::<io::Error>().unwrap().to_string(), "none");
        assert!(threads.downcast_ref::<fmt::Error>().is_none());
    }

    #[test]
    fn refused_threads_are_counted_and_the_system_says_why() {
        let refused = |threads| Error::Threads {
            threads,
            source: Arc::new(io::Error::from(io::ErrorKind::WouldBlock)),
        };
        assert!(refused(0).to_string().starts_with("cannot start a thread for each core; "));
        let error = refused(900);
        assert!(error.to_string().starts_with("cannot start 900 threads; "), "{error}");
        assert!(error.to_string().contains("`Executor::builder().threads(n)`"), "{error}");
        let system: &Arc<io::Error> = error.source().unwrap().downcast_ref().unwrap();
        assert_eq!(system.kind(), io::ErrorKind::WouldBlock);
    }
}
