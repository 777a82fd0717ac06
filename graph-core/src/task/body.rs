//! What a task does once its inputs are there.

use crate::{
    remote::{kind::RemoteKind, template::Template},
    task::{execution::Execution, failure::Cause, function::Function, header::Edges},
};

/// What a task keeps until it runs, and how it runs.
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "some of it is for tasks that run in another process")
)]
pub(crate) trait Body: Send + 'static {
    /// The result.
    type Value: Send + 'static;
    /// Whether [`reserve`](Body::reserve) can be called.
    const DECLARES_BYTES: bool = false;
    /// How the task runs in another process.
    const REMOTE: RemoteKind = RemoteKind::Unregistered;
    /// The function that the task calls.
    fn function() -> Function;
    /// Takes the inputs and calls the function.
    fn run(self, execution: &mut Execution<'_>) -> Result<Self::Value, Cause>;
    /// Takes the inputs, and says how many bytes the task needs, its result included. Asked again, it
    /// says the same.
    fn reserve(&mut self) -> u64 {
        unreachable!("only a body that declares bytes is asked for them")
    }
    /// Lists the tasks that the inputs come from. Runs no user code.
    fn edges(&self, edges: &mut Edges);
    /// Encodes the inputs, with holes for the results of other tasks.
    fn template(&self, template: &mut Template);
    /// How often the task may be tried again after a failure.
    fn retries(&self) -> u8 {
        0
    }
    /// The constant arguments that have a short text, as a picture shows them.
    fn argument(&self) -> Option<String>;
}
