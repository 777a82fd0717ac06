//! What stands behind the name of an option.

use syn::{Ident, Token, parse::ParseStream};

/// Refuses a value behind a word that has none.
pub(super) fn no_value(word: &str, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let message = format!("`{word}` takes no value: write `#[delayed({word})]`");
    Err(syn::Error::new(input.span(), message))
}

/// Reads `= value`, or says what to write instead.
pub(super) fn value<T>(
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
    let value = parse(input).map_err(|_| syn::Error::new(here, advice))?;
    if input.is_empty() || input.peek(Token![,]) {
        Ok(value)
    } else {
        Err(syn::Error::new(here, advice))
    }
}
