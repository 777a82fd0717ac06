//! Methods of a `#[delayed] impl` that handles do not get: stand-ins that cannot be called say why, where
//! somebody calls one on a handle.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};
use syn::{FnArg, ImplItem, ItemImpl, Path};

use crate::model::refusals::is_method_of_handles;

/// Writes a stand-in for each method of the block that is not `in_trait`.
pub(super) fn stand_ins(block: &ItemImpl, in_trait: &[&Ident], runtime: &Path) -> Vec<TokenStream> {
    let mut written: Vec<TokenStream> = Vec::new();
    let mut names: Vec<&Ident> = in_trait.to_vec();
    for item in &block.items {
        let ImplItem::Fn(function) = item else { continue };
        let name = &function.sig.ident;
        // One that handles have of their own is what a call reaches anyway.
        if function.sig.receiver().is_none() || names.contains(&name) || is_method_of_handles(name)
        {
            continue;
        }
        names.push(name);
        let arguments = function.sig.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_)));
        // Any arguments will do: what is wrong is the call. Types of its own might be less visible.
        let types: Vec<Ident> =
            arguments.enumerate().map(|(index, _)| format_ident!("Argument{}", index)).collect();
        let here = proc_macro2::Span::mixed_site().located_at(name.span());
        written.push(quote_spanned! {here=>
            #[doc(hidden)]
            #[allow(dead_code, reason = "it exists for its message")]
            fn #name<#(#types),*>(
                self, #(_: #types),*
            ) -> <Self as #runtime::__private::MethodLeftOut>::Nothing
            where
                Self: #runtime::__private::MethodLeftOut,
            {
                ::core::unreachable!("the bound holds for nothing")
            }
        });
    }
    written
}
