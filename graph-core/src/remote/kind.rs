//! Whether, and how, a task can run in another process, where its function is known by name alone.

/// How a task runs in another process.
#[derive(Debug, Clone, Copy)]
pub enum RemoteKind {
    /// Not at all: nothing registers its function by name.
    Unregistered,
    /// Not at all: it runs a closure, which exists in this process alone.
    Closure,
    /// Not at all: `defer!` names a function that nothing registers.
    Deferred,
    /// As the function that is registered under this name.
    Registered(&'static str),
    /// As the operator of this name, for the types that are built in.
    Operator(&'static str),
    /// It does nothing: what it takes is its result.
    Nothing,
    /// It takes one part out of a pair or an array: skips some parts of one type, and keeps one of
    /// another.
    Part {
        /// Name of the type of the parts before it.
        skipped: fn() -> &'static str,
        /// Name of its own type.
        kept: fn() -> &'static str,
    },
}
