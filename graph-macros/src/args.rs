//! The attribute's options: `#[delayed(fallible, crate = path)]`.

use proc_macro2::TokenStream;
use syn::{
    Ident, Path, Token,
    ext::IdentExt as _,
    parse::{Parse, ParseStream, Parser},
};

use crate::errors::Errors;

/// What the user asked for in the parentheses.
#[derive(Default)]
pub struct Args {
    /// Whether the function may fail, where its return type does not say so.
    pub fallible: Option<bool>,
    /// Where the runtime is, instead of where the user's manifest says.
    pub runtime: Option<Path>,
    /// The name of an `impl` block's trait, and where it was given.
    pub trait_name: Option<Ident>,
}

const KNOWN: &str = "the options are `fallible`, `infallible`, `crate = path` and, on an `impl` block, `trait = Name`";

impl Args {
    /// Reads the options and says of every wrong one what to write instead.
    pub fn parse(tokens: TokenStream) -> (Args, Errors) {
        let mut args = Args::default();
        let mut errors = Errors::default();
        let parsed = Parser::parse2(
            |input: ParseStream<'_>| {
                let mut seen: Vec<String> = Vec::new();
                while !input.is_empty() {
                    let name = input.call(Ident::parse_any)?;
                    if seen.contains(&name.to_string()) {
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
        (args, errors)
    }

    fn option(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match name.to_string().as_str() {
            word @ ("fallible" | "infallible") => {
                if !input.is_empty() && !input.peek(Token![,]) {
                    let message = format!("`{word}` takes no value: write `#[delayed({word})]`");
                    return Err(syn::Error::new(input.span(), message));
                }
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
            _ => Err(syn::Error::new(
                name.span(),
                format!("`{name}` is not an option of `#[delayed]`; {KNOWN}"),
            )),
        }
    }
}

/// Reads `= value`, or says what to write instead.
fn value<T>(
    name: &Ident,
    input: ParseStream<'_>,
    advice: &str,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let span = |input: ParseStream<'_>| {
        if input.is_empty() || input.peek(Token![,]) { name.span() } else { input.span() }
    };
    let here = span(input);
    input.parse::<Token![=]>().map_err(|_| syn::Error::new(here, advice))?;
    let here = span(input);
    parse(input).map_err(|_| syn::Error::new(here, advice))
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
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
        let messages = messages(quote!(remote, fallible = true, crate = "x", fallible));
        assert_eq!(messages.len(), 4, "{messages:?}");
        assert!(messages[0].contains("`remote` is not an option"));
        assert!(messages[1].contains("takes no value"));
        assert!(messages[2].contains("without quotes"));
        assert!(messages[3].contains("given twice"));
    }

    #[test]
    fn opposite_options_are_refused() {
        assert!(messages(quote!(fallible, infallible))[0].contains("exclude each other"));
    }
}
