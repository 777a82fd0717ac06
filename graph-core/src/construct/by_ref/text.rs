//! Texts and paths: borrowed ones are copied when the task is built.

use std::path::{Path, PathBuf};

use crate::{
    construct::{
        by_ref::IntoRef,
        input::{Borrowed, Constant},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl IntoRef<str> for String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

// What `.iter()` of texts and paths gives.
#[diagnostic::do_not_recommend]
impl IntoRef<str> for &&str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant((*self).to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &&str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant((*self).to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &&Path {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant((*self).to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Delayed<String> {
    type Input = Delayed<String>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<str> for &Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for PathBuf {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Path {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &PathBuf {
    type Input = Constant<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Delayed<PathBuf> {
    type Input = Delayed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Shared<PathBuf> {
    type Input = Borrowed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Shared<PathBuf> {
    type Input = Borrowed<PathBuf>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &str {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &String {
    type Input = Constant<String>;
    fn into_ref(self) -> Self::Input {
        Constant(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Delayed<String> {
    type Input = Delayed<String>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Delayed<&'static str> {
    type Input = Delayed<&'static str>;
    fn into_ref(self) -> Self::Input {
        self
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoRef<Path> for &Shared<String> {
    type Input = Borrowed<String>;
    fn into_ref(self) -> Self::Input {
        Borrowed(self.clone())
    }
}
