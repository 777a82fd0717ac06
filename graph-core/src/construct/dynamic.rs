//! Tasks that make tasks when they run, and go on when those are done: `flatten`, `map_each`,
//! `iterate`.
//!
//! Such a body runs in parts. Each part but the last ends with handles that the body has made and
//! keeps; the scheduler runs what they need as part of its run, and then the body again.

use std::{marker::PhantomData, panic::Location, sync::Arc};

use crate::{
    construct::{
        by_value::{ByValue, IntoArg, by_value},
        call::{WithClosure, argument, builtin_tasks, call_from},
        diagnostics::{Keepable, SharedClosure, TaskClosure, TaskResult},
        input::{Constant, Input},
    },
    handle::Delayed,
    plan::{collect::all_done, outputs::Outputs, roots::Roots},
    remote::{kind::RemoteKind, template::Template},
    task::{
        body::{Attempted, Body, Resumable},
        execution::Execution,
        failure::kept::KeptArguments,
        function::{Function, Named},
        header::{Edges, Root},
        task_ref::TaskRef,
    },
};

builtin_tasks!(
    Flatten = "flatten": RemoteKind::Dynamic,
    Gather = "gather": RemoteKind::Dynamic,
    MapEach = "map_each": RemoteKind::Closure,
    Iterate = "iterate": RemoteKind::Dynamic,
);

/// The result of a task whose handles can be flattened: what [`Outputs`] holds for, which may wait in a
/// task.
#[diagnostic::on_unimplemented(
    message = "`.flatten()` is for a task that gives handles, and this one gives a `{Self}`",
    label = "not a `Delayed`, a `Shared`, or a tuple, array or `Vec` of them",
    note = "leave `.flatten()` out: the result is there for the next task as it is; a task that fails with a `Result` needs none either",
    note = "in the body of a `#[delayed]` function its own name is the plain function, which gives no handle; it builds a task there when the return type is written with `Delayed` or `Shared`, and not behind an alias"
)]
pub trait GivesHandles: Outputs + Send + 'static {}
#[diagnostic::do_not_recommend]
impl<H: Outputs + Send + 'static> GivesHandles for H {}

impl<T: Send + 'static> Delayed<T> {
    /// Builds a task that gives the results of the handles that are the result of this one: a graph
    /// that is decided while it runs.
    ///
    /// | from | to |
    /// |---|---|
    /// | `Delayed<Delayed<T>>` | `Delayed<T>` |
    /// | `Delayed<Shared<T>>` | `Delayed<Arc<T>>` |
    /// | `Delayed<Vec<Delayed<T>>>`, arrays and tuples alike | `Delayed<Vec<T>>` … |
    ///
    /// What the handles need becomes part of the run that meets them: it counts in the run's record and
    /// progress, is as urgent as this task, stops when the run is cancelled, and its failure is the
    /// run's. It may be flattened itself, as deep as you like; nothing recurses. The run waits with no
    /// thread.
    ///
    /// When the run stops before the handles' tasks are done, another run goes on where it stopped.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, delayed, value};
    ///
    /// #[delayed]
    /// fn read(part: usize) -> String {
    ///     format!("rows of part {part}")
    /// }
    ///
    /// /// Decides, when it runs, what is to be read.
    /// #[delayed]
    /// fn plan(parts: usize) -> Vec<Delayed<String>> {
    ///     (0..parts).map(read).collect()
    /// }
    ///
    /// let rows: Delayed<Vec<String>> = plan(value(3)).flatten();
    /// # drop(rows);
    /// ```
    #[track_caller]
    pub fn flatten<U: TaskResult>(self) -> Delayed<U>
    where
        T: GivesHandles<Values = U>,
    {
        let unfold = |(handles, ()): (T, ())| handles;
        let body = Unfold::<Flatten, _, _, T> {
            stage: Stage::Given((self, ()), unfold),
            named: PhantomData,
        };
        Delayed::from_task(TaskRef::new(body, Location::caller()))
    }
}

impl<T: Send + 'static> Delayed<Vec<T>> {
    /// Builds a task that calls a closure with each element, each call a task of its own: as many as the
    /// list turns out to have.
    ///
    /// The results come in the order of the elements. One task for each element is worth it from some
    /// microseconds of work on; for less, map the list as a whole.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, value};
    ///
    /// let names = value("ibm.json aapl.json").map(|text| {
    ///     text.split(' ').map(str::to_owned).collect::<Vec<String>>()
    /// });
    /// let lengths: Delayed<Vec<usize>> = names.map_each(|name| name.len());
    /// # drop(lengths);
    /// ```
    #[track_caller]
    pub fn map_each<U, F>(self, function: F) -> Delayed<Vec<U>>
    where
        U: TaskResult,
        F: Fn(T) -> U + SharedClosure + 'static,
    {
        let caller = Location::caller();
        let unfold = move |(items, ()): (Vec<T>, ())| -> Vec<Delayed<U>> {
            let function = Arc::new(function);
            let task = |item| {
                let function = Arc::clone(&function);
                call_from::<WithClosure<MapEach, F>, _, _, _>(
                    caller,
                    (Constant(item), ()),
                    move |(item, ())| function(item),
                )
            };
            items.into_iter().map(task).collect()
        };
        let body = Unfold::<WithClosure<Gather, F>, _, _, Vec<Delayed<U>>> {
            stage: Stage::Given((self, ()), unfold),
            named: PhantomData,
        };
        Delayed::from_task(TaskRef::new(body, caller))
    }
}

