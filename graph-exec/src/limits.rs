//! When a ready task may start: when the memory that it declares and the resources that it needs are free.
//!
//! A task that may not is *parked*: it holds no thread, and others pass it. When that may have changed, it
//! goes back to its run, and whoever takes it asks again.

pub(crate) mod memory;
pub(crate) mod resources;
pub(crate) mod unpark;
