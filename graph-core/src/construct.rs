//! Building tasks: what may be passed as an argument, and every way to make a task with it.
//!
//! An argument becomes an *input* (`by_value`, `by_ref`, `input`); a function and its inputs become a
//! task (`call`, or `options` for `retries` and `bytes`). `combinators`, `operators`, `unzip` and
//! `defer` are ways to write such a call, and `methods` says which handles have those of a `#[delayed] impl`;
//! `dynamic` has the tasks that make tasks when they run; `diagnostics` is what the compiler says of a wrong
//! one.

pub(crate) mod by_ref;
pub(crate) mod by_value;
pub(crate) mod call;
pub(crate) mod combinators;
pub(crate) mod defer;
pub(crate) mod diagnostics;
pub(crate) mod dynamic;
pub(crate) mod gather;
pub(crate) mod input;
pub(crate) mod operators;
pub(crate) mod options;
pub(crate) mod reduce;
pub(crate) mod shape;
pub(crate) mod unzip;
