//! Methods that a handle does not have and that people look for on it: each is there so that the
//! compiler can say what to write instead, and none can be called.
//!
//! They are methods of a trait and take `&mut self`, for which the compiler looks last: a method of the
//! same name that a `#[delayed] impl` gives to handles comes first.

use std::{
    ops::Index,
    process::{ExitCode, Termination},
};

use crate::handle::{Delayed, Shared};

/// Holds for nothing: a result has methods when it is there.
#[diagnostic::on_unimplemented(
    message = "a handle does not have its result's methods, since the result is not there yet",
    label = "call it inside a task: `.map(|value| …)` on the handle",
    note = "`handle.map(|value| value.method())` gives the handle of what the method returns, and `handle.compute()?` gives the result itself, here and now"
)]
pub trait MethodOfResult {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: a `#[delayed] impl` does not give every method to handles.
#[diagnostic::on_unimplemented(
    message = "this is no method of handles, although its `impl` block is `#[delayed]`",
    label = "takes `&mut self`, is less visible than the others, or does what a task cannot",
    note = "one with `&mut self` is called inside a task: `.map(|mut value| {{ value.method(); value }})`",
    note = "any other gets a `#[delayed]` of its own in an `impl` block that has none, and is called by its path, `Type::method(handle)`; or make it as visible as the others"
)]
pub trait MethodLeftOut {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: a handle is computed, and not waited for.
#[diagnostic::on_unimplemented(
    message = "a handle gives its result when it is computed",
    label = "write `.compute()?`, or pass the handle on to another task",
    note = "`.compute()?` runs the graph on all cores and gives the result; `compute((a, b))?` gives several of one run; `.map(|value| …)` goes on inside the graph"
)]
pub trait ComputedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: what can fail is the run.
#[diagnostic::on_unimplemented(
    message = "a handle is no `Result` and no `Option`: the task may fail when it runs",
    label = "leave it out: the next task sees what is in `Ok`",
    note = "when the task fails, `handle.compute()` gives the error; to handle an `Err` inside the graph, write `#[delayed(infallible)]` on the function, so that the next task gets the `Result` itself; an `Option` is opened inside a task, `.map(|value| …)`"
)]
pub trait UnwrappedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: how many elements there are is known when the task has run.
#[diagnostic::on_unimplemented(
    message = "the elements of a handle's result are not there yet, so there is nothing to iterate over",
    label = "write `.map_each(|element| …)` for a task for each element",
    note = "`.map(|values| …)` makes one task for all of them, and `.compute()?` gives the values themselves; a `Vec` of handles, one for each, can be iterated over now"
)]
pub trait IteratedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: only pairs and arrays have a known number of parts.
#[diagnostic::on_unimplemented(
    message = "`.unzip()` splits the handle of a tuple or an array into handles of its parts, and this is neither",
    label = "not a `Delayed` of a tuple or an array",
    note = "for a `Shared`, call `.unzip()` before `.shared()`, or take a part with `.map(|value| value.0.clone())`; for a `Vec`, whose length is not known yet, `.map_each(|element| …)` makes a task for each element"
)]
pub trait UnzippedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: what is shared stays where it is.
#[diagnostic::on_unimplemented(
    message = "`.flatten()` takes the handles out of a task's result, and a shared result stays where it is",
    label = "flatten first, then share: `handle.flatten().shared()`",
    note = "`Delayed<Delayed<T>>`, `Delayed<Shared<T>>` and a `Delayed` of a list, array or tuple of handles can be flattened"
)]
pub trait FlattenedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: the options of a task are said before anybody else knows of it.
#[diagnostic::on_unimplemented(
    message = "the options of a task are said before it is shared",
    label = "write it in front of `.shared()`",
    note = "`fetch(url).retries(5).named(\"prices\").shared()`: the options belong to the task, which all clones of the handle have in common, and a run may have begun it already"
)]
pub trait OptionOfShared {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: a part of a result is taken inside a task.
#[diagnostic::on_unimplemented(
    message = "a part of a result cannot be taken before the result is there",
    label = "write `.map(|value| value[…])` on the handle",
    note = "`handle.map(|values| values[0])` gives a handle of the part; `.unzip()` splits the handle of a tuple or an array"
)]
pub trait IndexedHandle {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: `#[delayed]` stands above a function, and is not called.
#[diagnostic::on_unimplemented(
    message = "`delayed` is no function: `#[delayed]` stands above one",
    label = "call the function itself: a `#[delayed]` one builds a task, and for any other write `defer!(function(a, b))`",
    note = "`#[delayed] fn inc(x: i64) -> i64` is called as `inc(1)`, which gives a handle"
)]
pub trait CalledDelayed {
    /// Nothing; there so that the compiler stops at the first error.
    type Nothing;
}

