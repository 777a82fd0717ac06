//! A crate that passes graph-exec on, and writes tasks for others.
#![deny(warnings, missing_docs)]
#![forbid(unsafe_code)]

pub use graph_exec;

/// Writes a function that builds a task, in a crate that does not depend on graph-exec.
#[macro_export]
macro_rules! task {
    ($(#[$meta:meta])* $visibility:vis fn $name:ident($($argument:ident: $type:ty),* $(,)?) -> $result:ty $body:block) => {
        $(#[$meta])*
        #[$crate::graph_exec::delayed(crate = $crate::graph_exec)]
        $visibility fn $name($($argument: $type),*) -> $result $body
    };
}
