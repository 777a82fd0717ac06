//! Resources that a task cannot have.

use graph_core::SourceLocation;

/// A task needs a resource of which its executor can never give it so much.
///
/// ```
/// use graph_exec::{Error, Executor, ResourceError, prelude::*};
///
/// let error = value(1).resource("gpu", 1).compute().unwrap_err();
/// assert!(matches!(error, Error::Resource(ResourceError::Undeclared { .. })));
/// assert!(error.to_string().contains(r#"`Executor::builder().resource("gpu", 1)`"#), "{error}");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// The executor does not have the resource.
    #[error(
        "task `{task}`, built at {built_at}, needs {amount} of the resource `{resource}`, and its executor {}; \
         declare it with `Executor::builder().resource(\"{resource}\", {amount})` and run the graph there",
        declared_in_words(declared)
    )]
    Undeclared {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What it needs.
        resource: String,
        /// How much of it.
        amount: u32,
        /// The resources that the executor has.
        declared: Vec<String>,
    },
    /// The executor has less of the resource than the task needs.
    #[error(
        "task `{task}`, built at {built_at}, needs {amount} of the resource `{resource}`, and its executor has \
         {capacity}; let the task need less, or the executor have more: `.resource(\"{resource}\", {amount})`"
    )]
    TooMuch {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What it needs.
        resource: String,
        /// How much of it.
        amount: u32,
        /// How much of it the executor has.
        capacity: u32,
    },
    /// `.resource(…, 0)` on a handle.
    #[error(
        "task `{task}`, built at {built_at}, needs 0 of the resource `{resource}`; say how much it needs, from 1 \
         on, or leave `.resource(\"{resource}\", 0)` out"
    )]
    Nothing {
        /// The task.
        task: String,
        /// Where it was built.
        built_at: SourceLocation,
        /// What it needs nothing of.
        resource: String,
    },
    /// `.resource(…, 0)` on an executor.
    #[error(
        "an executor cannot have 0 of the resource `{resource}`: no task that needs it could ever start; say how \
         much there is, from 1 on, or leave `.resource(\"{resource}\", 0)` out"
    )]
    Empty {
        /// What it would have nothing of.
        resource: String,
    },
}

fn declared_in_words(declared: &[String]) -> String {
    if declared.is_empty() {
        return "has no resources".to_owned();
    }
    let names: Vec<String> = declared.iter().map(|name| format!("`{name}`")).collect();
    format!("has only {}", names.join(", "))
}
