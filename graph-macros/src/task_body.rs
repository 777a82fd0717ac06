//! What the code that builds a task is written from, and the names in it that several parts share.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Path, Type};

use crate::{
    args::Running,
    model::{Param, Passed},
    spans::located,
};

/// What it takes to build a task inside a function whose parameters have the given names.
pub struct TaskBody<'a> {
    /// Where the runtime is.
    pub runtime: &'a Path,
    /// The name to show.
    pub name: &'a Ident,
    /// The arguments.
    pub params: &'a [Param],
    /// A function to put beside the task.
    pub inner: &'a TokenStream,
    /// What to call with them.
    pub callee: &'a TokenStream,
    /// What that gives.
    pub result: &'a Type,
    /// Whether that is a `Result`.
    pub fallible: bool,
    /// How it is run.
    pub running: &'a Running,
    /// Of a function that other processes may call by name.
    pub signature: Option<String>,
}

/// The name of a parameter once it is taken.
pub fn taken(index: usize, ty: &Type) -> Ident {
    Ident::new(&format!("taken_{index}"), located(ty))
}

/// What the function is called with, and so is one that only looks at the same.
pub fn arguments(params: &[Param]) -> Vec<TokenStream> {
    let argument = |(index, param): (usize, &Param)| match &param.passed {
        Passed::ByValue(ty) => taken(index, ty).into_token_stream(),
        Passed::ByRef(ty) => {
            let taken = taken(index, ty);
            quote_spanned!(located(ty)=> #taken.get())
        }
    };
    params.iter().enumerate().map(argument).collect()
}

/// The name as users know it.
pub fn text(name: &Ident) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or_else(|| text.clone(), str::to_owned)
}
