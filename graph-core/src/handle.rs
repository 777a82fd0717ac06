//! The handles a user holds: `Delayed`, used once, and `Shared`, used as often as you like.

#![expect(unsafe_code, reason = "a handle's type is what makes the slot's contents typed")]

use std::{fmt, marker::PhantomData, sync::Arc};

use crate::{
    construct::diagnostics::{ClonedHandle, Shareable},
    graph::error::GraphError,
    task::{
        execution::attempts::AttemptSettings, failure::Failure, header::Metadata,
        location::SourceLocation, slot, task_ref::TaskRef,
    },
};

/// The result of a task that has not run yet. It is used **once**.
///
/// Calling a `#[delayed]` function gives one; passing it to another such function moves the
/// result there without a copy. Since it is used once, passing it twice is the compiler's
/// `use of moved value`. To use a result more than once, call [`shared`](Delayed::shared).
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::value;
///
/// let sum = value(20) + value(22); // nothing runs here
/// assert!(format!("{sum:?}").contains("add"));
/// # drop(sum);
/// ```
#[must_use = "a task does nothing until it is computed: call `.compute()` or pass the handle on"]
pub struct Delayed<T: 'static> {
    task: TaskRef,
    result: PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Delayed<T> {
    pub(crate) fn from_task(task: TaskRef) -> Self {
        Delayed { task, result: PhantomData }
    }

    /// Lets the result feed many tasks.
    ///
    /// Parameters taken by reference borrow it; parameters taken by value clone it, and the last
    /// one to take it moves it. It is freed when its last consumer has run and the last `Shared`
    /// is gone.
    ///
    /// Options such as [`named`](Delayed::named), [`priority`](Delayed::priority) or
    /// [`retries`](Delayed::retries) belong to the task, so they are said before:
    /// `fetch(url).retries(5).shared()`.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::value;
    ///
    /// let table = value(vec![3, 1, 2]).named("table").shared();
    /// let longest = table.map(|rows| rows.iter().copied().max());
    /// let count = table.map(|rows| rows.len());
    /// # drop((longest, count));
    /// ```
    pub fn shared(self) -> Shared<T>
    where
        T: Shareable,
    {
        self.task.mark_shared();
        Shared { task: self.task, result: PhantomData }
    }

    /// Labels the task in pictures, progress and errors. A label is no identity: two tasks may
    /// have the same.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::value;
    ///
    /// let price = value(101.5).named("closing price");
    /// assert!(format!("{price:?}").contains("closing price"));
    /// # drop(price);
    /// ```
    pub fn named(mut self, label: impl Into<String>) -> Self {
        self.metadata_mut().label = Some(label.into());
        self
    }

    /// Says how urgent the task is: of the tasks that are ready, one with a higher priority starts
    /// first.
    ///
    /// The default is 0, and what an urgent task needs is as urgent as the task itself. Among equals
    /// the order is the run's own. A priority never changes a result, nor what runs.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::value;
    ///
    /// let alarm = value(451.0).map(|degrees| degrees > 100.0).priority(10);
    /// let archived = value("all rows").priority(-1);
    /// # drop((alarm, archived));
    /// ```
    pub fn priority(mut self, priority: i32) -> Self {
        self.metadata_mut().priority = priority;
        self
    }

    /// Says that the task needs so much of a resource of the executor while it runs: see
    /// `Executor::builder().resource(…)`, which says how much there is.
    ///
    /// It may be called for several resources. For one that `#[delayed(resource(…))]` or an earlier call has
    /// named, the last call counts. A run refuses an `amount` of 0, and a resource of which its executor
    /// has too little or nothing, before anything starts. On a cluster, the workers have the resources.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::value;
    ///
    /// let image = value(7).map(|n| n * 6).resource("gpu", 1).resource("disk", 2);
    /// # drop(image);
    /// ```
    pub fn resource(mut self, name: impl Into<String>, amount: u32) -> Self {
        let name = name.into().into_boxed_str();
        // SAFETY: a `Delayed` has its task's only strong reference, and whoever has a plan of the
        // task has or borrows the handle.
        let resources = &mut unsafe { self.task.metadata_mut() }.resources;
        resources.retain(|(other, _)| *other != name);
        resources.push((name, amount));
        self
    }

    /// Makes the task wait for others without using their results.
    ///
    /// It does not make the others needed: a run that leaves them out does not wait for them. If
    /// one of them fails, this task does not run. They must have been built before this task; a
    /// run refuses anything else, naming both.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::value;
    ///
    /// let (logged, stored) = (value("log"), value(1).shared());
    /// let last = value(2).after([&logged, &stored]);
    /// # drop((logged, last));
    /// ```
    pub fn after<const N: usize>(self, others: [&dyn Handle; N]) -> Self {
        self.after_each(others)
    }

    /// [`after`](Delayed::after) for any number of handles.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, Handle, value};
    ///
    /// let parts: Vec<Delayed<i32>> = (0..3).map(value).collect();
    /// let last = value(3).after_each(parts.iter().map(|part| part as &dyn Handle));
    /// # drop((parts, last));
    /// ```
    pub fn after_each<'a>(mut self, others: impl IntoIterator<Item = &'a dyn Handle>) -> Self {
        for other in others {
            let other = other.handle_task().0.header();
            let this = self.task.header();
            let later = (other.number() > this.number()).then(|| GraphError::AfterLater {
                task: this.name(),
                built_at: this.built_at(),
                other: other.name(),
                other_built_at: other.built_at(),
            });
            let number = other.number();
            let metadata = self.metadata_mut();
            metadata.after.push(number);
            metadata.refused = metadata.refused.take().or(later.map(Box::new));
        }
        self
    }

    /// The metadata, to be written before anybody else knows of the task.
    pub(crate) fn metadata_mut(&mut self) -> &mut Metadata {
        // SAFETY: a `Delayed` has its task's only strong reference, and whoever has a plan of the
        // task has or borrows the handle.
        unsafe { self.task.metadata_mut() }
    }

    /// How the task is tried, by what its function and its handle say.
    pub(crate) fn attempts(&self) -> AttemptSettings {
        // SAFETY: the handle keeps the task, and as for `metadata_mut` no run has it, so its body is there.
        unsafe { self.task.pointer().attempts() }
    }

    /// Puts a task that is made of this one in its place, as `+=` does.
    ///
    /// For as long as `make` runs, the task has two handles, so `make` only builds: it must not run what
    /// it is given, change the task's metadata, or let the handle go on living elsewhere than in the task
    /// that it returns.
    pub(crate) fn replace_with(&mut self, make: impl FnOnce(Self) -> Self) {
        let second = Delayed { task: self.task.clone(), result: PhantomData };
        *self = make(second);
    }

    pub(crate) fn take_value(self) -> T {
        // SAFETY: the handle's type is its task's result type, the task of a `Delayed` is not shared,
        // and a `Delayed` has its task's only strong reference.
        unsafe { slot::take_value(self.task.pointer()) }
    }
}

