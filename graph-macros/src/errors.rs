//! Errors gathered while a macro reads its input, and code in them as people write it.

/// Several errors as one, so that the user sees all of them at once.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    /// Adds an error.
    pub(crate) fn add(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Adds an error on the given tokens.
    pub(crate) fn at(&mut self, tokens: impl quote::ToTokens, message: impl std::fmt::Display) {
        self.add(syn::Error::new_spanned(tokens, message));
    }

    /// Returns all errors as one, or `Ok` when none was added since the last call.
    pub(crate) fn finish(&mut self) -> syn::Result<()> {
        self.0.take().map_or(Ok(()), Err)
    }
}

/// The tokens without the spaces that their own formatting puts everywhere.
pub(crate) fn readable(tokens: impl quote::ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let spaced = [(" :", ":"), (" ,", ","), ("& ", "&"), (" <", "<"), ("< ", "<"), (" >", ">")];
    let text = spaced.iter().fold(text, |text, (spaced, plain)| text.replace(spaced, plain));
    text.replace(":: ", "::").replace(")->", ") ->").replace(" ::", "::")
}
