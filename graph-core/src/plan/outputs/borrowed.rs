//! Borrows of shared handles, and of containers and tuples of them: they are computed and stay.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    hash::{BuildHasher, Hash},
};

use crate::{
    handle::Shared,
    plan::{outputs::Outputs, roots::Roots},
};

/// What can be computed behind a borrow: a shared handle, or a container or tuple of them.
///
/// It is sealed: only this library implements it.
///
/// ```
/// # extern crate graph_core as graph_exec;
/// use graph_exec::{Graph, bounds::BorrowedOutputs, value};
///
/// fn tasks<H: BorrowedOutputs>(kept: &H) -> usize {
///     Graph::of(&kept).map_or(0, |graph| graph.nodes().len())
/// }
///
/// let parts = [1, 2, 3].map(|n| value(n).shared());
/// assert_eq!(tasks(&parts), 3);
/// ```
#[diagnostic::on_unimplemented(
    message = "a `&{Self}` cannot be computed: the result of a `Delayed` is moved out of it, which uses the handle up",
    label = "behind `&` only shared handles are computed, and tuples and containers of them",
    note = "pass it without `&`; or make each handle with `.shared()`, and compute `&handles` as often as you like",
    note = "to draw and then compute the same handles: `let all = (a, b); Graph::of(&all)?; compute(all)?`"
)]
pub trait BorrowedOutputs {
    /// The same handles, as a value.
    type Owned: Outputs;

    /// Adds the tasks behind the handles.
    #[doc(hidden)]
    fn add_roots<'a>(&'a self, roots: &mut Roots<'a>);

    /// Takes the results, in the order in which the tasks were added: a map that is cloned may have another.
    #[doc(hidden)]
    fn clone_results<E>(
        &self,
        next: &mut dyn FnMut() -> Result<(), E>,
    ) -> <Self::Owned as Outputs>::Results<E>;

    /// Clones the handles.
    #[doc(hidden)]
    fn clone_handles(&self) -> Self::Owned;
}

impl<H: BorrowedOutputs + ?Sized> Outputs for &H {
    type Values = <H::Owned as Outputs>::Values;
    type Results<E> = <H::Owned as Outputs>::Results<E>;
    type Owned = H::Owned;

    fn roots<'a>(&'a self, roots: &mut Roots<'a>) {
        (**self).add_roots(roots);
    }
    fn results<E>(self, next: &mut dyn FnMut() -> Result<(), E>) -> Self::Results<E> {
        (*self).clone_results(next)
    }
    fn values(self) -> Self::Values {
        self.clone_handles().values()
    }
    fn into_owned(self) -> H::Owned {
        self.clone_handles()
    }
}

impl<T: Send + Sync + 'static> BorrowedOutputs for Shared<T> {
    type Owned = Shared<T>;

    fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
        roots.add(self.task(), false);
    }
    fn clone_results<E>(
        &self,
        next: &mut dyn FnMut() -> Result<(), E>,
    ) -> <Self::Owned as Outputs>::Results<E> {
        next().map(|()| self.value().clone())
    }
    fn clone_handles(&self) -> Shared<T> {
        self.clone()
    }
}

#[diagnostic::do_not_recommend]
impl<H: BorrowedOutputs + ?Sized> BorrowedOutputs for &H {
    type Owned = H::Owned;

    fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
        (**self).add_roots(roots);
    }
    fn clone_results<E>(
        &self,
        next: &mut dyn FnMut() -> Result<(), E>,
    ) -> <Self::Owned as Outputs>::Results<E> {
        (**self).clone_results(next)
    }
    fn clone_handles(&self) -> H::Owned {
        (**self).clone_handles()
    }
}

/// Writes what containers without keys are.
macro_rules! containers {
    ($([$($generics:tt)*] $container:ty => $owned:ty: |$handles:ident, $each:ident| $cloned:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<H: BorrowedOutputs, $($generics)*> BorrowedOutputs for $container {
            type Owned = $owned;

            fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
                self.iter().for_each(|handles| handles.add_roots(roots));
            }
            fn clone_results<E>(
                &self,
                next: &mut dyn FnMut() -> Result<(), E>,
            ) -> <Self::Owned as Outputs>::Results<E> {
                let ($handles, $each) = (self, |handles: &H| handles.clone_results(next));
                $cloned
            }
            fn clone_handles(&self) -> Self::Owned {
                let ($handles, $each) = (self, H::clone_handles);
                $cloned
            }
        }
    )*};
}

containers! {
    [] Vec<H> => Vec<H::Owned>: |handles, each| handles.iter().map(each).collect();
    [] [H] => Vec<H::Owned>: |handles, each| handles.iter().map(each).collect();
    [] VecDeque<H> => VecDeque<H::Owned>: |handles, each| handles.iter().map(each).collect();
    [] Box<[H]> => Box<[H::Owned]>: |handles, each| handles.iter().map(each).collect();
    [] Option<H> => Option<H::Owned>: |handles, each| handles.as_ref().map(each);
    [const N: usize] [H; N] => [H::Owned; N]: |handles, each| handles.each_ref().map(each);
}

#[diagnostic::do_not_recommend]
impl<K, H, S> BorrowedOutputs for HashMap<K, H, S>
where
    K: Clone + Eq + Hash,
    H: BorrowedOutputs,
    S: BuildHasher + Default,
{
    type Owned = HashMap<K, H::Owned, S>;

    fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.values().for_each(|handles| handles.add_roots(roots));
    }
    fn clone_results<E>(
        &self,
        next: &mut dyn FnMut() -> Result<(), E>,
    ) -> <Self::Owned as Outputs>::Results<E> {
        self.iter().map(|(key, handles)| (key.clone(), handles.clone_results(next))).collect()
    }
    fn clone_handles(&self) -> Self::Owned {
        self.iter().map(|(key, handles)| (key.clone(), handles.clone_handles())).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<K: Clone + Ord, H: BorrowedOutputs> BorrowedOutputs for BTreeMap<K, H> {
    type Owned = BTreeMap<K, H::Owned>;

    fn add_roots<'a>(&'a self, roots: &mut Roots<'a>) {
        self.values().for_each(|handles| handles.add_roots(roots));
    }
    fn clone_results<E>(
        &self,
        next: &mut dyn FnMut() -> Result<(), E>,
    ) -> <Self::Owned as Outputs>::Results<E> {
        self.iter().map(|(key, handles)| (key.clone(), handles.clone_results(next))).collect()
    }
    fn clone_handles(&self) -> Self::Owned {
        self.iter().map(|(key, handles)| (key.clone(), handles.clone_handles())).collect()
    }
}
