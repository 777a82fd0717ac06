//! Tasks that call a function: their bodies, and how generated code builds them.

pub(crate) mod future;

use std::{any::type_name, marker::PhantomData, panic::Location};

use crate::{
    construct::{diagnostics::TaskResult, input::Input},
    fallible::Fallible,
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{
        body::Body,
        execution::Execution,
        failure::{Cause, kept::KeptArguments},
        function::{Function, FunctionLimits},
        header::Edges,
        task_ref::TaskRef,
    },
};

/// Names the function of a task. It is implemented by a type of its own for each function, so that a
/// task needs no memory for the name.
pub trait Named: 'static {
    /// How a task of this function runs in another process.
    const REMOTE: RemoteKind = RemoteKind::Unregistered;
    /// What limits how many tasks of this function run at once. `None` for nothing.
    const LIMITS: Option<&'static FunctionLimits> = None;
    /// The function.
    fn function() -> Function;
}

/// Declares types that name the library's own tasks, with how each runs in another process.
macro_rules! builtin_tasks {
    ($($type:ident = $name:literal: $remote:expr),* $(,)?) => {$(
        pub(crate) struct $type;
        impl $crate::construct::call::Named for $type {
            const REMOTE: $crate::remote::kind::RemoteKind = $remote;
            fn function() -> $crate::task::function::Function {
                $crate::task::function::Function { module: "", name: $name, file: "", line: 0, column: 0 }
            }
        }
    )*};
}
pub(crate) use builtin_tasks;

/// Names the tasks of a method `M` that takes a closure `F`: the method's name, behind the path of the
/// function in which the closure stands. So a table by function has a row for each place, not one for
/// all closures of a program. For a function that was passed instead, it is the path of that function.
pub(crate) struct WithClosure<M, F>(PhantomData<fn() -> (M, F)>);

impl<M: Named, F: 'static> Named for WithClosure<M, F> {
    const REMOTE: RemoteKind = M::REMOTE;
    fn function() -> Function {
        Function { module: place_of_closure(type_name::<F>()), ..M::function() }
    }
}

/// The path of the function in which a closure stands, without type parameters at its end.
fn place_of_closure(closure: &'static str) -> &'static str {
    let mut place = closure;
    while let Some(outer) = place.strip_suffix("::{{closure}}") {
        place = outer;
    }
    let mut open = 0_usize;
    for (index, character) in place.char_indices().rev() {
        match character {
            // The `>` of an arrow closes nothing.
            '>' if !place[..index].ends_with('-') => open += 1,
            '<' => open = open.saturating_sub(1),
            _ => {}
        }
        if open == 0 {
            return if character == '<' { &place[..index] } else { place };
        }
    }
    place
}

/// A body that calls a function.
struct Call<N, I, F> {
    inputs: I,
    function: F,
    named: PhantomData<fn() -> N>,
}

impl<N, I, F, T> Body for Call<N, I, F>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> Result<T, Cause> + Send + 'static,
    T: Send + 'static,
{
    type Value = T;
    const REMOTE: RemoteKind = N::REMOTE;
    const LIMITS: Option<&'static FunctionLimits> = N::LIMITS;
    fn function() -> Function {
        N::function()
    }
    #[inline]
    fn run(self, _: &mut Execution<'_>) -> Result<T, Cause> {
        (self.function)(self.inputs.take())
    }
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.inputs.edges(edges);
    }
    fn template(&self, template: &mut Template) {
        self.inputs.template(template);
    }
    fn argument(&self) -> Option<String> {
        argument(&self.inputs)
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.inputs.keep(kept);
    }
}

/// Formats the constants among `inputs`; `None` when none has a short text.
pub(crate) fn argument(inputs: &impl Input) -> Option<String> {
    let mut texts = Vec::new();
    inputs.arguments(&mut texts);
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// Builds a task that calls `function` with the values of `inputs`.
#[inline]
#[track_caller]
pub fn call<N, I, T, F>(inputs: I, function: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: TaskResult,
    F: FnOnce(I::Taken) -> T + Send + 'static,
{
    let function = move |taken| Ok(function(taken));
    let body = Call::<N, I, _> { inputs, function, named: PhantomData };
    Delayed::from_task(TaskRef::new(body, Location::caller()))
}

/// [`call`] on behalf of `caller`, for a task that is built while another runs.
#[inline]
pub(crate) fn call_from<N, I, T, F>(
    caller: &'static Location<'static>,
    inputs: I,
    function: F,
) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: TaskResult,
    F: FnOnce(I::Taken) -> T + Send + 'static,
{
    let function = move |taken| Ok(function(taken));
    let body = Call::<N, I, _> { inputs, function, named: PhantomData };
    Delayed::from_task(TaskRef::new(body, caller))
}

/// [`call`] for a function that may fail: dependents see what is inside `Ok`, a `T`.
///
/// The type parameter of its own keeps the compiler from saying twice that `R` is no `Result`.
#[inline]
#[track_caller]
pub fn try_call<N, I, R, F, T>(inputs: I, function: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: Send + 'static,
    R: Fallible<Ok = T> + 'static,
    F: FnOnce(I::Taken) -> R + Send + 'static,
{
    try_call_from::<N, I, R, F>(Location::caller(), inputs, function)
}

/// [`try_call`] on behalf of `caller`.
#[inline]
pub(crate) fn try_call_from<N, I, R, F>(
    caller: &'static Location<'static>,
    inputs: I,
    function: F,
) -> Delayed<R::Ok>
where
    N: Named,
    I: Input,
    R: Fallible + 'static,
    F: FnOnce(I::Taken) -> R + Send + 'static,
{
    let function = move |taken| function(taken).into_result().map_err(Cause::returned);
    let body = Call::<N, I, _> { inputs, function, named: PhantomData };
    Delayed::from_task(TaskRef::new(body, caller))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_closure_is_placed_in_its_function() {
        assert_eq!(place_of_closure("app::report::{{closure}}"), "app::report");
        assert_eq!(place_of_closure("app::f::{{closure}}::{{closure}}"), "app::f");
        assert_eq!(place_of_closure("app::f<alloc::vec::Vec<i64>>::{{closure}}"), "app::f");
        assert_eq!(place_of_closure("app::f<fn(i64) -> u8>"), "app::f");
        assert_eq!(place_of_closure("core::str::<impl str>::len"), "core::str::<impl str>::len");
        assert_eq!(place_of_closure("<app::M as app::T>::f::{{closure}}"), "<app::M as app::T>::f");
    }

    #[test]
    fn tasks_of_closures_are_told_apart_by_their_functions() {
        fn one() -> Delayed<usize> {
            crate::value("text").map(|text| text.len() + 1)
        }
        fn another() -> Delayed<usize> {
            crate::value(7_usize).map(|n| n + 1)
        }
        let paths = [one(), another(), crate::value("x").map(str::len)]
            .map(|handle| handle.task().header().function().path());
        assert!(paths[0].ends_with("::one::map"), "{paths:?}");
        assert!(paths[1].ends_with("::another::map"), "{paths:?}");
        assert!(paths[2].ends_with("::len::map"), "{paths:?}");
    }
}
