//! What a client sends along for the setup of a child.

use serde::de::DeserializeOwned;

/// Prepares a child.
pub(super) type Prepare<'a> = Box<dyn FnOnce(&SetupContext) + 'a>;

/// What the client sends along for the [setup](crate::cluster::setup) of a child.
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
    /// The value that the client [sends](crate::cluster::ClusterBuilder::send).
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
    pub(in crate::cluster) fn encoded(value: Option<&[u8]>) -> Vec<u8> {
        value.map_or_else(Vec::new, |value| [&[1], value].concat())
    }

    #[cfg(unix)]
    pub(super) fn from_encoded(bytes: &[u8]) -> Self {
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
