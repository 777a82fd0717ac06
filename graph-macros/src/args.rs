//! The attribute's options: `#[delayed(fallible, retries = 3, crate = path)]`.

pub(crate) mod attempts;
pub(crate) mod limits;
mod value;

use proc_macro2::TokenStream;
use syn::{
    ExprPath, Ident, Path, Token,
    ext::IdentExt as _,
    parse::{Parse, ParseStream, Parser},
};

use self::{
    attempts::AttemptOptions,
    limits::Limits,
    value::{no_value, value},
};
use crate::errors::Errors;

/// The options in the parentheses of the attribute.
#[derive(Default, Clone)]
pub(crate) struct Args {
    /// Whether the function may fail; `None` when its return type tells.
    pub fallible: Option<bool>,
    /// The path of graph-core; `None` when the user's manifest tells it.
    pub runtime: Option<Path>,
    /// The name of an `impl` block's trait, when it was given.
    pub trait_name: Option<Ident>,
    /// How the task is run.
    pub run_options: RunOptions,
    /// Whether parameters may be handles.
    pub handles: bool,
    /// The name for the function itself, beside the one that builds a task.
    pub plain: Option<Ident>,
    /// The word `remote`, when it was given.
    pub remote: Option<Ident>,
    /// The first given option that is for one function.
    pub function_option: Option<Ident>,
    /// The first given option that is for a whole `impl` block, or for a function outside of one.
    pub block_option: Option<Ident>,
}

/// How a task is run.
#[derive(Default, Clone)]
pub(crate) struct RunOptions {
    /// How it is tried.
    pub attempts: AttemptOptions,
    /// The function that counts the bytes that a task needs, from its arguments.
    pub bytes: Option<ExprPath>,
    /// The function that counts the bytes of a result.
    pub result_bytes: Option<ExprPath>,
    /// What limits how many tasks run at once. The body of a task knows nothing of it.
    pub limits: Limits,
}

impl RunOptions {
    /// Whether no option was given that the body of a task has to know.
    pub(crate) fn is_default(&self) -> bool {
        self.attempts.is_default() && self.bytes.is_none() && self.result_bytes.is_none()
    }
}

const KNOWN: &str = "the options are `fallible`, `infallible`, `handles`, `remote`, `retries = 3`, \
                     `backoff = \"100ms..10s\"`, `retry_if = path`, `resettable`, `timeout = \"30s\"`, `bytes = path`, \
                     `result_bytes = path`, `resource(\"gpu\")`, `at_most = 1`, `plain = name`, `crate = path` and, on an `impl` block, \
                     `trait = Name`";

