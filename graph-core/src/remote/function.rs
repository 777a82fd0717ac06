//! Functions that can be called by name, with encoded arguments.

use std::{any::Any, error::Error, marker::PhantomData};

use serde::de::DeserializeOwned;

use super::codec::{Codec, Travels, TravelsByReference};
use crate::{construct::diagnostics::TaskResult, fallible::Fallible};

/// A function with `remote`, as generated code registers it.
#[derive(Debug)]
pub struct RemoteFunction {
    /// `module::name`.
    pub name: &'static str,
    /// Its signature, as it was written.
    pub signature: &'static str,
    /// The codecs of its parameters and its result.
    pub codecs: &'static [fn() -> Vec<Codec>],
    /// Calls it.
    pub call: Call,
}

inventory::collect!(RemoteFunction);

/// Calls a function with encoded arguments, and encodes its result.
pub type Call = fn(&mut Arguments<'_>) -> Result<Vec<u8>, Fault>;

/// Why a call by name has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The function returned an error: its text, with the texts of its causes.
    #[error("{0}")]
    Returned(String),
    /// No function has that name in this program.
    #[error("this program registers no function `{0}`")]
    Unknown(String),
    /// There are bytes behind the last argument, so they were not written for this function.
    #[error("{bytes} bytes are left over behind its arguments")]
    LeftOver {
        /// How many.
        bytes: usize,
    },
    /// An argument could not be read, or the result not be written.
    #[error("{what} of `{type_name}` cannot be {verb}: {message}")]
    Codec {
        /// What could not be: "an argument", "the result", "a part".
        what: &'static str,
        /// The name of its type.
        type_name: &'static str,
        /// "read" or "written".
        verb: &'static str,
        /// What serde said.
        message: String,
    },
}

/// The encoded arguments of a call, read one after another.
#[derive(Debug)]
pub struct Arguments<'a> {
    /// What was not read yet.
    rest: &'a [u8],
}

impl<'a> Arguments<'a> {
    /// Begins with the first argument.
    pub fn new(bytes: &'a [u8]) -> Self {
        Arguments { rest: bytes }
    }

    /// Reads the next argument, for a parameter taken by value.
    ///
    /// # Errors
    /// [`Fault::Codec`] when the bytes are not a `T`.
    pub fn by_value<T: Travels>(&mut self) -> Result<T, Fault> {
        self.read()
    }

    /// Reads the owner of the next argument, for a parameter taken by reference.
    ///
    /// # Errors
    /// [`Fault::Codec`] when the bytes are not an owner of a `U`.
    pub fn by_reference<U: TravelsByReference + ?Sized>(&mut self) -> Result<Owned<U>, Fault> {
        fn lend<U: TravelsByReference + ?Sized>(owner: &dyn Any) -> &U {
            U::lend(owner.downcast_ref().expect("the owner was put there"))
        }
        let owner: U::Owner = self.read()?;
        Ok(Owned { owner: Box::new(owner), lend: lend::<U> })
    }

    /// Says that there are no more parameters.
    ///
    /// # Errors
    /// [`Fault::LeftOver`] when there are more bytes.
    pub fn end(&self) -> Result<(), Fault> {
        match self.rest.len() {
            0 => Ok(()),
            bytes => Err(Fault::LeftOver { bytes }),
        }
    }

    /// All bytes that were not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    fn read<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        let (value, rest) = postcard::take_from_bytes(self.rest).map_err(|error| Fault::Codec {
            what: "an argument",
            type_name: std::any::type_name::<T>(),
            verb: "read",
            message: error.to_string(),
        })?;
        self.rest = rest;
        Ok(value)
    }
}

/// The owner of what a function borrows.
///
/// It has no bound on `U`, so that the compiler complains only once of a type that cannot travel.
#[derive(Debug)]
pub struct Owned<U: ?Sized> {
    owner: Box<dyn Any>,
    lend: fn(&dyn Any) -> &U,
}

impl<U: ?Sized> Owned<U> {
    /// The borrow for the function.
    pub fn get(&self) -> &U {
        (self.lend)(&*self.owner)
    }
}

/// Says how an encoded result is made of what a function returns.
pub trait RemoteReturn {
    /// What the function returns.
    type Returned;
    /// What dependents see.
    type Value: Travels;
    /// Encodes the result.
    ///
    /// # Errors
    /// [`Fault::Returned`] with the error that the function returned, [`Fault::Codec`] when serde
    /// cannot write the result.
    fn encoded(returned: Self::Returned) -> Result<Vec<u8>, Fault>;
}

/// The function returns the result itself.
#[derive(Debug)]
pub struct Plain<T>(PhantomData<T>);

impl<T: Travels + TaskResult> RemoteReturn for Plain<T> {
    type Returned = T;
    type Value = T;
    fn encoded(returned: T) -> Result<Vec<u8>, Fault> {
        write(&returned)
    }
}

/// The function returns a `Result`, and dependents see what is inside `Ok`.
#[derive(Debug)]
pub struct Checked<R>(PhantomData<R>);

#[diagnostic::do_not_recommend]
impl<R: Fallible<Ok: Travels>> RemoteReturn for Checked<R> {
    type Returned = R;
    type Value = R::Ok;
    fn encoded(returned: R) -> Result<Vec<u8>, Fault> {
        match returned.into_result() {
            Ok(value) => write(&value),
            Err(error) => {
                let error: Box<dyn Error + Send + Sync> = error.into();
                Err(Fault::Returned(with_causes(&*error)))
            }
        }
    }
}

fn write<T: Travels>(value: &T) -> Result<Vec<u8>, Fault> {
    postcard::to_allocvec(value).map_err(|error| Fault::Codec {
        what: "the result",
        type_name: std::any::type_name::<T>(),
        verb: "written",
        message: error.to_string(),
    })
}

/// Formats an error with those of its causes that its text does not repeat.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let inner = error.to_string();
        if !text.contains(&inner) {
            text = format!("{text}: {inner}");
        }
        cause = error.source();
    }
    text
}
