//! Slices, and `Vec`, array and `Option` of handles.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    construct::{
        by_ref::IntoRef,
        input::{Borrowed, Constant, Counted},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Vec<T> {
    type Input = Constant<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for [T; N] {
    type Input = Constant<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Delayed<Vec<T>> {
    type Input = Delayed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for Delayed<[T; N]> {
    type Input = Delayed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for Shared<Vec<T>> {
    type Input = Borrowed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[T]> for &Shared<Vec<T>> {
    type Input = Borrowed<Vec<T>>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for Shared<[T; N]> {
    type Input = Borrowed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[T]> for &Shared<[T; N]> {
    type Input = Borrowed<[T; N]>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[Arc<T>]> for Vec<Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[Arc<T>]> for Vec<&Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().cloned().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Vec<T>> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<Vec<Arc<T>>> for Vec<Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<Vec<Arc<T>>> for Vec<&Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().cloned().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[Arc<T>]> for [Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_ref(self) -> Self::Input {
        self.map(Counted)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[Arc<T>]> for [&Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_ref(self) -> Self::Input {
        self.map(|shared| Counted(shared.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoRef<[T; N]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[Arc<T>; N]> for [Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_ref(self) -> Self::Input {
        self.map(Counted)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoRef<[Arc<T>; N]> for [&Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_ref(self) -> Self::Input {
        self.map(|shared| Counted(shared.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Option<T>> for Option<Delayed<T>> {
    type Input = Option<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<Option<Arc<T>>> for Option<Shared<T>> {
    type Input = Option<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.map(Counted)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<VecDeque<T>> for VecDeque<Delayed<T>> {
    type Input = VecDeque<Delayed<T>>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<VecDeque<Arc<T>>> for VecDeque<Shared<T>> {
    type Input = VecDeque<Counted<T>>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<Box<[T]>> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<Box<[Arc<T>]>> for Box<[Shared<T>]> {
    type Input = Box<[Counted<T>]>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoRef<[T]> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoRef<[Arc<T>]> for Box<[Shared<T>]> {
    type Input = Box<[Counted<T>]>;
    fn into_ref(self) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}
