//! `Vec`, array, `Option`, `VecDeque` and boxed slice of handles, for the same container of results.

use std::{collections::VecDeque, sync::Arc};

use crate::{
    construct::{
        by_value::IntoArg,
        diagnostics::CloneToPass,
        input::{Cloned, Counted, Sealed},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Vec<T>> for Vec<Delayed<T>> {
    type Input = Vec<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Delayed<T>> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Vec<T>> for Vec<Shared<T>> {
    type Input = Vec<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Cloned<T>> {
        self.into_iter().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Vec<T>> for Vec<&Shared<T>> {
    type Input = Vec<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Cloned<T>> {
        self.into_iter().cloned().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Vec<Arc<T>>> for Vec<Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Counted<T>> {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Vec<Arc<T>>> for Vec<&Shared<T>> {
    type Input = Vec<Counted<T>>;
    fn into_arg(self, _: Sealed) -> Vec<Counted<T>> {
        self.into_iter().cloned().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static, const N: usize> IntoArg<[T; N]> for [Delayed<T>; N] {
    type Input = [Delayed<T>; N];
    fn into_arg(self, _: Sealed) -> [Delayed<T>; N] {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static, const N: usize> IntoArg<[T; N]> for [Shared<T>; N] {
    type Input = [Cloned<T>; N];
    fn into_arg(self, _: Sealed) -> [Cloned<T>; N] {
        self.map(Cloned)
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static, const N: usize> IntoArg<[T; N]> for [&Shared<T>; N] {
    type Input = [Cloned<T>; N];
    fn into_arg(self, _: Sealed) -> [Cloned<T>; N] {
        self.map(|shared| Cloned(shared.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoArg<[Arc<T>; N]> for [Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_arg(self, _: Sealed) -> [Counted<T>; N] {
        self.map(Counted)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static, const N: usize> IntoArg<[Arc<T>; N]> for [&Shared<T>; N] {
    type Input = [Counted<T>; N];
    fn into_arg(self, _: Sealed) -> [Counted<T>; N] {
        self.map(|shared| Counted(shared.clone()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Option<T>> for Option<Delayed<T>> {
    type Input = Option<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Option<Delayed<T>> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Option<T>> for Option<Shared<T>> {
    type Input = Option<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Option<Cloned<T>> {
        self.map(Cloned)
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Option<T>> for Option<&Shared<T>> {
    type Input = Option<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Option<Cloned<T>> {
        self.cloned().map(Cloned)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Option<Arc<T>>> for Option<Shared<T>> {
    type Input = Option<Counted<T>>;
    fn into_arg(self, _: Sealed) -> Option<Counted<T>> {
        self.map(Counted)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<VecDeque<T>> for VecDeque<Delayed<T>> {
    type Input = VecDeque<Delayed<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<VecDeque<T>> for VecDeque<Shared<T>> {
    type Input = VecDeque<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<VecDeque<T>> for VecDeque<&Shared<T>> {
    type Input = VecDeque<Cloned<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().cloned().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<VecDeque<Arc<T>>> for VecDeque<Shared<T>> {
    type Input = VecDeque<Counted<T>>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + 'static> IntoArg<Box<[T]>> for Box<[Delayed<T>]> {
    type Input = Box<[Delayed<T>]>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Box<[T]>> for Box<[Shared<T>]> {
    type Input = Box<[Cloned<T>]>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: CloneToPass + Send + Sync + 'static> IntoArg<Box<[T]>> for Box<[&Shared<T>]> {
    type Input = Box<[Cloned<T>]>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().cloned().map(Cloned).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<T: Send + Sync + 'static> IntoArg<Box<[Arc<T>]>> for Box<[Shared<T>]> {
    type Input = Box<[Counted<T>]>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        self.into_iter().map(Counted).collect()
    }
}
