//! `Arc` and `Box`: owners of something else, which may be a `dyn Trait`; and `Arc` of what owns it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    construct::{
        by_ref::IntoRef,
        input::{Borrowed, Constant},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for Arc<U> {
    type Input = Constant<Arc<U>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for Delayed<Arc<U>> {
    type Input = Delayed<Arc<U>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for Shared<Arc<U>> {
    type Input = Borrowed<Arc<U>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for &Shared<Arc<U>> {
    type Input = Borrowed<Arc<U>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + 'static> IntoRef<U> for Box<U> {
    type Input = Constant<Box<U>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + 'static> IntoRef<U> for Delayed<Box<U>> {
    type Input = Delayed<Box<U>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for Shared<Box<U>> {
    type Input = Borrowed<Box<U>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for &Shared<Box<U>> {
    type Input = Borrowed<Box<U>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for Arc<Vec<T>> {
    type Input = Constant<Arc<Vec<T>>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for Delayed<Arc<Vec<T>>> {
    type Input = Delayed<Arc<Vec<T>>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for Shared<Arc<Vec<T>>> {
    type Input = Borrowed<Arc<Vec<T>>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for &Shared<Arc<Vec<T>>> {
    type Input = Borrowed<Arc<Vec<T>>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for Arc<[T; N]> {
    type Input = Constant<Arc<[T; N]>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for Delayed<Arc<[T; N]>> {
    type Input = Delayed<Arc<[T; N]>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for Shared<Arc<[T; N]>> {
    type Input = Borrowed<Arc<[T; N]>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for &Shared<Arc<[T; N]>> {
    type Input = Borrowed<Arc<[T; N]>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Arc<String> {
    type Input = Constant<Arc<String>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Delayed<Arc<String>> {
    type Input = Delayed<Arc<String>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Shared<Arc<String>> {
    type Input = Borrowed<Arc<String>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &Shared<Arc<String>> {
    type Input = Borrowed<Arc<String>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Arc<PathBuf> {
    type Input = Constant<Arc<PathBuf>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Delayed<Arc<PathBuf>> {
    type Input = Delayed<Arc<PathBuf>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Shared<Arc<PathBuf>> {
    type Input = Borrowed<Arc<PathBuf>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Shared<Arc<PathBuf>> {
    type Input = Borrowed<Arc<PathBuf>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

// Counting up an `Arc` clones nothing of what it holds.
#[diagnostic::do_not_recommend]
impl<U: ?Sized + Send + Sync + 'static> IntoRef<U> for &Arc<U> {
    type Input = Constant<Arc<U>>;
    fn into_ref(self) -> Self::Input {
        Constant(Arc::clone(self))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for &Arc<Vec<T>> {
    type Input = Constant<Arc<Vec<T>>>;
    fn into_ref(self) -> Self::Input {
        Constant(Arc::clone(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &Arc<String> {
    type Input = Constant<Arc<String>>;
    fn into_ref(self) -> Self::Input {
        Constant(Arc::clone(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Arc<PathBuf> {
    type Input = Constant<Arc<PathBuf>>;
    fn into_ref(self) -> Self::Input {
        Constant(Arc::clone(self))
    }
}
