//! Tasks with options of `#[delayed]` that change how they run: `retries` with `backoff` and `retry_if`,
//! `timeout`, `bytes`, `result_bytes`.
//!
//! All other tasks have the bodies of `call`, which know nothing of these options and pay nothing for
//! them.

pub(crate) mod attempts;
mod per_call;
mod reset;
pub(crate) mod returned;
#[cfg(test)]
mod tests;

use std::{fmt, marker::PhantomData, mem, panic::Location};

use self::{
    attempts::{AttemptRules, Tried, limited, try_often},
    returned::ReturnKind,
};

use crate::{
    construct::{
        call::argument,
        diagnostics::{ByteCount, CloneToRetry},
        input::Input,
    },
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{
        body::{Attempted, Body, Resumable},
        execution::{Execution, attempts::AttemptSettings},
        failure::kept::KeptArguments,
        function::{Function, FunctionLimits, Named},
        header::Edges,
        task_ref::TaskRef,
    },
};

/// A task that calls a function, with its options: the builder, and then the body.
///
/// `DECLARES` says whether the task declares how many bytes it needs.
pub struct CallWithOptions<N, I: Input, O: ReturnKind, F, const DECLARES: bool> {
    inputs: Inputs<I>,
    function: F,
    /// How the task is tried. `None` for once, and for as long as it takes.
    attempts: Option<&'static AttemptRules<I::Taken, O::Returned>>,
    /// Counts the bytes that the task needs. `None` unless it declares them.
    bytes: Option<fn(&I::Taken) -> usize>,
    /// Counts the bytes of the result. `None` without `result_bytes`.
    result_bytes: Option<fn(&O::Value) -> usize>,
    named: PhantomData<fn() -> N>,
}

impl<N, I: Input, O: ReturnKind, F, const DECLARES: bool> fmt::Debug
    for CallWithOptions<N, I, O, F, DECLARES>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallWithOptions").field("attempts", &self.attempts).finish_non_exhaustive()
    }
}

/// The inputs of a task, before it runs.
enum Inputs<I: Input> {
    /// They have not been taken.
    Waiting(I),
    /// They have been taken, to count their bytes before the task runs, or by attempts that do not
    /// count. `bytes` is `None` while they have not been counted.
    Taken {
        taken: I::Taken,
        bytes: Option<u64>,
        /// The constants among them; `None` when there are none.
        kept: Option<Box<KeptArguments>>,
    },
    /// They are gone, for code of the user panicked while they were taken or counted.
    Lost,
}

/// Begins a task that calls `function` with the values of `inputs`.
pub fn call_with_options<N, I, O, F>(inputs: I, function: F) -> CallWithOptions<N, I, O, F, false>
where
    N: Named,
    I: Input<Taken: Send + 'static>,
    O: ReturnKind,
    F: FnOnce(I::Taken) -> O::Returned + Send + 'static,
{
    CallWithOptions {
        inputs: Inputs::Waiting(inputs),
        function,
        attempts: None,
        bytes: None,
        result_bytes: None,
        named: PhantomData,
    }
}

impl<N, I, O, F, const DECLARES: bool> CallWithOptions<N, I, O, F, DECLARES>
where
    N: Named,
    I: Input<Taken: Send + 'static>,
    O: ReturnKind,
    F: FnOnce(I::Taken) -> O::Returned + Send + 'static,
{
    /// Says how the task is tried.
    pub fn attempts(mut self, rules: &'static AttemptRules<I::Taken, O::Returned>) -> Self {
        self.attempts = Some(rules);
        self
    }

    /// Lets `bytes` say how many bytes the task needs, its result included.
    pub fn bytes(self, bytes: fn(&I::Taken) -> usize) -> CallWithOptions<N, I, O, F, true> {
        let CallWithOptions { inputs, function, attempts, result_bytes, named, .. } = self;
        CallWithOptions { inputs, function, attempts, bytes: Some(bytes), result_bytes, named }
    }

    /// Lets `result_bytes` say how many bytes the result has.
    pub fn result_bytes(mut self, result_bytes: fn(&O::Value) -> usize) -> Self {
        self.result_bytes = Some(result_bytes);
        self
    }

    /// Builds the task.
    #[track_caller]
    pub fn build(self) -> Delayed<O::Value> {
        let is_resettable = self.attempts.is_some_and(|rules| rules.resettable);
        let mut task = Delayed::from_task(TaskRef::new(self, Location::caller()));
        if is_resettable {
            // Whoever runs the task may have to leave its body there, and can allocate it no more.
            task.metadata_mut().attempts.get_or_insert_default();
        }
        task
    }
}

