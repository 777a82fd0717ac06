//! Code as people write it, for messages and signatures.

use quote::ToTokens;

/// The tokens without the spaces that their own formatting puts everywhere.
pub(crate) fn readable(tokens: impl ToTokens) -> String {
    let text = tokens.to_token_stream().to_string();
    let spaced = [(" :", ":"), (" ,", ","), ("& ", "&"), (" <", "<"), ("< ", "<"), (" >", ">")];
    let text = spaced.iter().fold(text, |text, (spaced, plain)| text.replace(spaced, plain));
    text.replace(":: ", "::").replace(")->", ") ->").replace(" ::", "::")
}
