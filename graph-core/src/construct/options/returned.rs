//! What a function returns, and the result that dependents see.

use std::marker::PhantomData;

use crate::{construct::diagnostics::TaskResult, fallible::Fallible, task::failure::Cause};

/// Says how a task's result is made of what its function returns.
pub trait ReturnKind: 'static {
    /// What the function returns.
    type Returned;
    /// What dependents see.
    type Value: Send + 'static;
    /// Makes the result.
    fn result(returned: Self::Returned) -> Result<Self::Value, Cause>;
}

/// The function returns the result itself.
#[derive(Debug)]
pub struct Plain<T>(PhantomData<fn() -> T>);

impl<T: TaskResult> ReturnKind for Plain<T> {
    type Returned = T;
    type Value = T;
    fn result(returned: T) -> Result<T, Cause> {
        Ok(returned)
    }
}

/// The function returns a `Result`, and dependents see what is inside `Ok`.
#[derive(Debug)]
pub struct Checked<R>(PhantomData<fn() -> R>);

#[diagnostic::do_not_recommend]
impl<R: Fallible + 'static> ReturnKind for Checked<R> {
    type Returned = R;
    type Value = R::Ok;
    fn result(returned: R) -> Result<R::Ok, Cause> {
        returned.into_result().map_err(Cause::returned)
    }
}
