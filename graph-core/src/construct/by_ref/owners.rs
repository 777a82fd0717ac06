//! `Arc` and `Box`: owners of something else, which may be a `dyn Trait`.

use std::sync::Arc;

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
