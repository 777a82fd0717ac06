//! What a running task holds, seen as what its function borrows.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::input::SharedValue;

/// Something a running task holds and of which its function borrows a `U`.
pub trait Lend<U: ?Sized> {
    /// The borrow.
    fn lend(&self) -> &U;
}

impl<T> Lend<T> for T {
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<T> for SharedValue<T> {
    #[inline]
    fn lend(&self) -> &T {
        self
    }
}

impl<T> Lend<[T]> for Vec<T> {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for [T; N] {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl<T: Send + Sync + 'static> Lend<[T]> for SharedValue<Vec<T>> {
    #[inline]
    fn lend(&self) -> &[T] {
        self
    }
}

impl Lend<str> for String {
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<str> for SharedValue<String> {
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for PathBuf {
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl Lend<Path> for SharedValue<PathBuf> {
    #[inline]
    fn lend(&self) -> &Path {
        self
    }
}

impl<T: Send + Sync + 'static, const N: usize> Lend<[T]> for SharedValue<[T; N]> {
    #[inline]
    fn lend(&self) -> &[T] {
        &**self
    }
}

impl<U: ?Sized> Lend<U> for Arc<U> {
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Arc<U>> {
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized> Lend<U> for Box<U> {
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl<U: ?Sized + Send + Sync + 'static> Lend<U> for SharedValue<Box<U>> {
    #[inline]
    fn lend(&self) -> &U {
        self
    }
}

impl Lend<str> for &'static str {
    #[inline]
    fn lend(&self) -> &str {
        self
    }
}

impl Lend<Path> for String {
    #[inline]
    fn lend(&self) -> &Path {
        self.as_ref()
    }
}

impl Lend<Path> for &'static str {
    #[inline]
    fn lend(&self) -> &Path {
        (*self).as_ref()
    }
}

impl Lend<Path> for SharedValue<String> {
    #[inline]
    fn lend(&self) -> &Path {
        (**self).as_ref()
    }
}
