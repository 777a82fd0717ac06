//! Where the compiler points to when it complains about generated code.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Path, Type, spanned::Spanned};

/// Points to the type, but is the macro's own, so that lints leave the generated code alone.
pub fn located(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}

/// The path as if written where `span` is.
pub fn respanned(path: &Path, span: Span) -> TokenStream {
    // `$crate`, `crate` and other relative paths mean what they mean where the user wrote them.
    let absolute = path.leading_colon.is_some();
    let respan = |mut token: TokenTree| {
        token.set_span(if absolute { span } else { token.span().located_at(span) });
        token
    };
    path.to_token_stream().into_iter().map(respan).collect()
}