impl<T: 'static> Delayed<T> {
    /// Never compiles. It exists so that the compiler can say to call [`shared`](Delayed::shared).
    #[doc(hidden)]
    #[expect(clippy::should_implement_trait, reason = "it is what a `Delayed` must not implement")]
    pub fn clone(&self) -> Self
    where
        Self: ClonedHandle,
    {
        unreachable!("`ClonedHandle` holds for nothing")
    }

    pub(crate) fn task(&self) -> &TaskRef {
        &self.task
    }
}

/// The result of a task, for as many uses as you like. Cloning it clones no result.
///
/// Made by [`Delayed::shared`]. While one exists, the result is kept, so that computing it again
/// runs nothing.
///
/// It has none of the methods that say something of the task, as [`named`](Delayed::named),
/// [`priority`](Delayed::priority), [`after`](Delayed::after), [`resource`](Delayed::resource),
/// [`retries`](Delayed::retries), [`backoff`](Delayed::backoff) and [`timeout`](Delayed::timeout): all clones have one
/// task, and a run may have begun it. Say these things before `.shared()`.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// let table = graph_exec::value(vec![1, 2, 3]).shared();
/// let again = table.clone();
/// # drop((table, again));
/// ```
#[must_use = "a task does nothing until it is computed: call `.compute()` or pass the handle on"]
pub struct Shared<T: 'static> {
    task: TaskRef,
    result: PhantomData<fn() -> Arc<T>>,
}

impl<T: Send + Sync + 'static> Shared<T> {
    pub(crate) fn value(&self) -> &Arc<T> {
        // SAFETY: the handle's type is its task's result type, `shared()` marked the task before
        // anything could run it, and `self` holds it.
        unsafe { slot::borrow_shared(self.task.pointer()) }
    }

    pub(crate) fn take_or_clone(self) -> T
    where
        T: Clone,
    {
        if self.task.header().strong_count() == 1 {
            // SAFETY: as in `value`; `self` has the only strong reference, and makes no other.
            let value = unsafe { slot::take_shared::<T>(self.task.pointer()) };
            Arc::unwrap_or_clone(value)
        } else {
            T::clone(self.value())
        }
    }
}

impl<T: 'static> Shared<T> {
    pub(crate) fn task(&self) -> &TaskRef {
        &self.task
    }
}

impl<T: 'static> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Shared { task: self.task.clone(), result: PhantomData }
    }
}

/// Any handle, whatever its type: what [`Delayed::after`] takes.
///
/// It is sealed: [`Delayed`] and [`Shared`] are the only handles.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Handle, value};
///
/// let handles: [&dyn Handle; 2] = [&value(1), &value("x").shared()];
/// assert!(handles[0].failure().is_none());
/// ```
pub trait Handle {
    #[doc(hidden)]
    fn handle_task(&self) -> HandleTask<'_>;

    /// Why the task failed; `None` when no run has found it failing.
    fn failure(&self) -> Option<Arc<Failure>> {
        // SAFETY: a handle is a strong reference.
        unsafe { slot::failure_of(self.handle_task().0.pointer()) }
    }

    /// Where the task was built.
    fn built_at(&self) -> SourceLocation {
        self.handle_task().0.header().built_at()
    }
}

/// The task behind a handle, for this crate and the code that its macros write.
#[doc(hidden)]
#[derive(Debug)]
pub struct HandleTask<'a>(pub(crate) &'a TaskRef);

impl<T: 'static> Handle for Delayed<T> {
    fn handle_task(&self) -> HandleTask<'_> {
        HandleTask(&self.task)
    }
}

impl<T: 'static> Handle for Shared<T> {
    fn handle_task(&self) -> HandleTask<'_> {
        HandleTask(&self.task)
    }
}

fn describe(f: &mut fmt::Formatter<'_>, kind: &str, result: &str, task: &TaskRef) -> fmt::Result {
    write!(f, "{kind}<{result}>({} at {})", task.header().name(), task.header().built_at())
}

impl<T: 'static> fmt::Debug for Delayed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "Delayed", std::any::type_name::<T>(), &self.task)
    }
}

impl<T: 'static> fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, "Shared", std::any::type_name::<T>(), &self.task)
    }
}
