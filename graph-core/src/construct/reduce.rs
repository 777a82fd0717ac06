//! `tree_reduce`: many results merged two by two, in a balanced tree.

use std::{panic::Location, sync::Arc};

use crate::{
    construct::{
        call::{builtin_tasks, call_from},
        diagnostics::TaskResult,
    },
    handle::Delayed,
    remote::kind::RemoteKind,
};

builtin_tasks!(Merge = "merge": RemoteKind::Closure);

/// Merges results two by two, each merge a task of its own, in a balanced tree: n − 1 merges, of which
/// ⌈log₂ n⌉ are the most that follow each other. `None` for no parts; one part is returned as it is.
///
/// ```text
/// a  b  c  d  e          Merges run on all cores, each as soon as its two parts are there, before
///  ab    cd   e          parts that have not been begun: few results live at once. Only neighbours
///    abcd     e          are merged and the order stays, so `merge` need not be commutative, only
///       abcde            associative.
/// ```
///
/// `merge` is a plain function or closure, called inside the tasks; what it panics with is the failure of
/// its task. For a merge that is a `#[delayed]` function, as one that returns a `Result` or runs on a
/// cluster is, there is [`tree_reduce_with`]. Of [`Shared`](crate::Shared) parts, `parts.iter().map(gather)`
/// makes handles that are used once.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, tree_reduce, value};
///
/// let parts: Vec<Delayed<u64>> = (0..1000).map(|n| value(n).map(|n| n * n)).collect();
/// let sum: Option<Delayed<u64>> = tree_reduce(parts, |a, b| a + b);
/// # drop(sum);
/// ```
#[track_caller]
pub fn tree_reduce<T, F>(
    // The compiler shows this line when the parts are others.
    parts: impl IntoIterator<Item = Delayed<T>>, // of shared ones: `parts.iter().map(gather)`
    merge: F,
) -> Option<Delayed<T>>
where
    T: TaskResult,
    // The compiler shows this line when the merge gives something else.
    F: Fn(T, T) -> T + Send + Sync + 'static, // `tree_reduce_with` is for a `#[delayed]` merge, and one that may fail
{
    let caller = Location::caller();
    let merge = Arc::new(merge);
    tree_reduce_with(parts, |left, right| {
        let merge = Arc::clone(&merge);
        call_from::<Merge, _, _, _>(caller, (left, (right, ())), move |(left, (right, ()))| {
            merge(left, right)
        })
    })
}

/// [`tree_reduce`] with a function that builds the task of each merge, such as a `#[delayed]` function of
/// two parameters. It is called while the graph is built. A merge that returns a `Result` may fail, and the
/// others see what is in `Ok`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, delayed, tree_reduce_with, value};
///
/// #[delayed]
/// fn joined(left: String, right: String) -> String {
///     left + &right
/// }
///
/// let words = ["a", "b", "c"].map(|word| value(word.to_owned()));
/// let text: Option<Delayed<String>> = tree_reduce_with(words, joined);
/// # drop(text);
/// ```
pub fn tree_reduce_with<T: TaskResult>(
    parts: impl IntoIterator<Item = Delayed<T>>, // of shared ones: `parts.iter().map(gather)`
    mut merge: impl FnMut(Delayed<T>, Delayed<T>) -> Delayed<T>,
) -> Option<Delayed<T>> {
    let mut level: Vec<Delayed<T>> = parts.into_iter().collect();
    while level.len() > 1 {
        let mut parts = level.into_iter();
        let mut next = Vec::with_capacity(parts.len().div_ceil(2));
        while let Some(left) = parts.next() {
            next.push(match parts.next() {
                Some(right) => merge(left, right),
                None => left,
            });
        }
        level = next;
    }
    level.pop()
}
