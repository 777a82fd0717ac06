//! What a task keeps until it runs, and what it does then.

use std::sync::Arc;

use crate::{
    remote::{kind::RemoteKind, template::Template},
    task::{
        execution::{Execution, attempts::AttemptSettings, waker_set::WakerSet},
        failure::{Cause, kept::KeptArguments},
        function::{Function, FunctionLimits},
        header::{Edges, Root},
    },
};

/// What a task keeps until it runs.
///
/// The task of a plain call has its inputs for a body, and the body is used up when the function is called.
#[cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "some of it is for tasks that run in another process")
)]
pub(crate) trait Body: Send + 'static {
    /// Lists the tasks that the inputs come from. Runs no user code.
    ///
    /// Tasks that a dynamic body has made itself are not among them: they are newer than the task.
    fn edges(&self, edges: &mut Edges);
    /// Encodes the inputs, with holes for the results of other tasks.
    fn template(&self, template: &mut Template);
    /// The constant arguments that have a short text, as a picture shows them.
    fn argument(&self) -> Option<String>;
    /// Keeps them, for the task's failure, while the function has them.
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        let _ = kept;
    }
}

/// A body that is the arguments of a function.
pub(crate) trait Arguments: Body {
    /// What the function is called with.
    type Taken;
    /// Takes the inputs.
    fn take(self) -> Self::Taken;
}

/// A body that knows how it runs, and that may be back in its task afterwards.
pub(crate) trait Resumable: Body + Sized {
    /// The result.
    type Value: Send + 'static;
    /// Whether the body keeps its inputs for further attempts.
    const KEEPS_INPUTS: bool = false;
    /// Whether the body makes tasks of its own and waits for them: [`run`](Resumable::run) may then give
    /// [`Attempted::Awaits`].
    const IS_DYNAMIC: bool = false;
    /// Whether the body waits for a future: [`run`](Resumable::run) may then give [`Attempted::Awaits`].
    const HAS_FUTURE: bool = false;
    /// Whether [`reserve`](Resumable::reserve) can be called.
    const DECLARES_BYTES: bool = false;
    /// How the task runs in another process.
    const REMOTE: RemoteKind = RemoteKind::Unregistered;
    /// What limits how many tasks of the function run at once. `None` for nothing.
    const LIMITS: Option<&'static FunctionLimits> = None;
    /// The function that the task calls.
    fn function() -> Function;
    /// Takes the inputs and calls the function. When its attempts do not count, because its run has
    /// stopped, or when the next is to come after a wait, it gives itself back instead of an outcome.
    fn run(self, execution: &mut Execution<'_>) -> Attempted<Self>;
    /// Takes the inputs, and says how many bytes the task needs, its result included. Asked again, it
    /// says the same.
    fn reserve(&mut self) -> u64 {
        unreachable!("only a body that declares bytes is asked for them")
    }
    /// Lists the tasks that a dynamic body has made and waits for. Runs no user code.
    fn inner(&self, roots: &mut Vec<Root>) {
        let _ = roots;
    }
    /// The future that the body waits for; `None` when it waits for none.
    fn awaited(&self) -> Option<Awaited<'_>> {
        None
    }
    /// Drops the future that the body waits for. When it is run then, it fails with [`Cause::Cancelled`].
    fn abandon(&mut self) {}
    /// How the task is tried, by what its function says.
    fn attempts(&self) -> AttemptSettings {
        AttemptSettings::default()
    }
}

/// What came of running a body.
pub(crate) enum Attempted<B: Resumable> {
    /// Its result, or the cause of its failure.
    Ended(Result<B::Value, Cause>),
    /// The cause of its failure, and the body with the inputs that it has taken, for a task that may be
    /// [reset](crate::Shared::reset).
    Failed(B, Cause),
    /// The body as it was before, perhaps with the inputs that it has taken.
    Kept(B),
    /// The body, which goes on when the tasks that it [lists](Resumable::inner) are done, or when the future that it
    /// [waits for](Resumable::awaited) has woken.
    Awaits(B),
}

/// A future that a body waits for.
pub(crate) struct Awaited<'a> {
    /// What the future wakes.
    pub(crate) wakers: &'a Arc<WakerSet>,
    /// How often it had woken before it was polled last.
    pub(crate) wakes: u64,
}

/// A body with the function that it is given to, for one that has captured something.
pub(crate) struct WithFunction<B, F> {
    pub(crate) body: B,
    pub(crate) function: F,
}

impl<B: Body, F: Send + 'static> Body for WithFunction<B, F> {
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.body.edges(edges);
    }
    fn template(&self, template: &mut Template) {
        self.body.template(template);
    }
    fn argument(&self) -> Option<String> {
        self.body.argument()
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.body.keep(kept);
    }
}
