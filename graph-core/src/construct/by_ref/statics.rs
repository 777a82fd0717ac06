//! Statics: what lives as long as the program is lent as it is. A plain borrow of one is not taken, since
//! the compiler could no longer say of any other that it will be gone: `value(&TABLE)` or
//! `input::Constant(&TABLE)` says that it stays.

use std::{borrow::Cow, path::Path};

use crate::{
    construct::{
        by_ref::IntoRef,
        input::{Borrowed, Constant},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Sync + 'static> IntoRef<U> for Constant<&'static U> {
    type Input = Constant<&'static U>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Sync + 'static> IntoRef<U> for Delayed<&'static U> {
    type Input = Delayed<&'static U>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Sync + 'static> IntoRef<U> for Shared<&'static U> {
    type Input = Borrowed<&'static U>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<U: ?Sized + Sync + 'static> IntoRef<U> for &Shared<&'static U> {
    type Input = Borrowed<&'static U>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Sync + 'static, const N: usize> IntoRef<[T]> for Constant<&'static [T; N]> {
    type Input = Constant<&'static [T; N]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Sync + 'static, const N: usize> IntoRef<[T]> for Delayed<&'static [T; N]> {
    type Input = Delayed<&'static [T; N]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Sync + 'static, const N: usize> IntoRef<[T]> for Shared<&'static [T; N]> {
    type Input = Borrowed<&'static [T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Sync + 'static, const N: usize> IntoRef<[T]> for &Shared<&'static [T; N]> {
    type Input = Borrowed<&'static [T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Cow<'static, str> {
    type Input = Constant<Cow<'static, str>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Delayed<Cow<'static, str>> {
    type Input = Delayed<Cow<'static, str>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Shared<Cow<'static, str>> {
    type Input = Borrowed<Cow<'static, str>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &Shared<Cow<'static, str>> {
    type Input = Borrowed<Cow<'static, str>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Cow<'static, Path> {
    type Input = Constant<Cow<'static, Path>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Delayed<Cow<'static, Path>> {
    type Input = Delayed<Cow<'static, Path>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Shared<Cow<'static, Path>> {
    type Input = Borrowed<Cow<'static, Path>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Shared<Cow<'static, Path>> {
    type Input = Borrowed<Cow<'static, Path>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}
