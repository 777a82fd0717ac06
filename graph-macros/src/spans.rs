//! Sets the place that the compiler points to in an error about generated code.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Path, Type, spanned::Spanned};

/// A span at the type that counts as the macro's own, so that lints ignore the generated code.
pub(crate) fn located(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}

/// The path as if it were written where `span` is.
pub(crate) fn respanned(path: &Path, span: Span) -> TokenStream {
    // `$crate`, `crate` and other relative paths mean what they mean where they were written.
    let absolute = path.leading_colon.is_some();
    let respan = |mut token: TokenTree| {
        token.set_span(if absolute { span } else { token.span().located_at(span) });
        token
    };
    path.to_token_stream().into_iter().map(respan).collect()
}
