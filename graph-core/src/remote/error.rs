//! Why something cannot go to another process.

#![cfg_attr(
    not(feature = "remote"),
    allow(dead_code, reason = "only a task that runs in another process is described")
)]

/// Why a task's arguments cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(
    not(feature = "remote"),
    expect(unreachable_pub, reason = "executors get it with the feature")
)]
pub enum NotEncodable {
    /// No codec is registered for a constant's type, which has this name.
    #[error(
        "it holds a `{0}`, and no function with `remote` takes or gives one, nor is it built in"
    )]
    UnknownType(&'static str),
    /// An argument of this type is put together in a way that the encoding does not know.
    #[error("it is given a `{0}`, which is put together here; pass the result itself")]
    Assembled(&'static str),
    /// A run in this process has taken the inputs to count their bytes, and did not run the task.
    #[error("an earlier run on this machine has taken its inputs already; compute it here")]
    Taken,
    /// Serde could not write a constant.
    #[error("a `{type_name}` in it cannot be encoded: {message}")]
    Encoding {
        /// The constant's type.
        type_name: &'static str,
        /// What serde said.
        message: String,
    },
}
