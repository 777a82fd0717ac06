//! What may be passed for a parameter taken by reference: owners, of which none is cloned, and containers of
//! handles.
//!
//! The implementations are written out one by one, as in `by_value`.

mod containers;
pub(crate) mod lend;
mod owners;
mod shared;
mod statics;
mod text;

use std::marker::PhantomData;

use crate::{
    construct::input::{Borrowed, Constant, Input},
    handle::{Delayed, Shared},
    remote::template::Template,
    task::{failure::kept::KeptArguments, header::Edges},
};

use lend::{Lend, OwnerEncoding};

/// An argument for a parameter of type `&U`: an owner of a `U`, or a handle of one. Nothing is cloned, but
/// for shared handles inside a container of plain elements.
///
/// | parameter | arguments |
/// |---|---|
/// | `&T` | `T`, `Delayed<T>`, `Shared<T>`, `&Shared<T>`; `Arc<T>`, `&Arc<T>`, `Box<T>` and handles of those |
/// | `&[T]` | `Vec<T>`, `[T; N]`, `Arc` of those and handles; `Vec<Delayed<T>>`, `[Delayed<T>; N]` |
/// | `&[Arc<T>]` | also lists of `Shared<T>` or `&Shared<T>`, `Vec<Shared<T>>`, `[&Shared<T>; N]`, `&shared[..4]` |
/// | `&Vec<T>`, `&[T; N]`, `&Option<T>`, maps | also the same container of `Delayed<T>`, and of `Shared<T>` or `&Shared<T>` for one of `Arc<T>` |
/// | `&[T]`, `&Vec<T>` and so on with `T: Clone` | also what the same with `Arc<T>` takes: the shared results are cloned |
/// | `&str` | `String`, `&str`, `&&str` (copied when the task is built), `Cow<'static, str>`, `Arc<String>` and handles of those |
/// | `&Path` | `PathBuf`, `&Path`, `String`, `&str`, what `.iter()` of those gives, `Cow<'static, Path>`, `Arc<PathBuf>` and handles of those |
/// | any of these | a static: `value(&TABLE)`, or `input::Constant(&TABLE[..])`, which is no task |
/// | tuples, containers of containers or tuples, structs with [`derive(Handles)`](derive@crate::Handles) | also what the same parameter by value takes: a shared handle inside is cloned, since the task puts a new value together |
///
/// The last line holds where the type is written so; see [`IntoArg`](crate::IntoArg).
///
/// It is not sealed: a type of yours that owns a `dyn Trait` or a view can implement it, with
/// [`Lend`] for what the task finds when it runs. What the task keeps is one of the
/// [inputs](crate::input), or a `Delayed` of the owner. For a tuple or nested containers implement
/// [`IntoShapedRef`](crate::shape::IntoShapedRef) too.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{IntoRef, Lend, input::Constant};
///
/// struct Month([f64; 31]);
///
/// impl Lend<[f64]> for Month {
///     fn lend(&self) -> &[f64] {
///         &self.0
///     }
/// }
///
/// impl IntoRef<[f64]> for Month {
///     type Input = Constant<Month>;
///     fn into_ref(self) -> Constant<Month> {
///         Constant(self)
///     }
/// }
///
/// #[graph_exec::delayed]
/// fn highest(prices: &[f64]) -> f64 {
///     prices.iter().copied().fold(0.0, f64::max)
/// }
///
/// let handle = highest(Month([0.0; 31]));
/// # drop(handle);
/// ```
#[diagnostic::on_unimplemented(
    message = "this argument cannot be used where the function takes `&{U}`",
    label = "`{Self}` is neither an owner of a `{U}` nor a handle of one",
    note = "a plain borrow would be gone when the task runs: for many tasks write `let x = Arc::new(x);`, and pass `&x` to each; for one, remove the `&`, or pass a copy, `.to_vec()` of a slice, `.iter().cloned()` of items; a static goes as `value(&TABLE)`",
    note = "the task keeps the argument and lends it when it runs: pass what owns it, or a `Delayed`, a `Shared` or a `&Shared` of that; an iterator becomes a list by `.collect::<Vec<_>>()`",
    note = "a `Delayed`, also one in a list, is passed without `&`, or made with `.shared()`; a list of shared handles, or a part of one, `&shared[..4]`, goes where the function takes `&[Arc<T>]`, which clones nothing, or `&[T]`, if a `T` can be cloned",
    note = "nothing is converted: a boxed `dyn Trait + Send` is borrowed as `&(dyn Trait + Send)`; a `Result` under another name is opened by `#[delayed(fallible)]`, or by a `?` in `defer!(f(x)?)` or `defer_async!(runtime, f(x).await?)`",
    note = "handles in a list of structs, behind an alias or in a generic type become one by `gather(handles)`; a constant among handles is `value(x)`"
)]
pub trait IntoRef<U: ?Sized> {
    /// What the task keeps until it runs. A task with `bytes` may take it on one thread and lend it on
    /// another.
    type Input: Input<Taken: Lend<U> + Send + 'static>;
    /// Turns the argument into what the task keeps.
    fn into_ref(self) -> Self::Input;
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<T> for T {
    type Input = Constant<T>;
    #[inline]
    fn into_ref(self) -> Constant<T> {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<T> for Delayed<T> {
    type Input = Delayed<T>;
    #[inline]
    fn into_ref(self) -> Delayed<T> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<T> for Shared<T> {
    type Input = Borrowed<T>;
    #[inline]
    fn into_ref(self) -> Borrowed<T> {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<T> for &Shared<T> {
    type Input = Borrowed<T>;
    #[inline]
    fn into_ref(self) -> Borrowed<T> {
        Borrowed(self.clone())
    }
}

/// An input that the function borrows a `U` of.
#[derive(Debug)]
pub struct ByRef<I, U: ?Sized> {
    input: I,
    parameter: PhantomData<fn(&U)>,
}

/// What [`ByRef`] becomes when the task runs.
#[derive(Debug)]
pub struct Lent<L, U: ?Sized> {
    owner: L,
    parameter: PhantomData<fn(&U)>,
}

impl<L: Lend<U>, U: ?Sized> Lent<L, U> {
    /// The borrow for the function.
    #[inline]
    pub fn get(&self) -> &U {
        self.owner.lend()
    }
}

/// Makes the input for a parameter of type `&U`.
#[inline]
pub fn by_ref<U: ?Sized, A: IntoRef<U>>(argument: A) -> ByRef<A::Input, U> {
    ByRef { input: argument.into_ref(), parameter: PhantomData }
}

/// [`by_ref`] for an input that is there.
#[inline]
pub(crate) fn from_input<U: ?Sized, I>(input: I) -> ByRef<I, U> {
    ByRef { input, parameter: PhantomData }
}

impl<U: ?Sized + 'static, I: Input<Taken: Lend<U>>> Input for ByRef<I, U> {
    type Taken = Lent<I::Taken, U>;
    type Kind = I::Kind;
    #[inline]
    fn edges(&self, edges: &mut Edges) {
        self.input.edges(edges);
    }
    #[inline]
    fn take(self) -> Self::Taken {
        Lent { owner: self.input.take(), parameter: PhantomData }
    }
    fn arguments(&self, texts: &mut Vec<String>) {
        self.input.arguments(texts);
    }
    #[inline]
    fn keep(&self, kept: &mut KeptArguments) {
        self.input.keep(kept);
    }
    fn template(&self, template: &mut Template) {
        // What the function borrows is encoded, not its owner, of which the function knows nothing.
        if let Some(owner) = self.input.constant() {
            template.constant(owner.lend());
            return;
        }
        match <I::Taken as Lend<U>>::ENCODING {
            OwnerEncoding::Same => self.input.template(template),
            OwnerEncoding::WithoutLength(length) => {
                template.length(length);
                self.input.template(template);
            }
            OwnerEncoding::Unknown => template.refuse::<I::Taken>(),
        }
    }
}

/// A handle of a `U`, by which methods of a `U` can be called.
///
/// Not implemented for `Shared` itself: a method call then borrows it instead of moving it.
pub trait HandleOf<U>: IntoRef<U> + Sized {}

impl<U: Send + 'static> HandleOf<U> for Delayed<U> {}
impl<U: Send + Sync + 'static> HandleOf<U> for &Shared<U> {}
