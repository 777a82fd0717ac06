//! Functions that a task can call by name in another process, and the encoding of what they take
//! and give.
//!
//! `#[delayed(remote)]` registers a function (`function`) with the codecs of its types (`codec`);
//! `registry` collects all of them, with the library's own (`builtin`), when it is first asked.

#[cfg(feature = "remote")]
mod builtin;
#[cfg(feature = "remote")]
mod codec;
#[cfg(feature = "remote")]
mod function;
pub(crate) mod kind;
#[cfg(feature = "remote")]
pub(crate) mod registry;
pub(crate) mod template;

#[cfg(feature = "remote")]
pub(crate) use builtin::PART;
#[cfg(feature = "remote")]
pub use codec::{Codec, Travels, TravelsByReference, by_reference, by_value};
#[cfg(feature = "remote")]
pub use function::{Arguments, Checked, Fault, Gives, Owned, Plain, RemoteFunction};
#[cfg(feature = "remote")]
pub use registry::{invoke, named_twice, names};
