//! Calling functions by name in another process, and encoding their arguments and results.
//!
//! Every task knows its `kind` of remote call, and can describe its arguments in a `template`. With
//! the feature `remote`, `#[delayed(remote)]` registers a function (`function`) with the codecs of its
//! types (`codec`), and `registry` collects all of them, with the library's own (`builtin`), when it
//! is first asked.

#[cfg(feature = "remote")]
mod builtin;
#[cfg(feature = "remote")]
mod codec;
pub(crate) mod error;
#[cfg(feature = "remote")]
mod function;
pub(crate) mod kind;
#[cfg(feature = "remote")]
pub(crate) mod registry;
pub(crate) mod template;

#[cfg(feature = "remote")]
pub use codec::{Codec, Travels, TravelsByReference, by_reference, by_value};
#[cfg(feature = "remote")]
pub use function::{Arguments, Call, Checked, Fault, Owned, Plain, RemoteFunction, RemoteReturn};
#[cfg(feature = "remote")]
pub use registry::{invoke, named_twice, names};

/// Puts a function with `remote` into the registry.
#[cfg(feature = "remote")]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_remote {
    ($($function:tt)*) => {
        $crate::__private::inventory::submit! { $($function)* }
    };
}

/// Says which feature is missing.
#[cfg(not(feature = "remote"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __register_remote {
    ($($function:tt)*) => {
        ::core::compile_error!(
            "`#[delayed(remote)]` needs the feature `cluster` of graph-exec (or `remote` of \
             graph-core): add it to `[dependencies]`"
        );
    };
}
