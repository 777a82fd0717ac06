//! The options that limit how many tasks run at once: `resource("gpu", 2)` and `at_most = 1`.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{LitInt, LitStr, Path, Token, parenthesized, parse::ParseStream};

/// What limits how many tasks of a function run at once.
#[derive(Default, Clone)]
pub(crate) struct Limits {
    /// (name, how much of it a task needs).
    resources: Vec<(LitStr, u32)>,
    /// How many tasks of the function run at once; `None` for any number.
    at_most: Option<u32>,
}

const RESOURCE: &str = "`resource` takes the name of a resource, and how much of it a task needs, from 1 on: write \
                        `resource(\"gpu\")` or `resource(\"gpu\", 2)`";
const AT_MOST: &str = "`at_most` takes how many tasks of the function may run at once, from 1 on: write `at_most = 1`";

impl Limits {
    /// Reads what stands behind the word `resource`.
    pub(crate) fn read_resource(
        &mut self,
        word: &Ident,
        input: ParseStream<'_>,
    ) -> syn::Result<()> {
        if !input.peek(syn::token::Paren) {
            return Err(syn::Error::new(word.span(), RESOURCE));
        }
        let inside;
        parenthesized!(inside in input);
        let read = read_need(word, &inside);
        // What is left over would be one more error.
        inside.parse::<TokenStream>()?;
        let (name, amount) = read?;
        if self.resources.iter().any(|(other, _)| other.value() == name.value()) {
            let message = format!(
                "the resource `{}` is given twice; say once how much of it a task needs",
                name.value()
            );
            return Err(syn::Error::new(name.span(), message));
        }
        self.resources.push((name, amount));
        Ok(())
    }

    /// Reads what stands behind the word `at_most`.
    pub(crate) fn read_at_most(&mut self, word: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let span = |input: ParseStream<'_>| {
            if input.is_empty() || input.peek(Token![,]) { word.span() } else { input.span() }
        };
        let here = span(input);
        input.parse::<Token![=]>().map_err(|_| syn::Error::new(here, AT_MOST))?;
        let here = span(input);
        let tasks = positive(input).filter(|_| input.is_empty() || input.peek(Token![,]));
        self.at_most = Some(tasks.ok_or_else(|| syn::Error::new(here, AT_MOST))?);
        Ok(())
    }

    /// Writes the constant that tells a task the limits of its function; nothing without any.
    pub(crate) fn constant(&self, runtime: &Path) -> TokenStream {
        if self.resources.is_empty() && self.at_most.is_none() {
            return TokenStream::new();
        }
        let resources = self.resources.iter().map(|(name, amount)| quote!((#name, #amount)));
        let at_most = self.at_most.unwrap_or(0).to_token_stream();
        let limits = quote!(#runtime::__private::FunctionLimits);
        // A static, for its address tells functions apart.
        quote! {
            const LIMITS: ::core::option::Option<&'static #limits> = {
                static LIMITS: #limits =
                    #limits { resources: &[#(#resources),*], at_most: #at_most };
                ::core::option::Option::Some(&LIMITS)
            };
        }
    }
}

/// Reads the name of a resource, and how much of it a task needs.
fn read_need(word: &Ident, inside: ParseStream<'_>) -> syn::Result<(LitStr, u32)> {
    let wrong = |span| syn::Error::new(span, RESOURCE);
    let here = if inside.is_empty() { word.span() } else { inside.span() };
    let name: LitStr = inside.parse().map_err(|_| wrong(here))?;
    if name.value().is_empty() {
        return Err(wrong(name.span()));
    }
    let mut amount = 1;
    if !inside.is_empty() {
        let here = inside.span();
        inside.parse::<Token![,]>().map_err(|_| wrong(here))?;
        let here = inside.span();
        if !inside.is_empty() {
            amount = positive(inside).ok_or_else(|| wrong(here))?;
            inside.parse::<Option<Token![,]>>()?;
        }
    }
    if inside.is_empty() { Ok((name, amount)) } else { Err(wrong(inside.span())) }
}

/// A number from 1 on.
fn positive(input: ParseStream<'_>) -> Option<u32> {
    input.parse::<LitInt>().ok()?.base10_parse().ok().filter(|&number| number > 0)
}