impl Args {
    /// Reads the options; each error says what to write instead of a wrong one.
    pub(crate) fn parse(tokens: TokenStream) -> (Args, Errors) {
        let mut args = Args::default();
        let mut errors = Errors::default();
        let parsed = Parser::parse2(
            |input: ParseStream<'_>| {
                let mut seen: Vec<String> = Vec::new();
                while !input.is_empty() {
                    let name = input.call(Ident::parse_any)?;
                    if seen.contains(&name.to_string()) && name != "resource" {
                        errors.add(syn::Error::new(
                            name.span(),
                            format!("`{name}` is given twice; leave one out"),
                        ));
                    }
                    seen.push(name.to_string());
                    if let Err(error) = args.option(&name, input) {
                        errors.add(error);
                        skip_to_comma(input)?;
                    }
                    if !input.is_empty() {
                        input.parse::<Token![,]>()?;
                    }
                }
                Ok(())
            },
            tokens,
        );
        if let Err(error) = parsed {
            errors.add(error);
        }
        args.run_options.attempts.check(&mut errors);
        if let (Some(path), None) = (&args.run_options.result_bytes, &args.run_options.bytes) {
            errors.at(
                path,
                "`result_bytes` corrects what `bytes` says before the task starts: give both, \
                 `#[delayed(bytes = path::to::function, result_bytes = …)]`",
            );
        }
        (args, errors)
    }

    fn option(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let option = name.to_string();
        match option.as_str() {
            "fallible" | "infallible" | "handles" | "plain" | "remote" | "retries" | "backoff"
            | "retry_if" | "resettable" | "timeout" | "bytes" | "result_bytes" | "resource"
            | "at_most" => {
                self.function_option.get_or_insert_with(|| name.clone());
            }
            "crate" | "trait" => {
                self.block_option.get_or_insert_with(|| name.clone());
            }
            _ => {}
        }
        if let Some(read) = self.run_options.attempts.option(name, input) {
            return read;
        }
        match option.as_str() {
            "remote" => {
                no_value("remote", input)?;
                self.remote = Some(name.clone());
                Ok(())
            }
            "handles" => {
                no_value("handles", input)?;
                self.handles = true;
                Ok(())
            }
            "plain" => {
                let plain = value(
                    name,
                    input,
                    "`plain` takes a name for the function that runs at once: write `plain = slowinc_now`",
                    Ident::parse,
                )?;
                self.plain = Some(plain);
                Ok(())
            }
            word @ ("fallible" | "infallible") => {
                no_value(word, input)?;
                let fallible = word == "fallible";
                if self.fallible == Some(!fallible) {
                    return Err(syn::Error::new(
                        name.span(),
                        "`fallible` and `infallible` exclude each other: `fallible` hands on what \
                         is in `Ok`, `infallible` hands on the `Result` itself",
                    ));
                }
                self.fallible = Some(fallible);
                Ok(())
            }
            "crate" => {
                let path = value(
                    name,
                    input,
                    "`crate` takes the path of graph-core: write `crate = path::to::graph_core`, without quotes",
                    Path::parse_mod_style,
                )?;
                self.runtime = Some(path);
                Ok(())
            }
            "trait" => {
                let trait_name = value(
                    name,
                    input,
                    "`trait` takes the name of the trait to generate: write `trait = ModelTasks`",
                    Ident::parse,
                )?;
                self.trait_name = Some(trait_name);
                Ok(())
            }
            "bytes" => {
                let path = value(
                    name,
                    input,
                    "`bytes` takes the path of a function that borrows the arguments and returns \
                     a `usize`: write `bytes = path::to::function`",
                    ExprPath::parse,
                )?;
                self.run_options.bytes = Some(path);
                Ok(())
            }
            "result_bytes" => {
                let path = value(
                    name,
                    input,
                    "`result_bytes` takes the path of a function that borrows the result and returns \
                     a `usize`: write `result_bytes = path::to::function`",
                    ExprPath::parse,
                )?;
                self.run_options.result_bytes = Some(path);
                Ok(())
            }
            "resource" => self.run_options.limits.read_resource(name, input),
            "at_most" => self.run_options.limits.read_at_most(name, input),
            _ => Err(syn::Error::new(
                name.span(),
                match advice_for(&name.to_string()) {
                    Some(advice) => format!("`{name}` is not an option of `#[delayed]`: {advice}"),
                    None => format!("`{name}` is not an option of `#[delayed]`; {KNOWN}"),
                },
            )),
        }
    }
}

