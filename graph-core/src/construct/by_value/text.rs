//! Texts and paths: borrowed ones are copied when the task is built, handles of one kind serve another.

use std::path::{Path, PathBuf};

use crate::{
    construct::{
        by_value::IntoArg,
        input::{Cloned, Constant, Converted, Sealed},
    },
    handle::{Delayed, Shared},
};

#[diagnostic::do_not_recommend]
impl IntoArg<String> for &str {
    type Input = Constant<String>;
    fn into_arg(self, _: Sealed) -> Constant<String> {
        Constant(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<String> for &String {
    type Input = Constant<String>;
    fn into_arg(self, _: Sealed) -> Constant<String> {
        Constant(self.clone())
    }
}

// What `.iter()` of texts and paths gives.
#[diagnostic::do_not_recommend]
impl IntoArg<String> for &&str {
    type Input = Constant<String>;
    fn into_arg(self, _: Sealed) -> Constant<String> {
        Constant((*self).to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &&str {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant((*self).into())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &&Path {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant((*self).to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<String> for Delayed<&'static str> {
    type Input = Converted<Delayed<&'static str>, String>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        Converted::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &str {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &Path {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant(self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &PathBuf {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for String {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &String {
    type Input = Constant<PathBuf>;
    fn into_arg(self, _: Sealed) -> Constant<PathBuf> {
        Constant(self.into())
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for Delayed<String> {
    type Input = Converted<Delayed<String>, PathBuf>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        Converted::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for Delayed<&'static str> {
    type Input = Converted<Delayed<&'static str>, PathBuf>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        Converted::new(self)
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for Shared<String> {
    type Input = Converted<Cloned<String>, PathBuf>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        Converted::new(Cloned(self))
    }
}

#[diagnostic::do_not_recommend]
impl IntoArg<PathBuf> for &Shared<String> {
    type Input = Converted<Cloned<String>, PathBuf>;
    fn into_arg(self, _: Sealed) -> Self::Input {
        Converted::new(Cloned(self.clone()))
    }
}