/// Builds a task that takes one step after another, each a graph of its own, until a value is good
/// enough: a loop whose length is not known before.
///
/// `until` is asked first of `x` itself, then of the result of every step; the value that it says `true`
/// to is the result, so a value that is good at once takes no step. `step` makes the graph of the next
/// step from the value of the last; it runs, as `until` does, inside this task, so let the tasks that it
/// builds do the work. A step may build as much as it likes, and use handles that it holds.
///
/// Steps are part of the run, as for [`flatten`](Delayed::flatten), and a step is forgotten when the next
/// one begins: a million steps take the memory of two. What `step` and `until` panic with is a failure
/// of this task.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, delayed, iterate};
///
/// #[delayed]
/// fn improve(root: f64) -> f64 {
///     (root + 2.0 / root) / 2.0
/// }
///
/// let root: Delayed<f64> = iterate(1.0, improve, |root| (root * root - 2.0).abs() < 1e-9);
/// # drop(root);
/// ```
#[track_caller]
pub fn iterate<T, S, U>(x: impl IntoArg<T>, step: S, until: U) -> Delayed<T>
where
    T: Keepable + TaskResult,
    S: FnMut(T) -> Delayed<T> + TaskClosure + 'static,
    U: FnMut(&T) -> bool + TaskClosure + 'static,
{
    let body = Iteration { current: Current::Given(by_value(x)), step, until };
    Delayed::from_task(TaskRef::new(body, Location::caller()))
}

/// Lists what `handles` need, for a body that waits for them.
fn list(handles: &impl Outputs, roots: &mut Vec<Root>) {
    let mut own = Roots::new();
    handles.roots(&mut own);
    roots.append(&mut own.into_tasks());
}

/// A body that makes handles of its inputs, once, and gives their results.
struct Unfold<N, I, F, H> {
    stage: Stage<I, F, H>,
    named: PhantomData<fn() -> N>,
}

enum Stage<I, F, H> {
    Given(I, F),
    Awaiting(H),
}

impl<N, I, F, H> Body for Unfold<N, I, F, H>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> H + Send + 'static,
    H: Outputs<Values: Send + 'static> + Send + 'static,
{
    fn edges(&self, edges: &mut Edges) {
        if let Stage::Given(inputs, _) = &self.stage {
            inputs.edges(edges);
        }
    }
    fn template(&self, template: &mut Template) {
        template.refuse::<Self>();
    }
    fn argument(&self) -> Option<String> {
        None
    }
}

impl<N, I, F, H> Resumable for Unfold<N, I, F, H>
where
    N: Named,
    I: Input,
    F: FnOnce(I::Taken) -> H + Send + 'static,
    H: Outputs<Values: Send + 'static> + Send + 'static,
{
    type Value = H::Values;
    const IS_DYNAMIC: bool = true;
    const REMOTE: RemoteKind = N::REMOTE;
    fn function() -> Function {
        N::function()
    }
    fn run(self, _: &mut Execution<'_>) -> Attempted<Self> {
        let handles = match self.stage {
            Stage::Given(inputs, unfold) => unfold(inputs.take()),
            Stage::Awaiting(handles) => handles,
        };
        if all_done(&handles) {
            Attempted::Ended(Ok(handles.values()))
        } else {
            Attempted::Awaits(Unfold { stage: Stage::Awaiting(handles), ..self })
        }
    }
    fn inner(&self, roots: &mut Vec<Root>) {
        if let Stage::Awaiting(handles) = &self.stage {
            list(handles, roots);
        }
    }
}

/// The body of [`iterate`].
struct Iteration<I, T: 'static, S, U> {
    current: Current<I, T>,
    step: S,
    until: U,
}

enum Current<I, T: 'static> {
    Given(ByValue<I, T>),
    Step(Delayed<T>),
}

impl<I, T, S, U> Body for Iteration<I, T, S, U>
where
    I: Input<Taken = T>,
    T: Send + 'static,
    S: FnMut(T) -> Delayed<T> + Send + 'static,
    U: FnMut(&T) -> bool + Send + 'static,
{
    fn edges(&self, edges: &mut Edges) {
        if let Current::Given(input) = &self.current {
            Input::edges(input, edges);
        }
    }
    fn template(&self, template: &mut Template) {
        template.refuse::<Self>();
    }
    fn argument(&self) -> Option<String> {
        match &self.current {
            Current::Given(input) => argument(input),
            Current::Step(_) => None,
        }
    }
    fn keep(&self, kept: &mut KeptArguments) {
        if let Current::Given(input) = &self.current {
            Input::keep(input, kept);
        }
    }
}

impl<I, T, S, U> Resumable for Iteration<I, T, S, U>
where
    I: Input<Taken = T>,
    T: Send + 'static,
    S: FnMut(T) -> Delayed<T> + Send + 'static,
    U: FnMut(&T) -> bool + Send + 'static,
{
    type Value = T;
    const IS_DYNAMIC: bool = true;
    const REMOTE: RemoteKind = Iterate::REMOTE;
    fn function() -> Function {
        WithClosure::<Iterate, S>::function()
    }
    fn run(mut self, _: &mut Execution<'_>) -> Attempted<Self> {
        loop {
            let value = match self.current {
                Current::Given(input) => input.take(),
                Current::Step(handle) if all_done(&handle) => handle.take_value(),
                Current::Step(_) => return Attempted::Awaits(self),
            };
            if (self.until)(&value) {
                return Attempted::Ended(Ok(value));
            }
            self.current = Current::Step((self.step)(value));
        }
    }
    fn inner(&self, roots: &mut Vec<Root>) {
        if let Current::Step(handle) = &self.current {
            list(handle, roots);
        }
    }
}
