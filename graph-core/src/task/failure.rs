//! Why a task has no result: its error or its panic, with the task's name and where it was built.

pub(crate) mod kept;
pub(crate) mod quiet;

use std::{
    any::Any,
    error::Error,
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use crate::{format::time, task::location::SourceLocation};

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
    /// The last attempt went on after its time was up, so what it gave does not count.
    TimedOut {
        /// How long an attempt might take, by `#[delayed(timeout = …)]`.
        limit: Duration,
        /// How long it took.
        elapsed: Duration,
        /// Whether it has asked `task::check` and its kind after the time was up.
        was_told: bool,
    },
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

    /// The error that a function returned. One of anyhow becomes the user's own error that it holds, so
    /// that it can be downcast.
    pub(crate) fn returned<E>(error: E) -> Self
    where
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        #[cfg(feature = "anyhow")]
        {
            let mut error = Some(error);
            let held: &mut dyn Any = &mut error;
            if let Some(held) = held.downcast_mut::<Option<anyhow::Error>>().and_then(Option::take)
            {
                return Cause::Error(held.reallocate_into_boxed_dyn_error_without_backtrace());
            }
            Cause::error(error.expect("only an error of anyhow is taken out"))
        }
        #[cfg(not(feature = "anyhow"))]
        Cause::error(error)
    }

    /// The cause and the causes of the cause, each once, separated by colons.
    ///
    /// ```
    /// # use graph_core::Cause;
    /// assert_eq!(Cause::Panic("no rows".into()).chain(), "panicked: no rows");
    /// ```
    pub fn chain(&self) -> String {
        let mut chain = self.to_string();
        let mut next = self.as_error().and_then(Error::source);
        while let Some(cause) = next {
            let text = cause.to_string();
            // Some errors repeat what their source says.
            if !chain.ends_with(&text) {
                chain += ": ";
                chain += &text;
            }
            next = cause.source();
        }
        chain
    }

    /// The error that was returned; `None` for a panic, for a cancelled task, and for one whose time was up.
    ///
    /// ```
    /// # use graph_core::Cause;
    /// assert!(Cause::Panic("index out of bounds".into()).as_error().is_none());
    /// ```
    pub fn as_error(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Cause::Error(error) => Some(&**error),
            Cause::Panic(_) | Cause::Cancelled | Cause::TimedOut { .. } => None,
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
pub fn drop_quietly<T>(value: T) {
    call_quietly(|| drop(value));
}

/// Calls code of the user's whose panic is no reason for anything else to fail, nor is that of the destructor of what
/// it has panicked with. `None` when it has panicked.
pub fn call_quietly<T>(call: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(call)).map_err(drop_payload).ok()
}

/// Drops what the user's code has panicked with. When that panics too, what it has panicked with is dropped only where it
/// is a message: it could go on like this for ever.
pub(crate) fn drop_payload(payload: Box<dyn Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload)))
        && !second.is::<&'static str>()
        && !second.is::<String>()
    {
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
            Cause::TimedOut { limit, elapsed, was_told } => {
                let (limit, elapsed) = (time(*limit), time(*elapsed));
                write!(f, "took {elapsed}, longer than its time limit of {limit}")?;
                if !was_told {
                    f.write_str(", because it does not ask `graph_exec::task::check()`")?;
                }
                Ok(())
            }
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
///     arguments: Some("data/ibm.json".into()),
///     built_at: SourceLocation { file: "src/main.rs".into(), line: 7, column: 5 },
///     is_definition: false,
///     cause: Cause::error("no such file"),
/// };
/// assert_eq!(failure.task(), "read (ibm.json)");
/// assert_eq!(
///     failure.to_string(),
///     "task `read (ibm.json)`, called with data/ibm.json, built at src/main.rs:7:5, failed: no such file",
/// );
/// ```
#[derive(Debug)]
pub struct Failure {
    /// Path of its function, `module::name`.
    pub function: String,
    /// What `.named` gave it; `None` without.
    pub label: Option<String>,
    /// Its constant arguments that have a short text: numbers, texts in quotes and paths, separated by commas, long
    /// ones cut. `None` when there are none.
    pub arguments: Option<String>,
    /// Where it was built.
    pub built_at: SourceLocation,
    /// Whether `built_at` is the definition of the function: a task that the standard library built, as in
    /// `numbers.map(check)`, does not know the place of that.
    pub is_definition: bool,
    /// Its error or panic.
    pub cause: Cause,
}

impl Failure {
    /// The task's name for people: function, and label if there is one.
    ///
    /// ```
    /// # use graph_core::{Cause, Failure, SourceLocation};
    /// # let failure = Failure { function: "a::b".into(), label: None, arguments: None, built_at: SourceLocation::default(), is_definition: false, cause: Cause::error("") };
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

impl Failure {
    /// Which task it is: its name, its constant arguments, and where it was built.
    ///
    /// ```
    /// # use graph_core::{Cause, Failure, SourceLocation};
    /// # let failure = Failure { function: "a::b".into(), label: None, arguments: Some("7".into()), built_at: SourceLocation::default(), is_definition: false, cause: Cause::error("") };
    /// assert_eq!(failure.which(), "task `b`, called with 7, built at :0:0");
    /// ```
    pub fn which(&self) -> String {
        let arguments = self.arguments.as_ref();
        let arguments = arguments.map(|arguments| format!(", called with {arguments}"));
        let built = if self.is_definition { "defined" } else { "built" };
        let (task, built_at) = (self.task(), &self.built_at);
        format!("task `{task}`{}, {built} at {built_at}", arguments.unwrap_or_default())
    }
}

impl fmt::Display for Failure {
    /// All that is known: the task, and why it failed, with every cause once.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.cause {
            Cause::Error(_) => "failed: ",
            Cause::Panic(_) | Cause::Cancelled | Cause::TimedOut { .. } => "",
        };
        write!(f, "{}, {verb}{}", self.which(), self.cause.chain())
    }
}
