//! Writes a stand-in for a refused function, so that one mistake gives one error.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Path, ReturnType};

use crate::{
    args::Args,
    errors::Errors,
    expand::{handle, parameter},
    generics::for_tasks,
    lifetimes::MakeStatic,
    model::{self, Param},
    source::SourceFn,
};

/// Writes the error, and a function of the same name and parameters that returns the handle that
/// callers expect.
pub(crate) fn function(
    error: &syn::Error,
    source: &SourceFn,
    args: &Args,
    runtime: Option<&Path>,
) -> TokenStream {
    let message = error.to_compile_error();
    let SourceFn { attrs, vis, sig, body } = source;
    let is_main = sig.ident == "main" && sig.inputs.is_empty();
    let (Some(runtime), Some(_), false) = (runtime, body, is_main) else {
        // There is no path to the handles; or it is a trait's method, which its `impl`s must match; or
        // the program begins here.
        let end = body.as_ref().map_or_else(|| quote!(;), |body| quote!(#body));
        return quote!(#message #(#attrs)* #vis #sig #end);
    };
    let kept =
        attrs.iter().filter(|attr| attr.path().is_ident("doc") || attr.path().is_ident("cfg"));
    let name = &sig.ident;
    let generics = for_tasks(&sig.generics);
    let (declared, _, clause) = generics.split_for_impl();
    let parameters = sig.inputs.iter().enumerate().map(|(index, input)| {
        let name = format_ident!("argument_{}", index + 1);
        match model::intended(input, &sig.generics) {
            Some(passed) => parameter(&Param::new(name, passed, &sig.generics), runtime),
            None => quote!(#name: impl ::core::marker::Sized),
        }
    });
    let handle = match &sig.output {
        ReturnType::Type(_, ty) if model::is_nameable(ty) => {
            let (result, fallible) = model::result(sig, args, &mut Errors::default());
            let result = MakeStatic::new(&sig.generics).in_type(&result);
            handle(&result, fallible, runtime)
        }
        _ => handle(&model::unit(name.span()), false, runtime),
    };
    quote! {
        #message
        #(#kept)*
        #[allow(unused, clippy::all, reason = "stands in for a function that was refused")]
        #vis fn #name #declared (#(#parameters),*) -> #handle #clause {
            ::core::unreachable!()
        }
    }
}
