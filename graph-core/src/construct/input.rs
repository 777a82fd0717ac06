//! What a task's body holds for its parameters: constants, and handles whose results it will take.
//!
//! A body keeps its inputs as a list `(first, (second, ()))`, so two implementations serve any
//! number of parameters and nothing is allocated for them.

mod containers;
pub(crate) mod fields;
mod tuples;

use std::{any::Any, fmt, marker::PhantomData, ops::Deref, path::PathBuf, sync::Arc};

use crate::{
    handle::{Delayed, Shared},
    primitives::primitives,
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

/// Something that will have a value once the tasks it names have run.
///
/// Arguments are turned into inputs by [`IntoArg`](crate::IntoArg) and [`IntoRef`](crate::IntoRef).
/// It is sealed: an [`IntoRef`](crate::IntoRef) or [`IntoShapedRef`](crate::shape::IntoShapedRef) for a type
/// of your own names one of these as its
/// `Input`, or puts several together in a tuple, a `Vec`, an array, an `Option` or a map.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Delayed, delayed, input::Constant, shape::IntoShapedRef, value};
///
/// /// Readings and the handle of their unit, for a parameter `&(Vec<f64>, String)`.
/// struct Series(Vec<f64>, Delayed<String>);
///
/// impl<S> IntoShapedRef<(Vec<f64>, String), S> for Series {
///     type Input = (Constant<Vec<f64>>, Delayed<String>);
///     fn into_shaped_ref(self) -> Self::Input {
///         (Constant(self.0), self.1)
///     }
/// }
///
/// #[delayed]
/// fn describe(series: &(Vec<f64>, String)) -> String {
///     format!("{} readings in {}", series.0.len(), series.1)
/// }
///
/// let text = describe(Series(vec![1.5, 2.5], value("K".to_owned())));
/// # drop(text);
/// ```
pub trait Input: Send + 'static {
    /// What the function is called with.
    type Taken;
    /// Whether it may wait for tasks.
    #[doc(hidden)]
    type Kind: InputKind;
    /// Lists the tasks whose results it takes.
    #[doc(hidden)]
    fn edges(&self, edges: &mut Edges);
    /// Takes the results; the listed tasks must have run.
    #[doc(hidden)]
    fn take(self) -> Self::Taken;
    /// Adds a text for each of its constants that has a short one.
    #[doc(hidden)]
    fn arguments(&self, texts: &mut Vec<String>) {
        let _ = texts;
    }
    /// Keeps those of its constants that have a short text, for the task's failure.
    #[doc(hidden)]
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        let _ = kept;
    }
    /// The value itself, when it was there when the task was built.
    #[doc(hidden)]
    fn constant(&self) -> Option<&Self::Taken> {
        None
    }
    /// Encodes what a function in another process is called with, with holes for the results of the
    /// tasks that [`edges`](Input::edges) lists, in that order.
    #[doc(hidden)]
    fn template(&self, template: &mut Template) {
        template.refuse::<Self>();
    }
}

/// Whether an input may wait for tasks: [`Settled`] or [`Pending`].
pub trait InputKind {
    /// The kind of two inputs together.
    type And<Other: InputKind>: InputKind;
    /// What a task keeps of the input `P`.
    type Kept<P: Input<Taken: Send + 'static>>: Input<Taken = P::Taken>;
    /// Turns the input into what a task keeps.
    fn keep<P: Input<Taken: Send + 'static>>(input: P) -> Self::Kept<P>;
}

/// It holds constants alone.
#[derive(Debug)]
pub enum Settled {}

impl InputKind for Settled {
    type And<Other: InputKind> = Other;
    type Kept<P: Input<Taken: Send + 'static>> = Constant<P::Taken>;
    #[inline]
    fn keep<P: Input<Taken: Send + 'static>>(input: P) -> Constant<P::Taken> {
        Constant(input.take())
    }
}

/// It may hold handles.
#[derive(Debug)]
pub enum Pending {}

impl InputKind for Pending {
    type And<Other: InputKind> = Pending;
    type Kept<P: Input<Taken: Send + 'static>> = P;
    #[inline]
    fn keep<P: Input<Taken: Send + 'static>>(input: P) -> P {
        input
    }
}

/// What a task keeps of a tuple, a container or a struct of inputs: themselves, or, where none can hold a
/// handle, the value that they make.
///
/// So a plain value costs what it costs without handles: it is moved, its task looks at none of its
/// elements, and it travels to a cluster as the one value that it is.
pub type Kept<P> = <<P as Input>::Kind as InputKind>::Kept<P>;

/// Turns inputs into what a task keeps of them.
#[inline]
pub fn keep<P: Input<Taken: Send + 'static>>(parts: P) -> Kept<P> {
    <P::Kind as InputKind>::keep(parts)
}

/// What [`IntoArg`](crate::IntoArg)'s method asks for, so that only this library, and code that its
/// macros write, can implement it: other crates have no name for it but the one in `__private`.
#[derive(Debug, Clone, Copy)]
pub struct Sealed;

/// [`Sealed`], for code that macros write where no method hands one on.
pub fn sealed() -> Sealed {
    Sealed
}

