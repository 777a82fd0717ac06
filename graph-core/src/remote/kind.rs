//! Whether, and how, a task can run in another process, where its function is known by name alone.

/// How a task runs in another process.
#[derive(Debug, Clone, Copy)]
pub enum RemoteKind {
    /// Not at all: nothing registers its function by name.
    Unregistered,
    /// Not at all: it runs a closure, which exists in this process alone.
    Closure,
    /// Not at all: it makes tasks while it runs, which belong to the run that meets them.
    Dynamic,
    /// Not at all: it waits for a future, which its runtime has in this process alone.
    Future,
    /// Not at all: `defer!` names a function that nothing registers.
    Deferred,
    /// As a call of the function that is registered under this name.
    Registered(&'static str),
    /// As the operator of this name, which is built in for some types.
    Operator(&'static str),
    /// Without a call: its one argument is its result.
    Nothing,
    /// As the built-in function that takes one part out of a tuple or an array: it skips the parts in
    /// front of it, and keeps one.
    Part {
        /// The names of the types that are skipped, as often as the argument says: all that stand in
        /// front of an element of a tuple once, the type of an array's elements many times.
        skipped: &'static [fn() -> &'static str],
        /// The name of the type of the part that is kept.
        kept: fn() -> &'static str,
    },
}
