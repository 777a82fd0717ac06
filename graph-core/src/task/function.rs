//! The function that a task calls: how the source code names it, and what it says of all its tasks.

use std::{fmt, panic::Location};

use crate::{remote::kind::RemoteKind, task::location::SourceLocation};

/// A function as the source code knows it; static data that generated code provides.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::Function;
///
/// let function = Function { module: "lesson", name: "slowinc", file: "lesson.rs", line: 3, column: 1 };
/// assert_eq!(function.path(), "lesson::slowinc");
/// assert_eq!(function.to_string(), "lesson::slowinc");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Path of the module that defines it. For `.map` and other methods that take a closure, the path of
    /// the function in which the closure stands, or of the function that was passed; for a call in
    /// `defer!`, the path that was written. Empty for what else this library itself provides.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The file that defines it.
    pub file: &'static str,
    /// Line of the definition, from 1.
    pub line: u32,
    /// Column of the definition, from 1.
    pub column: u32,
}

impl fmt::Display for Function {
    /// Its [path](Function::path).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.module.is_empty() {
            f.write_str(self.name)
        } else {
            write!(f, "{}::{}", self.module, self.name)
        }
    }
}

impl Function {
    /// `module::name`.
    ///
    /// ```
    /// # use graph_core::Function;
    /// let map = Function { module: "", name: "map", file: "", line: 0, column: 0 };
    /// assert_eq!(map.path(), "map");
    /// ```
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// Says whether the place of the definition stands for that of the call, because the standard library
    /// has called the function.
    pub(crate) fn stands_in_for(&self, caller: &Location<'_>) -> bool {
        let standard_library = caller.file().starts_with("/rustc/")
            || caller.file().contains("/lib/rustlib/src/rust/library/");
        standard_library && !self.file.is_empty()
    }

    /// Where a task of this function was built: the caller, or the definition when the caller is
    /// the standard library, as in `(0..8).map(slowinc)`, which would tell the reader nothing.
    pub(crate) fn built_at(&self, caller: &Location<'_>) -> SourceLocation {
        if self.stands_in_for(caller) {
            SourceLocation { file: self.file.to_owned(), line: self.line, column: self.column }
        } else {
            SourceLocation {
                file: caller.file().to_owned(),
                line: caller.line(),
                column: caller.column(),
            }
        }
    }
}

/// Names the function of a task. It is implemented by a type of its own for each function, so that a
/// task needs no memory for the name.
pub trait Named: 'static {
    /// How a task of this function runs in another process.
    const REMOTE: RemoteKind = RemoteKind::Unregistered;
    /// What limits how many tasks of this function run at once. `None` for nothing.
    const LIMITS: Option<&'static FunctionLimits> = None;
    /// The function.
    fn function() -> Function;
}

/// What limits how many tasks of a function run at once; static data that generated code provides.
///
/// Its address tells functions apart.
#[derive(Debug)]
pub struct FunctionLimits {
    /// (name of a resource, how much of it each task needs, from 1 on).
    pub resources: &'static [(&'static str, u32)],
    /// How many tasks of the function may run at once; 0 for any number.
    pub at_most: u32,
}