impl Input for () {
    type Taken = ();
    type Kind = Settled;
    #[inline]
    fn edges(&self, _: &mut Edges) {}
    #[inline]
    fn take(self) {}
    fn template(&self, _: &mut Template) {}
}

impl<First: Input, Rest: Input> Input for (First, Rest) {
    type Taken = (First::Taken, Rest::Taken);
    type Kind = <First::Kind as InputKind>::And<Rest::Kind>;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.0.edges(edges);
        self.1.edges(edges);
    }
    #[inline]
    fn take(self) -> Self::Taken {
        (self.0.take(), self.1.take())
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.0.arguments(texts);
        self.1.arguments(texts);
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.0.keep(kept);
        self.1.keep(kept);
    }
    fn template(&self, template: &mut Template) {
        self.0.template(template);
        self.1.template(template);
    }
}

/// A value that was there when the task was built.
#[derive(Debug)]
pub struct Constant<T>(pub T);

impl<T: Send + 'static> Input for Constant<T> {
    type Taken = T;
    type Kind = Settled;
    #[inline]
    fn edges(&self, _: &mut Edges) {}
    #[inline]
    fn take(self) -> T {
        self.0
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        texts.extend(text_of(&self.0));
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        kept.keep(&self.0);
    }
    fn constant(&self) -> Option<&T> {
        Some(&self.0)
    }
    fn template(&self, template: &mut Template) {
        template.constant(&self.0);
    }
}

/// Formats a constant; `None` for types that have no short text.
fn text_of(value: &dyn Any) -> Option<String> {
    macro_rules! first_of {
        ([$($type:ty)*]) => {
            $(if let Some(value) = value.downcast_ref::<$type>() { return Some(value.to_string()); })*
        };
    }
    if let Some(path) = value.downcast_ref::<PathBuf>() {
        return Some(path.display().to_string());
    }
    first_of!([&'static str String]);
    primitives!(all: first_of!);
    None
}

impl<T: Send + 'static> Input for Delayed<T> {
    type Taken = T;
    type Kind = Pending;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        edges.add(self.task().pointer());
    }
    #[inline]
    fn take(self) -> T {
        self.take_value()
    }
    fn template(&self, template: &mut Template) {
        template.result();
    }
}

/// A shared result for a by-value parameter: cloned, or moved by the last one to take it.
pub struct Cloned<T: 'static>(pub Shared<T>);

impl<T: Clone + Send + Sync + 'static> Input for Cloned<T> {
    type Taken = T;
    type Kind = Pending;
    fn edges(&self, edges: &mut Edges) {
        edges.add(self.0.task().pointer());
    }
    fn take(self) -> T {
        self.0.take_or_clone()
    }
    fn template(&self, template: &mut Template) {
        template.result();
    }
}

impl<T: 'static> fmt::Debug for Cloned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Cloned").field(&self.0).finish()
    }
}

/// A shared result for a parameter of type `Arc<T>`.
pub struct Counted<T: 'static>(pub Shared<T>);

impl<T: Send + Sync + 'static> Input for Counted<T> {
    type Taken = Arc<T>;
    type Kind = Pending;
    fn edges(&self, edges: &mut Edges) {
        edges.add(self.0.task().pointer());
    }
    fn take(self) -> Arc<T> {
        self.0.value().clone()
    }
    fn template(&self, template: &mut Template) {
        template.result();
    }
}

impl<T: 'static> fmt::Debug for Counted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counted").field(&self.0).finish()
    }
}

/// A shared result for a by-reference parameter: borrowed while the function runs.
pub struct Borrowed<T: 'static>(pub Shared<T>);

impl<T: Send + Sync + 'static> Input for Borrowed<T> {
    type Taken = SharedValue<T>;
    type Kind = Pending;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        edges.add(self.0.task().pointer());
    }
    #[inline]
    fn take(self) -> SharedValue<T> {
        SharedValue(self.0)
    }
    fn template(&self, template: &mut Template) {
        template.result();
    }
}

impl<T: 'static> fmt::Debug for Borrowed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Borrowed").field(&self.0).finish()
    }
}

/// The result of a shared task that has run, with the handle that keeps it.
///
/// It is what a [`Borrowed`] becomes when the task runs, and derefs to the result.
pub struct SharedValue<T: 'static>(Shared<T>);

impl<T: Send + Sync + 'static> Deref for SharedValue<T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.value()
    }
}

impl<T: fmt::Debug + Send + Sync + 'static> fmt::Debug for SharedValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// An input that is converted into a `T` when it is taken. Both have the same encoding: texts and
/// paths.
#[derive(Debug)]
pub struct Converted<I, T> {
    input: I,
    converted: PhantomData<fn() -> T>,
}

impl<I, T> Converted<I, T> {
    pub(crate) fn new(input: I) -> Self {
        Converted { input, converted: PhantomData }
    }
}

impl<I: Input<Taken: Into<T>>, T: 'static> Input for Converted<I, T> {
    type Taken = T;
    type Kind = I::Kind;
    fn edges(&self, edges: &mut Edges) {
        self.input.edges(edges);
    }
    fn take(self) -> T {
        self.input.take().into()
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.input.arguments(texts);
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.input.keep(kept);
    }
    fn template(&self, template: &mut Template) {
        self.input.template(template);
    }
}
