//! Building tasks: what may be passed as an argument, and every way to make a task out of it.

pub(crate) mod by_ref;
pub(crate) mod by_value;
pub(crate) mod call;
pub(crate) mod combinators;
pub(crate) mod defer;
pub(crate) mod diagnostics;
pub(crate) mod input;
pub(crate) mod operators;
pub(crate) mod options;
pub(crate) mod unzip;
