//! Tasks that call a closure on a result, and tasks that give a value: `map`, `and_then`, `value`; tasks
//! that make a pair of two, and tasks for many plain items.

pub(crate) mod batched;
mod zip;

use crate::{
    construct::{
        call::{WithClosure, builtin_tasks, call, call_closure, try_call_closure},
        diagnostics::{Keepable, TaskClosure, TaskResult},
        input::{Borrowed, Constant, SharedValue},
    },
    fallible::Fallible,
    handle::{Delayed, Shared},
    remote::kind::RemoteKind,
};

builtin_tasks!(
    Map = "map": RemoteKind::Closure,
    AndThen = "and_then": RemoteKind::Closure,
    Value = "value": RemoteKind::Nothing,
);

impl<T: Send + 'static> Delayed<T> {
    /// Builds a task that calls a closure with the result.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let doubled = graph_exec::value(21).map(|n| 2 * n);
    /// # drop(doubled);
    /// ```
    #[track_caller]
    pub fn map<U, F>(self, function: F) -> Delayed<U>
    where
        U: TaskResult,
        F: FnOnce(T) -> U + TaskClosure + 'static,
    {
        call_closure::<WithClosure<Map, F>, _, _, _>((self, ()), |(value, ())| function(value))
    }

    /// Builds a task that calls a closure with the result, and may fail: dependents see what is inside
    /// `Ok`.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let number = graph_exec::value("42").and_then(|text| text.parse::<i32>());
    /// # drop(number);
    /// ```
    #[track_caller]
    pub fn and_then<R, F>(self, function: F) -> Delayed<R::Ok>
    where
        R: Fallible + 'static,
        F: FnOnce(T) -> R + TaskClosure + 'static,
    {
        try_call_closure::<WithClosure<AndThen, F>, _, _, _, _>((self, ()), |(value, ())| {
            function(value)
        })
    }
}

impl<T: Send + Sync + 'static> Shared<T> {
    /// Builds a task that calls a closure with a borrow of the result.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let rows = graph_exec::value(vec![1, 2, 3]).shared();
    /// let count = rows.map(|rows| rows.len());
    /// # drop(count);
    /// ```
    #[track_caller]
    pub fn map<U, F>(&self, function: F) -> Delayed<U>
    where
        U: TaskResult,
        F: FnOnce(&T) -> U + TaskClosure + 'static,
    {
        call_closure::<WithClosure<Map, F>, _, _, _>((Borrowed(self.clone()), ()), |(value, ())| {
            let value: SharedValue<T> = value;
            function(&value)
        })
    }

    /// Builds a task that calls a closure with a borrow of the result, and may fail: dependents see
    /// what is inside `Ok`.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// let text = graph_exec::value("42".to_owned()).shared();
    /// let number = text.and_then(|text| text.parse::<i32>());
    /// # drop(number);
    /// ```
    #[track_caller]
    pub fn and_then<R, F>(&self, function: F) -> Delayed<R::Ok>
    where
        R: Fallible + 'static,
        F: FnOnce(&T) -> R + TaskClosure + 'static,
    {
        try_call_closure::<WithClosure<AndThen, F>, _, _, _, _>(
            (Borrowed(self.clone()), ()),
            |(value, ())| {
                let value: SharedValue<T> = value;
                function(&value)
            },
        )
    }
}

/// Builds a task whose result is `value`: a constant as a node of the graph.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// let answer = graph_exec::value(42);
/// # drop(answer);
/// ```
#[track_caller]
pub fn value<T: Keepable>(value: T) -> Delayed<T> {
    call::<Value, _, _, _>((Constant(value), ()), |(value, ())| value)
}
