//! What a running task holds, seen as what its function borrows.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::construct::input::SharedValue;

/// Something a running task holds and of which its function borrows a `U`.
pub trait Lend<U: ?Sized> {
    /// How the encoding of its owner relates to that of a `U`: it tells whether a result can be
    /// lent to a function in another process.
    #[doc(hidden)]
    const LIKENESS: Likeness = Likeness::None;

    /// The borrow.
    fn lend(&self) -> &U;
}

/// How the encoding of an owner becomes that of what it lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// They are the same.
    Same,
    /// The number of elements is put in front.
    Length(usize),
    /// They have nothing to do with each other, as far as this library knows.
    None,
}

impl<T> Lend<T> for T {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<T> for SharedValue<T> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T> Lend<[T]> for Vec<T> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for [T; N] {
    const LIKENESS: Likeness = Likeness::Length(N);
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<[T]> for SharedValue<Vec<T>> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl Lend<str> for String {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<String> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for PathBuf {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<PathBuf> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<T: Send + Sync + 'static, const N: usize> Lend<[T]> for SharedValue<[T; N]> {
    const LIKENESS: Likeness = Likeness::Length(N);
    #[inline]
    fn lend(&self) -> &[T] {
        &**self
    }
}

impl<U: ?Sized> Lend<U> for Arc<U> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Arc<U>> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized> Lend<U> for Box<U> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Box<U>> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl Lend<str> for &'static str {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for String {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self.as_ref()
    }
}

impl Lend<Path> for &'static str {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &Path {
        (*self).as_ref()
    }
}

impl Lend<Path> for SharedValue<String> {
    const LIKENESS: Likeness = Likeness::Same;
    #[inline]
    fn lend(&self) -> &Path {
        (**self).as_ref()
    }
}