/// Holds for nothing: a program and a test end with a value, and a handle is none.
#[diagnostic::on_unimplemented(
    message = "nothing would run: a `Delayed` is returned here, and nobody computes it",
    label = "write `.compute()?`, or leave `#[delayed]` out",
    note = "`main` and tests are called, so they return `()` or a `Result`; what `#[delayed]` functions return is computed inside them"
)]
pub trait ReturnedHandle {}

/// Declares methods with these names and numbers of arguments, of which none can be called.
macro_rules! missing {
    ($visibility:vis $bound:ident: $($name:ident($($argument:ident)*))*) => {$(
        // `Turbofish` lets `.sum::<f64>()` have the same message.
        #[doc(hidden)]
        $visibility fn $name<Turbofish, $($argument),*>(&mut self, $(_: $argument),*) -> <Self as $bound>::Nothing
        where
            Self: $bound,
        {
            unreachable!("the bound holds for nothing")
        }
    )*};
}

/// What people call on handles; the prelude brings it into scope.
#[doc(hidden)]
#[allow(clippy::wrong_self_convention, reason = "it is what a handle must not have")]
pub trait MissingMethods: Sized {
    missing! {
        MethodOfResult:
        abs() as_bytes() as_slice() as_str() chars() concat() contains(A) contains_key(A) count()
        ends_with(A) extend(A) filter(A) find(A) first() floor() fold(A B) get(A) get_mut(A) insert(A B)
        is_empty() join(A) keys() last() len() lines() max() min() parse() pow(A) powi(A) product() push(A)
        push_str(A) remove(A) replace(A B) round() sort() split(A) sqrt() starts_with(A) sum()
        to_lowercase() to_uppercase() to_vec() trim() values()
    }
    missing! {
        ComputedHandle:
        block_on() collect() eval() execute() force() into_inner() result() run() take() value() wait()
    }
    missing! {
        UnwrappedHandle:
        err() expect(A) is_err() is_none() is_ok() is_some() map_err(A) ok() ok_or(A) or_else(A) unwrap()
        unwrap_or(A) unwrap_or_default() unwrap_or_else(A)
    }
    missing! {
        IteratedHandle:
        all(A) any(A) chain(A) chunks(A) drain(A) enumerate() filter_map(A) flat_map(A) for_each(A)
        into_iter() into_par_iter() iter() iter_mut() par_iter() rev() windows(A)
    }
    missing! { UnzippedHandle: unzip() }
    missing! { FlattenedHandle: flatten() }
}

/// What a `Delayed` has, and no method that a `#[delayed] impl` may give to handles.
impl<T: 'static> Shared<T> {
    missing! {
        pub OptionOfShared:
        after(A) after_each(A) backoff(A) named(A) priority(A) resource(A B) retries(A) timeout(A)
    }
}

impl<T: 'static> MissingMethods for Delayed<T> {}
impl<T: 'static> MissingMethods for Shared<T> {}

impl<T: 'static, I> Index<I> for Delayed<T>
where
    Delayed<T>: IndexedHandle,
{
    type Output = <Delayed<T> as IndexedHandle>::Nothing;
    fn index(&self, _: I) -> &Self::Output {
        unreachable!("`IndexedHandle` holds for nothing")
    }
}

impl<T: 'static, I> Index<I> for Shared<T>
where
    Shared<T>: IndexedHandle,
{
    type Output = <Shared<T> as IndexedHandle>::Nothing;
    fn index(&self, _: I) -> &Self::Output {
        unreachable!("`IndexedHandle` holds for nothing")
    }
}

impl<T: 'static> Termination for Delayed<T>
where
    Delayed<T>: ReturnedHandle,
{
    fn report(self) -> ExitCode {
        unreachable!("`ReturnedHandle` holds for nothing")
    }
}

/// Never compiles. It exists for those who write `delayed(function)(argument)`, as in Python.
#[doc(hidden)]
pub fn delayed<F: CalledDelayed<Nothing = N>, N>(_: F) -> N {
    unreachable!("`CalledDelayed` holds for nothing")
}
