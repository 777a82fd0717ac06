//! The `#[delayed]` attribute.

use proc_macro::TokenStream;
use syn::{Path, parse_macro_input};

use crate::{
    args::{Args, Errors},
    model::Task,
    source::{Source, SourceFn},
};

mod args;
mod attributes;
mod expand;
mod fallback;
mod generics;
mod lifetimes;
mod model;
mod runtime;
mod source;

/// TODO
#[proc_macro_attribute]
pub fn delayed(options: TokenStream, item: TokenStream) -> TokenStream {
    let source = parse_macro_input!(item as Source);
    let (args, mut problems) = Args::parse(options.into());
    let runtime = match args.runtime.clone().map_or_else(runtime::path, Ok) {
        Ok(path) => Some(path),
        Err(error) => {
            problems.add(error);
            None
        }
    };
    match source {
        Source::Function(function) => {
            delayed_function(&function, &args, runtime.as_ref(), problems)
        }
        Source::Impl(_block) => todo!(),
    }
    .into()
}

fn delayed_function(
    source: &SourceFn,
    args: &Args,
    runtime: Option<&Path>,
    mut problems: Errors,
) -> proc_macro2::TokenStream {
    let task = Task::new(source, args).map_err(|error| problems.add(error));
    match (task, runtime, problems.finish()) {
        (Ok(task), Some(runtime), Ok(())) => expand::expand(&task, runtime),
        (_, runtime, problems) => {
            let error = problems.expect_err("a missing task or runtime was added to the problems");
            fallback::function(&error, source, args, runtime)
        }
    }
}
