//! Tasks that call a function: their bodies, and how generated code builds them.

pub(crate) mod future;

use std::{any::type_name, marker::PhantomData, panic::Location};

use crate::{
    construct::{diagnostics::TaskResult, input::Input},
    fallible::Fallible,
    handle::Delayed,
    remote::{kind::RemoteKind, template::Template},
    task::{
        body::{Arguments, Body},
        failure::{Cause, kept::KeptArguments},
        function::{Function, Named},
        header::Edges,
        task_ref::TaskRef,
    },
};

/// Declares types that name the library's own tasks, with how each runs in another process.
macro_rules! builtin_tasks {
    ($($type:ident = $name:literal: $remote:expr),* $(,)?) => {$(
        pub(crate) struct $type;
        impl $crate::task::function::Named for $type {
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

/// The body of a call is its inputs.
impl<I: Input> Body for I {
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        Input::edges(self, edges);
    }
    fn template(&self, template: &mut Template) {
        Input::template(self, template);
    }
    fn argument(&self) -> Option<String> {
        argument(self)
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        Input::keep(self, kept);
    }
}

impl<I: Input> Arguments for I {
    type Taken = <I as Input>::Taken;
    #[inline]
    fn take(self) -> Self::Taken {
        Input::take(self)
    }
}

/// Formats the constants among `inputs`; `None` when none has a short text.
pub(crate) fn argument(inputs: &impl Input) -> Option<String> {
    let mut texts = Vec::new();
    inputs.arguments(&mut texts);
    (!texts.is_empty()).then(|| texts.join(", "))
}

/// Builds a task that calls `function` with the values of `inputs`. The function has captured nothing, so no
/// task has to keep it, and as little as can be is compiled for each.
#[inline]
#[track_caller]
pub fn call<N, I, T, F>(inputs: I, function: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: TaskResult,
    F: FnOnce(I::Taken) -> T + Copy + Send + 'static,
{
    Delayed::from_task(TaskRef::calling::<N, I, T, F>(inputs, function))
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
    F: FnOnce(I::Taken) -> R + Copy + Send + 'static,
{
    Delayed::from_task(TaskRef::trying::<N, I, R, F>(inputs, function))
}

/// [`call`] of a function that may have captured something.
#[inline]
#[track_caller]
pub fn call_closure<N, I, T, F>(inputs: I, function: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: TaskResult,
    F: FnOnce(I::Taken) -> T + Send + 'static,
{
    call_from::<N, I, T, F>(Location::caller(), inputs, function)
}

/// [`call_closure`] on behalf of `caller`, for a task that is built while another runs.
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
    let function = move |inputs: I| Ok(function(inputs.take()));
    Delayed::from_task(TaskRef::calling_closure::<N, I, T, _>(inputs, function, caller))
}

/// [`try_call`] of a function that may have captured something.
#[inline]
#[track_caller]
pub fn try_call_closure<N, I, R, F, T>(inputs: I, function: F) -> Delayed<T>
where
    N: Named,
    I: Input,
    T: Send + 'static,
    R: Fallible<Ok = T> + 'static,
    F: FnOnce(I::Taken) -> R + Send + 'static,
{
    try_call_from::<N, I, R, F>(Location::caller(), inputs, function)
}

/// [`try_call_closure`] on behalf of `caller`.
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
    let function = move |inputs: I| function(inputs.take()).into_result().map_err(Cause::returned);
    Delayed::from_task(TaskRef::calling_closure::<N, I, R::Ok, _>(inputs, function, caller))
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
