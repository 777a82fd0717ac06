//! Functions that a task can call by name in another process, and the encoding of what they take
//! and give.
//!
//! `#[delayed(remote)]` registers a function (`function`) with the codecs of its types (`codec`);
//! `registry` collects all of them, with the library's own (`own`), when it is first asked.

mod codec;
mod function;
mod own;
mod registry;

pub use codec::{Codec, Travels, TravelsByReference, by_reference, by_value};
pub use function::{Arguments, Checked, Fault, Gives, Owned, Plain, RemoteFunction};
pub(crate) use own::PART;
pub(crate) use registry::{decode, encode, knows_type, operator};
pub use registry::{invoke, named_twice, names};
