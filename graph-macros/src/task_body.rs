//! The parts of a task that code is written from, and the identifiers that occur in several places.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Path, Type};

use crate::{
    args::RunOptions,
    model::{Param, Passed},
    spans::located,
};

/// The parts of a task that is built inside a function with the given parameters.
pub(crate) struct TaskBody<'a> {
    /// The path of graph-core.
    pub runtime: &'a Path,
    /// The name of the function, which pictures and errors show.
    pub name: &'a Ident,
    /// The parameters of the function around the task, which become its arguments.
    pub params: &'a [Param],
    /// The user's function, to be written beside the task; empty when it stands in an `impl` block.
    pub inner: &'a TokenStream,
    /// The path of the function that the task calls.
    pub callee: &'a TokenStream,
    /// The type that it returns.
    pub result: &'a Type,
    /// Whether that is a `Result` of which dependents see the value in `Ok`.
    pub fallible: bool,
    /// How the task is run.
    pub run_options: &'a RunOptions,
    /// The signature as people read it; `None` unless other processes may call the function by name.
    pub signature: Option<String>,
}

/// The identifier of an argument in the body of the task.
pub(crate) fn taken(index: usize, ty: &Type) -> Ident {
    Ident::new(&format!("taken_{index}"), located(ty))
}

/// Writes the arguments of a call of the function, or of one that counts the bytes of its arguments.
pub(crate) fn arguments(params: &[Param]) -> Vec<TokenStream> {
    let argument = |(index, param): (usize, &Param)| match &param.passed {
        Passed::ByValue(ty) => taken(index, ty).into_token_stream(),
        Passed::ByRef(ty) => {
            let taken = taken(index, ty);
            quote_spanned!(located(ty)=> #taken.get())
        }
    };
    params.iter().enumerate().map(argument).collect()
}

/// The name as users know it, without `r#`.
pub(crate) fn text(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned)
}