impl<N, I, O, F, const DECLARES: bool> Body for CallWithOptions<N, I, O, F, DECLARES>
where
    N: Named,
    I: Input<Taken: Send + 'static>,
    O: ReturnKind,
    F: FnOnce(I::Taken) -> O::Returned + Send + 'static,
{
    fn edges(&self, edges: &mut Edges) {
        if let Inputs::Waiting(inputs) = &self.inputs {
            inputs.edges(edges);
        }
    }
    fn template(&self, template: &mut Template) {
        match &self.inputs {
            Inputs::Waiting(inputs) => inputs.template(template),
            Inputs::Taken { .. } | Inputs::Lost => template.refuse_taken(),
        }
    }
    fn argument(&self) -> Option<String> {
        match &self.inputs {
            Inputs::Waiting(inputs) => argument(inputs),
            Inputs::Taken { kept, .. } => kept.as_ref().and_then(|kept| kept.text()),
            Inputs::Lost => None,
        }
    }
    fn keep(&self, kept: &mut KeptArguments) {
        match &self.inputs {
            Inputs::Waiting(inputs) => inputs.keep(kept),
            Inputs::Taken { kept: Some(before), .. } => *kept = **before,
            Inputs::Taken { kept: None, .. } | Inputs::Lost => {}
        }
    }
}

impl<N, I, O, F, const DECLARES: bool> Resumable for CallWithOptions<N, I, O, F, DECLARES>
where
    N: Named,
    I: Input<Taken: Send + 'static>,
    O: ReturnKind,
    F: FnOnce(I::Taken) -> O::Returned + Send + 'static,
{
    type Value = O::Value;
    const DECLARES_BYTES: bool = DECLARES;
    const KEEPS_INPUTS: bool = true;
    const REMOTE: RemoteKind = N::REMOTE;
    const LIMITS: Option<&'static FunctionLimits> = N::LIMITS;

    fn function() -> Function {
        N::function()
    }

    fn run(self, execution: &mut Execution<'_>) -> Attempted<Self> {
        let CallWithOptions { inputs, function, attempts, bytes, result_bytes, named } = self;
        let (taken, reserved, kept) = match inputs {
            Inputs::Waiting(inputs) => {
                let kept = attempts.and_then(|_| boxed(&inputs));
                (inputs.take(), None, kept)
            }
            Inputs::Taken { taken, bytes, kept } => (taken, bytes, kept),
            Inputs::Lost => unreachable!("a task whose inputs are lost has failed"),
        };
        let tried = attempts
            .map_or(Tried::UseUp(None), |rules| try_often::<O, _>(&taken, rules, execution));
        let result = match tried {
            Tried::Done(value) => Ok(value),
            Tried::Failed(cause) if attempts.is_some_and(|rules| rules.resettable) => {
                let inputs = Inputs::Taken { taken, bytes: reserved, kept };
                let body =
                    CallWithOptions { inputs, function, attempts, bytes, result_bytes, named };
                return Attempted::Failed(body, cause);
            }
            Tried::Failed(cause) => Err(cause),
            Tried::UseUp(None) => O::result(function(taken)),
            Tried::UseUp(Some(limit)) => {
                limited(limit, execution, || function(taken)).and_then(O::result)
            }
            Tried::Kept => {
                let inputs = Inputs::Taken { taken, bytes: reserved, kept };
                return Attempted::Kept(CallWithOptions {
                    inputs,
                    function,
                    attempts,
                    bytes,
                    result_bytes,
                    named,
                });
            }
        };
        if let (Ok(value), Some(_)) = (&result, reserved) {
            execution.result_bytes = result_bytes.map(|count| count(value) as u64);
        }
        Attempted::Ended(result)
    }

    fn reserve(&mut self) -> u64 {
        let (taken, kept) = match mem::replace(&mut self.inputs, Inputs::Lost) {
            Inputs::Waiting(inputs) => {
                let kept = boxed(&inputs);
                (inputs.take(), kept)
            }
            Inputs::Taken { taken, bytes: None, kept } => (taken, kept),
            Inputs::Taken { taken, bytes: Some(bytes), kept } => {
                self.inputs = Inputs::Taken { taken, bytes: Some(bytes), kept };
                return bytes;
            }
            Inputs::Lost => unreachable!("a task whose inputs are lost has failed"),
        };
        let bytes = self.bytes.map_or(0, |count| count(&taken) as u64);
        self.inputs = Inputs::Taken { taken, bytes: Some(bytes), kept };
        bytes
    }

    fn attempts(&self) -> AttemptSettings {
        self.attempts.map(AttemptRules::settings).unwrap_or_default()
    }
}

/// The constants among inputs that are about to be taken; `None` when there are none.
fn boxed(inputs: &impl Input) -> Option<Box<KeptArguments>> {
    let mut kept = KeptArguments::new();
    inputs.keep(&mut kept);
    (!kept.is_empty()).then(|| Box::new(kept))
}

/// Clones an argument for one attempt.
#[inline]
pub fn clone_to_retry<T: CloneToRetry>(value: &T) -> T {
    value.clone()
}

/// Passes on what a function given as `bytes` or `result_bytes` returns, which must be a `usize`.
#[inline]
pub fn byte_count<T: ByteCount>(bytes: T) -> usize {
    bytes.byte_count()
}
