//! Why a task has no result: its error or its panic, with the task's name and where it was built.

use std::{
    any::Any,
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};

use crate::task::location::SourceLocation;

/// What a task ended with instead of a result.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::Cause;
///
/// let cause = Cause::error(std::io::Error::other("disk full"));
/// assert_eq!(cause.to_string(), "disk full");
/// assert!(cause.as_error().unwrap().downcast_ref::<std::io::Error>().is_some());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// The task returned this error, kept as the user's own type.
    Error(Box<dyn Error + Send + Sync>),
    /// The task panicked with this message.
    Panic(String),
    /// The task was told that its run is cancelled, so its result might not be whole, and its inputs
    /// are used up, so it cannot wait for another run. One with `retries` keeps its inputs.
    Cancelled,
}

impl Cause {
    /// A returned error: any error type, a `Box<dyn Error + Send + Sync>`, or a text.
    ///
    /// ```
    /// # use graph_core::Cause;
    /// assert_eq!(Cause::error("no rows").to_string(), "no rows");
    /// ```
    pub fn error(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Cause::Error(error.into())
    }

    /// The error that was returned; `None` for a panic and for a cancelled task.
    ///
    /// ```
    /// # use graph_core::Cause;
    /// assert!(Cause::Panic("index out of bounds".into()).as_error().is_none());
    /// ```
    pub fn as_error(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Cause::Error(error) => Some(&**error),
            Cause::Panic(_) | Cause::Cancelled => None,
        }
    }

    /// Takes the message out of a caught panic.
    pub(crate) fn panic(payload: Box<dyn Any + Send>) -> Self {
        let message = if let Some(text) = payload.downcast_ref::<&'static str>() {
            (*text).to_owned()
        } else if let Some(text) = payload.downcast_ref::<String>() {
            text.clone()
        } else {
            "a value that is not a text".to_owned()
        };
        drop_quietly(payload);
        Cause::Panic(message)
    }
}

/// Drops a value of the user that nobody has asked for. Its destructor may panic, which is no reason
/// for anything else to fail.
#[cold]
pub(crate) fn drop_quietly<T>(value: T) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        // It could go on like this for ever, so the second payload is not dropped at all.
        std::mem::forget(second);
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Error(error) => error.fmt(f),
            Cause::Panic(message) => write!(f, "panicked: {message}"),
            Cause::Cancelled => f.write_str(
                "was cancelled while it ran, and its inputs are used up: build it again, or let it \
                 keep them with `retries`",
            ),
        }
    }
}

/// A task that failed: which one, where it was built, and why.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Cause, Failure, SourceLocation};
///
/// let failure = Failure {
///     function: "stock::read".into(),
///     label: Some("ibm.json".into()),
///     built_at: SourceLocation { file: "src/main.rs".into(), line: 7, column: 5 },
///     cause: Cause::error("no such file"),
/// };
/// assert_eq!(failure.task(), "read (ibm.json)");
/// assert_eq!(failure.to_string(), "task `read (ibm.json)`, built at src/main.rs:7:5, failed: no such file");
/// ```
#[derive(Debug)]
pub struct Failure {
    /// Path of its function, `module::name`.
    pub function: String,
    /// What `.named` gave it; `None` without.
    pub label: Option<String>,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// Its error or panic.
    pub cause: Cause,
}

impl Failure {
    /// The task's name for people: function, and label if there is one.
    ///
    /// ```
    /// # use graph_core::{Cause, Failure, SourceLocation};
    /// # let failure = Failure { function: "a::b".into(), label: None, built_at: SourceLocation::default(), cause: Cause::error("") };
    /// assert_eq!(failure.task(), "b");
    /// ```
    pub fn task(&self) -> String {
        task_name(&self.function, self.label.as_deref())
    }
}

/// Formats a task's name as `function (label)`, without the function's modules.
pub(crate) fn task_name(function: &str, label: Option<&str>) -> String {
    let name = function.rsplit("::").next().unwrap_or(function);
    match label {
        Some(label) => format!("{name} ({label})"),
        None => name.to_owned(),
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.cause {
            Cause::Error(_) => "failed: ",
            Cause::Panic(_) | Cause::Cancelled => "",
        };
        write!(f, "task `{}`, built at {}, {verb}{}", self.task(), self.built_at, self.cause)
    }
}
