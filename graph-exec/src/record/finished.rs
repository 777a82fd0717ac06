//! The value of a run together with its record.

use std::fmt;

use super::run_record::RunRecord;
use crate::error::Error;

/// The value of a run and the record of what it did.
///
/// ```
/// use graph_exec::{Executor, prelude::*};
///
/// let finished = Executor::default().run(value(41).map(|n| n + 1))?;
/// println!("{finished}");
/// assert_eq!(finished.into_value(), 42);
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Finished<V> {
    value: V,
    record: RunRecord,
}

impl<V> Finished<V> {
    pub(crate) fn new(value: V, record: RunRecord) -> Self {
        Finished { value, record }
    }

    /// The value.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(*Executor::serial().run(value(1)).unwrap().value(), 1);
    /// ```
    pub fn value(&self) -> &V {
        &self.value
    }

    /// The value, owned.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().into_value(), 1);
    /// ```
    pub fn into_value(self) -> V {
        self.value
    }

    /// What the run did.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().record().workers(), 1);
    /// ```
    pub fn record(&self) -> &RunRecord {
        &self.record
    }

    /// What the run did, owned.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().run(value(1)).unwrap().into_record().tasks().len(), 1);
    /// ```
    pub fn into_record(self) -> RunRecord {
        self.record
    }
}

impl<V> Finished<Result<V, Error>> {
    /// The value of an attempt that succeeded, or its error, without the record.
    ///
    /// # Errors
    /// What the run ended with.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// assert_eq!(Executor::serial().attempt(value(1)).into_result()?, 1);
    /// # Ok::<(), graph_exec::Error>(())
    /// ```
    pub fn into_result(self) -> Result<V, Error> {
        self.value
    }
}

impl<V> fmt::Display for Finished<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.record.fmt(f)
    }
}
