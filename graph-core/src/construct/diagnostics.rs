//! What the compiler says of mistakes: traits that exist for the message shown when they do not hold.
//!
//! Some stand for a plain bound such as `Send + 'static`. They hold for every type with that bound, by
//! an implementation that the compiler does not suggest. The others hold for no type: they are bounds
//! of what a newcomer may try, a method `clone` on a `Delayed` for instance. So the first line of the
//! error says what is wrong, and its notes what to write instead.

pub(crate) mod missing;

use std::error::Error;

/// A value that may wait in a task until a worker runs it: `Send + 'static`.
#[diagnostic::on_unimplemented(
    message = "a task cannot keep a `{Self}`: it may run on another thread, after its arguments' borrows have ended",
    label = "not `Send`, or borrows something that is not `'static`",
    note = "use a type that may go to another thread, `Arc` instead of `Rc`, `Mutex` instead of `RefCell`, `Box<dyn Trait + Send>`, owned data instead of a borrow"
)]
pub trait Keepable: Send + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Send + 'static> Keepable for T {}

/// A value that a task may hand on: `Send + 'static`.
#[diagnostic::on_unimplemented(
    message = "a task cannot give a `{Self}`: its result may go to another thread, and this type may not",
    label = "not `Send`, or borrows something that is not `'static`",
    note = "return a type that may go to another thread, `Arc` instead of `Rc`, `Mutex` instead of `RefCell`, `Box<dyn Trait + Send>`, owned data instead of a borrow"
)]
pub trait TaskResult: Send + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Send + 'static> TaskResult for T {}

/// An error that a run can report: what turns into a `Box<dyn Error + Send + Sync>`.
#[diagnostic::on_unimplemented(
    message = "a task cannot report a `{Self}`: it is no error type that may go to another thread",
    label = "its error, `{Self}`, does not implement `std::error::Error`, or is not `Send` and `Sync`",
    note = "implement `std::error::Error` for `{Self}`, and `Display` and `Debug` with it, as `#[derive(Debug, thiserror::Error)]` does; or return a `Box<dyn Error + Send + Sync>` (`Box<dyn Error>` alone may not go to another thread), an `anyhow::Error` or a text as the error",
    note = "say `#[delayed(infallible)]` to keep the `Result` as a plain value, which dependents then get"
)]
pub trait ReportableError: Into<Box<dyn Error + Send + Sync>> {}
#[diagnostic::do_not_recommend]
impl<E: Into<Box<dyn Error + Send + Sync>>> ReportableError for E {}

/// A closure that a worker may call: `Send`.
#[diagnostic::on_unimplemented(
    message = "a task cannot keep this closure: it may run on another thread, and something that the closure has captured may not go there",
    label = "captures something that is not `Send`",
    note = "capture a type that may go to another thread, `Arc` instead of `Rc`, `Mutex` instead of `RefCell`, `Box<dyn Trait + Send>`",
    note = "of a function that is a type parameter, each task captures a clone: `F: Fn(A) -> B + Clone + Send + 'static`, and `let f = f.clone(); handle.map(move |x| f(x))`"
)]
pub trait TaskClosure: Send {}
#[diagnostic::do_not_recommend]
impl<F: Send> TaskClosure for F {}

/// A closure that several workers may call at once: `Send + Sync`.
#[diagnostic::on_unimplemented(
    message = "a task cannot share this closure: several threads may call it at once, and something that the closure has captured does not allow that",
    label = "captures something that is not `Send` or not `Sync`",
    note = "capture a type that threads may share, `Arc` instead of `Rc`, `Mutex` or an atomic instead of `Cell` and `RefCell`",
    note = "a function that is a type parameter is `F: Fn(A) -> B + Send + Sync + 'static`, and moves into the closure, `move |x| f(x)`"
)]
pub trait SharedClosure: Send + Sync {}
#[diagnostic::do_not_recommend]
impl<F: Send + Sync> SharedClosure for F {}

/// A result that several tasks may borrow at once: `Sync`.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot be shared: several tasks would borrow it at once from different threads",
    label = "this handle's result is not `Sync`, so it can be used only once",
    note = "use the handle once, without `.shared()`; or let the task return a type that threads may share, `Mutex` or an atomic instead of `Cell` and `RefCell`"
)]
pub trait Shareable: Sync {}
#[diagnostic::do_not_recommend]
impl<T: Sync> Shareable for T {}

/// A shared result that a parameter taken by value may clone: `Clone`.
#[diagnostic::on_unimplemented(
    message = "the function takes a `{Self}` by value, and this shared one cannot be cloned",
    label = "a shared result stays for others, so it would have to be cloned",
    note = "let the function borrow it, `&{Self}`, or take an `Arc<{Self}>`; or derive `Clone` for `{Self}`; or use the handle once, without `.shared()`"
)]
pub trait CloneToPass: Clone {}
#[diagnostic::do_not_recommend]
impl<T: Clone> CloneToPass for T {}

/// A value that a task with `retries` or `resettable` may clone for each attempt: `Clone`.
#[diagnostic::on_unimplemented(
    message = "another attempt calls the function again with the same `{Self}`, and this one cannot be cloned",
    label = "taken by value, so an attempt would consume a clone",
    note = "let the function borrow it, `&{Self}`; or derive `Clone` for `{Self}`; or take an `Arc<{Self}>`; or leave `retries` or `resettable` out"
)]
pub trait CloneToRetry: Clone {}
#[diagnostic::do_not_recommend]
impl<T: Clone> CloneToRetry for T {}

/// How many bytes something needs: a `usize`, and nothing else.
#[diagnostic::on_unimplemented(
    message = "this function returns a `{Self}`, and a count of bytes is a `usize`",
    label = "returns a `{Self}` instead of a `usize`",
    note = "write `fn size(argument: &Type) -> usize`: one borrow for each parameter, or of the result for `result_bytes`"
)]
pub trait ByteCount {
    /// Itself.
    fn byte_count(self) -> usize;
}
#[diagnostic::do_not_recommend]
impl ByteCount for usize {
    fn byte_count(self) -> usize {
        self
    }
}

/// Holds for nothing: a `Delayed` is used once.
#[diagnostic::on_unimplemented(
    message = "a `Delayed` cannot be cloned: its result is used once",
    label = "call `.shared()` where the handle is made, and pass `&handle` to each task",
    note = "`let result = f(x).shared();` can be passed as `&result` to any number of tasks; nothing runs twice"
)]
pub trait ClonedHandle {}

/// Holds for nothing: `defer!` calls methods of handles alone.
#[diagnostic::on_unimplemented(
    message = "`defer!` calls a method of a handle's result, and `{Self}` is not a handle",
    label = "neither a `Delayed` nor a `Shared`",
    note = "make it one, `defer!(value(x).method(a))`, or name the method's type, `defer!(Type::method(x, a))`"
)]
pub trait MethodReceiver {
    /// Nothing; there so that the compiler stops at the first error.
    type Input;
}

/// Holds for nothing: a plain variable behind `&` in `defer!` would be moved unseen.
#[diagnostic::on_unimplemented(
    message = "the task keeps this `{Self}` until it runs, so `&` would move it out of its variable",
    label = "write `&{{variable}}`, in braces, to move it, or pass a copy",
    note = "handles, `Vec`s and texts move without braces; to use a value in several tasks make it a shared handle, `let x = value(x).shared();`"
)]
pub trait MovedByReference {
    /// Nothing; there so that the compiler stops at the first error.
    type Owner;
}
