//! `zip`: one task for the results of two handles.

use crate::{
    construct::{
        call::{builtin_tasks, call},
        diagnostics::CloneToPass,
        gather::Gather,
        input::{Cloned, Sealed},
    },
    handle::{Delayed, Shared},
    remote::kind::RemoteKind,
};

builtin_tasks!(Zip = "zip": RemoteKind::Nothing);

impl<T: Send + 'static> Delayed<T> {
    /// Builds a task that gives a pair: this result, and that of another handle, or of whatever
    /// [`gather`](crate::gather()) takes. [`unzip`](Delayed::unzip) is the way back.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, value};
    ///
    /// let quote: Delayed<(&str, f64)> = value("ibm").zip(value(101.5));
    /// # drop(quote);
    /// ```
    #[track_caller]
    pub fn zip<H: Gather>(self, other: H) -> Delayed<(T, H::Value)> {
        call::<Zip, _, _, _>((self, (other.parts(Sealed), ())), |(this, (other, ()))| (this, other))
    }
}

impl<T: CloneToPass + Send + Sync + 'static> Shared<T> {
    /// Builds a task that gives a pair: a clone of this result, and the result of another handle, or of
    /// whatever [`gather`](crate::gather()) takes.
    ///
    /// ```
    /// # extern crate graph_core as graph_exec;
    /// use graph_exec::{Delayed, value};
    ///
    /// let name = value("ibm").shared();
    /// let quote: Delayed<(&str, f64)> = name.zip(value(101.5));
    /// # drop((name, quote));
    /// ```
    #[track_caller]
    pub fn zip<H: Gather>(&self, other: H) -> Delayed<(T, H::Value)> {
        call::<Zip, _, _, _>(
            (Cloned(self.clone()), (other.parts(Sealed), ())),
            |(this, (other, ()))| (this, other),
        )
    }
}
