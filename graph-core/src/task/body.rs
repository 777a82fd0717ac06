//! What a task does once its inputs are there.

use crate::{
    remote::{kind::Elsewhere, template::Template},
    task::{execution::Execution, failure::Cause, function::Function, header::Edges},
};

/// What a task does once its inputs are there. Generated code and this crate implement it.
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "some of it is for tasks that run elsewhere")
)]
pub trait Body: Send + 'static {
    /// The result.
    type Value: Send + 'static;
    /// Whether it can say how many bytes it needs.
    const DECLARES_BYTES: bool = false;
    /// How it runs in another process.
    const ELSEWHERE: Elsewhere = Elsewhere::Unregistered;
    /// The function it runs.
    fn function() -> Function;
    /// Takes its inputs and runs.
    fn run(self, execution: &mut Execution<'_>) -> Result<Self::Value, Cause>;
    /// Takes its inputs, and says how many bytes it needs. Asked again, it remembers.
    fn reserve(&mut self) -> u64 {
        unreachable!("only a body that declares bytes is asked for them")
    }
    /// Lists the tasks it takes inputs from.
    fn edges(&self, edges: &mut Edges);
    /// Encodes its inputs, with holes for the results of the tasks that it takes them from.
    fn template(&self, template: &mut Template);
    /// How often it may be tried again after a failure.
    fn retries(&self) -> u8 {
        0
    }
    /// Its most telling constant argument.
    fn argument(&self) -> Option<String>;
}
