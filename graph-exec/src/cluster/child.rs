//! This program as a child of a dask worker, where it runs tasks.

#[cfg(unix)]
mod serve;

use serde::de::DeserializeOwned;

/// The environment variable that a worker sets for its child: `serve`, or `greet` for a child that
/// ends after the greeting.
pub(super) const VARIABLE: &str = "GRAPH_EXEC_CLUSTER_CHILD";

/// Must be the first line of `main` in a program that computes on clusters, unless
/// [`setup`] is.
///
/// In a program that a dask worker has started, it runs the worker's tasks and does not return: nothing
/// of what follows it in `main` happens there. In any other it does nothing.
///
/// What tasks print to standard output goes to the worker's standard error.
///
/// ```
/// graph_exec::cluster::init();
/// // … the program
/// ```
pub fn init() {
    become_a_child_if_asked(None);
}

/// Is [`init`], and sets up the children on the workers: `prepare` runs in every child before its first
/// task, and in no other process.
///
/// A child runs nothing of `main` behind this line. What tasks need of it (statics, a logger, a pool, a
/// working folder) belongs in a function that both call. A child has the arguments of the client
/// ([`ClusterBuilder::arguments`](super::ClusterBuilder::arguments)), its own environment with the
/// variables that the client
/// [names](super::ClusterBuilder::environment), and the value that the client
/// [sends](super::ClusterBuilder::send). A panic in `prepare` ends the run, with its message.
///
/// ```
/// use std::sync::OnceLock;
///
/// static FACTOR: OnceLock<f64> = OnceLock::new();
///
/// fn prepare(arguments: impl Iterator<Item = String>) {
///     let factor = arguments.last().and_then(|last| last.parse().ok());
///     FACTOR.set(factor.unwrap_or(1.0)).expect("it is called once");
/// }
///
/// fn main() {
///     graph_exec::cluster::setup(|_| prepare(std::env::args())); // on the workers
///     prepare(std::env::args()); // here
///     // … the program
/// }
/// ```
pub fn setup(prepare: impl FnOnce(&SetupContext)) {
    become_a_child_if_asked(Some(Box::new(prepare)));
}

/// Prepares a child.
type Prepare<'a> = Box<dyn FnOnce(&SetupContext) + 'a>;

fn become_a_child_if_asked(prepare: Option<Prepare<'_>>) {
    // On other systems, workers start no such children.
    #[cfg(unix)]
    if let Some(mode) = std::env::var_os(VARIABLE) {
        match serve::serve(mode == "greet", prepare) {
            Ok(()) => std::process::exit(0),
            Err(error) => {
                eprintln!("a child of a dask worker cannot go on: {error}");
                std::process::exit(1);
            }
        }
    }
    #[cfg(not(unix))]
    drop(prepare);
}

/// What the client sends along for the [setup](setup) of a child.
#[derive(Debug, Default)]
pub struct SetupContext {
    /// `None` when the client sends nothing.
    value: Option<Vec<u8>>,
}

/// Why there is no value for a setup.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The client sends none.
    #[error("the client sends no value along: `Cluster::builder(…).send(&value)` does")]
    NothingSent,
    /// The client sends a value of another type.
    #[error("the value that the client sends is no `{type_name}`: {message}")]
    OtherType {
        /// The type that was asked for.
        type_name: &'static str,
        /// What serde said.
        message: String,
    },
}

impl SetupContext {
    /// The value that the client [sends](super::ClusterBuilder::send).
    ///
    /// # Errors
    /// [`SetupError`] when it sends none, or one of another type.
    ///
    /// ```
    /// graph_exec::cluster::setup(|context| {
    ///     let thresholds: Vec<f64> = context.value().unwrap_or_default();
    ///     # drop(thresholds);
    ///     // …
    /// });
    /// ```
    pub fn value<T: DeserializeOwned>(&self) -> Result<T, SetupError> {
        let bytes = self.value.as_deref().ok_or(SetupError::NothingSent)?;
        let other = |message: String| SetupError::OtherType {
            type_name: std::any::type_name::<T>(),
            message,
        };
        match postcard::take_from_bytes(bytes) {
            Ok((value, [])) => Ok(value),
            Ok((_, rest)) => Err(other(format!("{} bytes are left over", rest.len()))),
            Err(error) => Err(other(error.to_string())),
        }
    }

    /// The bytes that go to children: nothing, or the encoded value behind a byte.
    pub(super) fn encoded(value: Option<&[u8]>) -> Vec<u8> {
        value.map_or_else(Vec::new, |value| [&[1], value].concat())
    }

    #[cfg(unix)]
    fn from_encoded(bytes: &[u8]) -> Self {
        SetupContext { value: bytes.split_first().map(|(_, value)| value.to_vec()) }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_value_arrives_as_it_was_sent_and_nothing_else_does() {
        let sent = |bytes: Option<&[u8]>| SetupContext::from_encoded(&SetupContext::encoded(bytes));
        assert_eq!(sent(None).value::<u8>(), Err(SetupError::NothingSent));
        assert_eq!(sent(Some(&[7])).value::<u8>(), Ok(7));
        assert_eq!(sent(Some(&[])).value::<()>(), Ok(()));
        let error = sent(Some(&[7, 8])).value::<u8>().unwrap_err();
        assert!(error.to_string().contains("1 bytes are left over"), "{error}");
        assert!(matches!(sent(Some(&[])).value::<u8>(), Err(SetupError::OtherType { .. })));
    }
}
