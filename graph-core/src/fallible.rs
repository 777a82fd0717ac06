//! `Result`, whatever the name that a function calls it by.

use std::error::Error;

use crate::construct::diagnostics::{ReportableError, TaskResult};

/// A `Result`, whatever its name: the handle of a fallible task has the type of its `Ok`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Result` whose error a task can report",
    label = "not a `Result` with a reportable error",
    note = "a fallible task returns `Result<T, E>` where `T: Send + 'static` and `E` is an error type, \
            `Box<dyn Error + Send + Sync>` or a text; say `#[delayed(infallible)]` to keep it as a plain value"
)]
pub trait Fallible {
    /// The result that dependents see.
    type Ok: Send + 'static;
    /// The error that the run reports.
    type Error: Into<Box<dyn Error + Send + Sync>>;
    /// The error; `None` without one.
    fn error(&self) -> Option<&Self::Error>;
    /// Turns it into a plain `Result`.
    fn into_result(self) -> Result<Self::Ok, Self::Error>;
}

impl<T: TaskResult, E: ReportableError> Fallible for Result<T, E> {
    type Ok = T;
    type Error = E;
    #[inline]
    fn error(&self) -> Option<&E> {
        self.as_ref().err()
    }
    #[inline]
    fn into_result(self) -> Result<T, E> {
        self
    }
}
