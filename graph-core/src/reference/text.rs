//! Texts and paths: borrowed ones are copied when the task is built.

use std::path::{Path, PathBuf};

use crate::{
    Delayed, IntoRef, Shared,
    advice::PassedByReference,
    input::{Borrowed, Constant},
};

impl IntoRef<str> for String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

impl IntoRef<str> for &str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

impl IntoRef<str> for &String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

impl IntoRef<str> for Delayed<String> {
    type Input = Delayed<String>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

/// Never holds; there so that the compiler can say why.
#[doc(hidden)]
impl IntoRef<str> for &Delayed<String>
where
    for<'always> Delayed<String>: PassedByReference,
{
    type Input = Delayed<String>;
    fn into_ref(self) -> Self::Input {
        unreachable!("`PassedByReference` holds for nothing")
    }
}

impl IntoRef<str> for Delayed<&'static str> {
    type Input = Delayed<&'static str>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

impl IntoRef<str> for Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

impl IntoRef<str> for &Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

impl IntoRef<Path> for PathBuf {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

impl IntoRef<Path> for &Path {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

impl IntoRef<Path> for &PathBuf {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

impl IntoRef<Path> for Delayed<PathBuf> {
    type Input = Delayed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

/// Never holds; there so that the compiler can say why.
#[doc(hidden)]
impl IntoRef<Path> for &Delayed<PathBuf>
where
    for<'always> Delayed<PathBuf>: PassedByReference,
{
    type Input = Delayed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        unreachable!("`PassedByReference` holds for nothing")
    }
}

impl IntoRef<Path> for Shared<PathBuf> {
    type Input = Borrowed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

impl IntoRef<Path> for &Shared<PathBuf> {
    type Input = Borrowed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

impl IntoRef<Path> for String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

impl IntoRef<Path> for &str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

impl IntoRef<Path> for &String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

impl IntoRef<Path> for Delayed<String> {
    type Input = Delayed<String>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

impl IntoRef<Path> for Delayed<&'static str> {
    type Input = Delayed<&'static str>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

impl IntoRef<Path> for Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

impl IntoRef<Path> for &Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}
