//! JSON lines to columns, on two paths with one result: a line that is written like one before goes
//! straight into columns, any other through the JSON parser into cells first.
//!
//! Knows nothing of files: it is handed blocks of whole lines.

pub(crate) mod block;
mod diagnosis;
mod keys;
mod number;
pub(crate) mod parser;
mod row;
mod spans;
mod string;
mod template;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