/// What to write for an option that Dask has, or that belongs to a single call.
fn advice_for(name: &str) -> Option<&'static str> {
    Some(match name {
        "name" | "named" | "dask_key_name" => {
            "a call says it of its own task, `function(x).named(\"…\")`"
        }
        "priority" => "a call says it of its own task, `function(x).priority(1)`",
        "nout" => "the parts of a tuple or an array are `function(x).unzip()`",
        "pure" => {
            "calls are never merged: make one handle with `.shared()`, and pass `&handle` to each"
        }
        "retry" => "write `retries = 3`",
        _ => return None,
    })
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU8;

    use quote::quote;

    use super::*;

    fn messages(tokens: TokenStream) -> Vec<String> {
        match Args::parse(tokens).1.finish() {
            Ok(()) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.to_string()).collect(),
        }
    }

    #[test]
    fn reads_every_option() {
        let (args, mut outcome) =
            Args::parse(quote!(fallible, crate = ::a::b, trait = ModelTasks,));
        assert!(outcome.finish().is_ok());
        assert_eq!(args.fallible, Some(true));
        assert!(args.runtime.is_some());
        assert_eq!(args.trait_name.unwrap(), "ModelTasks");
    }

    #[test]
    fn every_wrong_option_is_reported_in_one_go() {
        let messages = messages(quote!(distant, fallible = true, crate = "x", fallible));
        assert_eq!(messages.len(), 4, "{messages:?}");
        assert!(messages[0].contains("`distant` is not an option"));
        assert!(messages[1].contains("takes no value"));
        assert!(messages[2].contains("without quotes"));
        assert!(messages[3].contains("given twice"));
    }

    #[test]
    fn reads_how_a_function_is_run() {
        let (args, mut outcome) = Args::parse(quote!(
            retries = 255,
            bytes = Self::size::<T>,
            result_bytes = <T as Size>::of
        ));
        assert!(outcome.finish().is_ok());
        assert_eq!(args.run_options.attempts.retries, NonZeroU8::new(255));
        assert!(args.run_options.bytes.is_some() && args.run_options.result_bytes.is_some());
    }

    #[test]
    fn wrong_numbers_of_retries_are_refused() {
        for tokens in [
            quote!(retries = 0),
            quote!(retries = 256),
            quote!(retries = -1),
            quote!(retries = "3"),
            quote!(retries = 1.5),
            quote!(retries = N),
            quote!(retries = 1 + 1),
            quote!(retries),
        ] {
            let messages = messages(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].contains("from 1 to 255"), "{tokens}: {messages:?}");
        }
    }

    #[test]
    fn options_about_attempts_say_what_is_wrong_with_them() {
        for (tokens, part) in [
            (quote!(retries = 1, backoff = "10s..1s"), "ends before it begins"),
            (quote!(retries = 1, backoff = "0s..1s"), "no wait at all"),
            (quote!(retries = 1, backoff = "1s"), "the shortest and the longest wait"),
            (quote!(retries = 1, backoff = 5), "the shortest and the longest wait"),
            (quote!(backoff = "1s..2s"), "`backoff` is about further attempts"),
            (quote!(retry_if = f), "`retry_if` is about further attempts"),
            (
                quote!(retries = 1, retry_if = |e| true),
                "the path of a function that borrows the error",
            ),
            (quote!(timeout = "0s"), "leaves no time"),
            (quote!(timeout = "soon"), "how long an attempt may take"),
            (quote!(timeout = 30), "how long an attempt may take"),
        ] {
            let messages = messages(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].contains(part), "{tokens}: {messages:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_path_are_refused() {
        for tokens in
            [quote!(bytes = |x| 1), quote!(bytes = 5), quote!(bytes = f(1)), quote!(bytes)]
        {
            let messages = messages(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].contains("the path of a function"), "{tokens}: {messages:?}");
        }
        assert!(messages(quote!(result_bytes = f))[0].contains("give both"));
    }

    #[test]
    fn wrong_limits_are_refused() {
        for tokens in [
            quote!(resource),
            quote!(resource = "gpu"),
            quote!(resource()),
            quote!(resource(gpu)),
            quote!(resource("")),
            quote!(resource("gpu", 0)),
            quote!(resource("gpu", -1)),
            quote!(resource("gpu", 1, 2)),
            quote!(resource("gpu" 2)),
        ] {
            let messages = messages(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].contains("how much of it a task needs"), "{tokens}: {messages:?}");
        }
        for tokens in
            [quote!(at_most), quote!(at_most = 0), quote!(at_most = "1"), quote!(at_most(1))]
        {
            let messages = messages(tokens.clone());
            assert_eq!(messages.len(), 1, "{tokens}: {messages:?}");
            assert!(messages[0].contains("may run at once"), "{tokens}: {messages:?}");
        }
        assert!(messages(quote!(resource("gpu"), resource("disk", 2), at_most = 3)).is_empty());
        assert!(messages(quote!(resource("gpu"), resource("gpu", 2)))[0].contains("given twice"));
        assert!(messages(quote!(at_most = 1, at_most = 2))[0].contains("given twice"));
    }

    #[test]
    fn remote_is_a_word_alone() {
        assert!(Args::parse(quote!(remote)).0.remote.is_some());
        assert!(messages(quote!(remote = true))[0].contains("takes no value"));
    }

    #[test]
    fn opposite_options_are_refused() {
        assert!(messages(quote!(fallible, infallible))[0].contains("exclude each other"));
    }
}
