//! How the values of a type are written and read: with serde, in the format of postcard.
//!
//! Postcard writes the parts of a value one after another, which is what lets a [`Template`] put
//! an argument together out of encoded results.
//!
//! [`Template`]: crate::remote::template::Template

use std::{
    any::{Any, TypeId, type_name},
    fmt,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

/// A type whose values may go to another process.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot travel to another machine: it is not `Serialize` and `DeserializeOwned`",
    label = "taken or given by a function with `remote`, so serde must know how to write and read it",
    note = "derive them, `#[derive(serde::Serialize, serde::Deserialize)]`; return an owned value, `String` instead of `&'static str`; or leave `remote` out"
)]
pub trait Travels: Serialize + DeserializeOwned + 'static {}
#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + 'static> Travels for T {}

/// A type that a function may borrow of what came from another process.
#[diagnostic::on_unimplemented(
    message = "a `{Self}` cannot travel to another machine: it is not `Serialize` and `DeserializeOwned`",
    label = "borrowed by a function with `remote`, so serde must know how to write and read it",
    note = "derive them, `#[derive(serde::Serialize, serde::Deserialize)]`; borrow a type with a size, a slice, `&str` or `&Path`; or leave `remote` out"
)]
pub trait TravelsByReference: 'static {
    /// What is read from bytes, and lent to the function.
    type Owner: DeserializeOwned + 'static;
    /// The borrow for the function.
    fn lend(owner: &Self::Owner) -> &Self;
    /// Writes the value as its owner would be written.
    fn write(&self) -> Result<Vec<u8>, postcard::Error>;
    /// The codecs to register for a parameter of this type.
    fn codecs() -> Vec<Codec>;
}

#[diagnostic::do_not_recommend]
impl<T: Travels> TravelsByReference for T {
    type Owner = T;
    fn lend(owner: &T) -> &T {
        owner
    }
    fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }
    fn codecs() -> Vec<Codec> {
        vec![Codec::new::<T>()]
    }
}

#[diagnostic::do_not_recommend]
impl<T: Travels> TravelsByReference for [T] {
    type Owner = Vec<T>;
    fn lend(owner: &Vec<T>) -> &[T] {
        owner
    }
    fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }
    fn codecs() -> Vec<Codec> {
        vec![Codec::borrowed::<[T]>(), Codec::new::<Vec<T>>(), Codec::new::<T>()]
    }
}

#[diagnostic::do_not_recommend]
impl TravelsByReference for str {
    type Owner = String;
    fn lend(owner: &String) -> &str {
        owner
    }
    fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }
    fn codecs() -> Vec<Codec> {
        vec![Codec::borrowed::<str>()]
    }
}

#[diagnostic::do_not_recommend]
impl TravelsByReference for Path {
    type Owner = PathBuf;
    fn lend(owner: &PathBuf) -> &Path {
        owner
    }
    fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        postcard::to_allocvec(self)
    }
    fn codecs() -> Vec<Codec> {
        vec![Codec::borrowed::<Path>()]
    }
}

/// Reads and writes the values of one type; itself of no such type, so that all are in one map.
#[derive(Clone, Copy)]
pub struct Codec {
    pub(super) type_id: TypeId,
    pub(super) type_name: &'static str,
    /// A [`Writer`] of the type.
    pub(super) writer: &'static (dyn Any + Send + Sync),
    /// `None` for a type that can only be written.
    pub(super) reader: Option<Reader>,
}

/// Reads the values of one type.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    /// A [`Read`] of the type.
    pub(super) read: &'static (dyn Any + Send + Sync),
    /// How many of some bytes belong to the value that they begin with.
    pub(super) length: fn(&[u8]) -> Result<usize, postcard::Error>,
}

/// Writes a `T`, behind `dyn Any`.
pub(super) struct Writer<T: ?Sized>(pub(super) fn(&T) -> Result<Vec<u8>, postcard::Error>);

/// Reads a `T`, behind `dyn Any`.
pub(super) struct Read<T>(pub(super) fn(&[u8]) -> Result<T, postcard::Error>);

impl fmt::Debug for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codec")
            .field("type_name", &self.type_name)
            .field("reads", &self.reader.is_some())
            .finish_non_exhaustive()
    }
}

impl<T: TravelsByReference + ?Sized> Writer<T> {
    const WRITER: Self = Writer(T::write);
}

impl<T: DeserializeOwned> Read<T> {
    const READ: Self = Read(|bytes| match postcard::take_from_bytes(bytes)? {
        (value, []) => Ok(value),
        // More bytes than the value has: they were not written for this type.
        _ => Err(postcard::Error::DeserializeBadEncoding),
    });
}

impl Codec {
    /// The codec of a type that can be written and read.
    pub fn new<T: Travels>() -> Self {
        let length = |bytes: &[u8]| {
            postcard::take_from_bytes::<T>(bytes).map(|(_, rest)| bytes.len() - rest.len())
        };
        Codec { reader: Some(Reader { read: &Read::<T>::READ, length }), ..Codec::borrowed::<T>() }
    }

    /// The codec of a type that a function borrows: it is written, and its owner is read.
    pub(super) fn borrowed<T: TravelsByReference + ?Sized>() -> Self {
        Codec {
            type_id: TypeId::of::<T>(),
            type_name: type_name::<T>(),
            writer: &Writer::<T>::WRITER,
            reader: None,
        }
    }

    /// The codec of texts in the program itself: they are written, and read as `String`s.
    pub(super) fn static_text() -> Self {
        const WRITER: Writer<&'static str> = Writer(postcard::to_allocvec);
        Codec {
            type_id: TypeId::of::<&'static str>(),
            type_name: type_name::<&'static str>(),
            writer: &WRITER,
            reader: None,
        }
    }
}

/// The codecs of a parameter taken by value, or of a result.
pub fn by_value<T: Travels>() -> Vec<Codec> {
    vec![Codec::new::<T>()]
}

/// The codecs of a parameter taken by reference.
pub fn by_reference<T: TravelsByReference + ?Sized>() -> Vec<Codec> {
    T::codecs()
}
