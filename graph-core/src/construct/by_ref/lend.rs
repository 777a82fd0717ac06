//! How a running task lends what it holds to its function.

use std::{
    borrow::Cow,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::construct::input::SharedValue;

/// An owner that a running task holds, and that its function borrows a `U` of.
pub trait Lend<U: ?Sized> {
    /// How the encoding of the owner becomes that of a `U`: it tells whether a result can be lent to a
    /// function in another process.
    #[doc(hidden)]
    const ENCODING: OwnerEncoding = OwnerEncoding::Unknown;

    /// The borrow.
    fn lend(&self) -> &U;
}

/// How the encoding of an owner becomes the encoding of what it lends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnerEncoding {
    /// Both are the same.
    Same,
    /// The owner's lacks the number of elements, which is put in front.
    WithoutLength(usize),
    /// This library does not know.
    Unknown,
}

impl<T> Lend<T> for T {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<T> for SharedValue<T> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T> Lend<[T]> for Vec<T> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for [T; N] {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<[T]> for SharedValue<Vec<T>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl Lend<str> for String {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<String> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for PathBuf {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<PathBuf> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<T: Send + Sync + 'static, const N: usize> Lend<[T]> for SharedValue<[T; N]> {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        &**self
    }
}

impl<U: ?Sized> Lend<U> for Arc<U> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Arc<U>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized> Lend<U> for Box<U> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Box<U>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl Lend<Path> for String {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self.as_ref()
    }
}

impl Lend<Path> for &'static str {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        (*self).as_ref()
    }
}

impl Lend<Path> for SharedValue<String> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        (**self).as_ref()
    }
}

impl<T> Lend<[T]> for Arc<Vec<T>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<[T]> for SharedValue<Arc<Vec<T>>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl Lend<str> for Arc<String> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<Arc<String>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for Arc<PathBuf> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<Arc<PathBuf>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for Arc<[T; N]> {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        &**self
    }
}

impl<T: Send + Sync + 'static, const N: usize> Lend<[T]> for SharedValue<Arc<[T; N]>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        &***self
    }
}

impl Lend<str> for Cow<'static, str> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<Cow<'static, str>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for Cow<'static, Path> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<Cow<'static, Path>> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<U: ?Sized> Lend<U> for &'static U {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Sync + 'static> Lend<U> for SharedValue<&'static U> {
    const ENCODING: OwnerEncoding = OwnerEncoding::Same;
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for &'static [T; N] {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        *self
    }
}

impl<T: Sync + 'static, const N: usize> Lend<[T]> for SharedValue<&'static [T; N]> {
    const ENCODING: OwnerEncoding = OwnerEncoding::WithoutLength(N);
    #[inline]
    fn lend(&self) -> &[T] {
        &***self
    }
}
