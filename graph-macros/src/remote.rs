//! `#[delayed(remote)]`: writes the function's entry in the registry, by which other processes call
//! it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Path, Signature, spanned::Spanned};

use crate::{
    errors::readable,
    model::{Passed, shape},
    spans::{located, respanned},
    task_body::{TaskBody, arguments, taken, text},
};

/// Writes the constant that tells a task the name of its function.
pub(crate) fn remote_kind(runtime: &Path, name: &Ident) -> TokenStream {
    let path = path(name);
    quote! {
        const REMOTE: #runtime::__private::RemoteKind =
            #runtime::__private::RemoteKind::Registered(#path);
    }
}

/// Writes the path of the function, `module::name`, as a string.
fn path(name: &Ident) -> TokenStream {
    let text = text(name);
    quote!(::core::concat!(::core::module_path!(), "::", #text))
}

/// The signature as people read it, `(x: i64) -> f64`.
pub(crate) fn signature(sig: &Signature) -> String {
    let (inputs, output) = (&sig.inputs, &sig.output);
    readable(quote!((#inputs) #output))
}

/// Writes the entry: the name, the codecs of the types, and a call with encoded arguments.
pub(crate) fn register(body: &TaskBody<'_>, signature: &str) -> TokenStream {
    let TaskBody { runtime, name, params, callee, result, fallible, .. } = body;
    // The same identifier in all places, whatever span the code around it has.
    let given = Ident::new("arguments", Span::mixed_site());
    let mut codecs = Vec::new();
    let mut reads = Vec::new();
    for (index, param) in params.iter().enumerate() {
        let (kind, ty) = match &param.passed {
            Passed::ByValue(ty) => ("by_value", ty),
            Passed::ByRef(ty) => ("by_reference", ty),
        };
        let (span, taken) = (located(ty), taken(index, ty));
        let (kind, remote) = (Ident::new(kind, span), remote(runtime, span));
        codecs.push(quote_spanned!(span=> #remote::#kind::<#ty>));
        // A constant beside handles travels by itself.
        if param.shape.is_some() {
            let parts = shape::parts(ty).into_iter();
            codecs.extend(parts.map(|part| quote_spanned!(span=> #remote::by_value::<#part>)));
        }
        reads.push(quote_spanned!(span=> let #taken = #given.#kind::<#ty>()?;));
    }
    let arguments = arguments(params);
    let span = result.span();
    let remote_result = remote(runtime, span);
    let outcome = Ident::new(if *fallible { "Checked" } else { "Plain" }, span);
    let value = if *fallible {
        let runtime = respanned(runtime, span);
        quote_spanned!(span=> <#result as #runtime::__private::Fallible>::Ok)
    } else {
        result.to_token_stream()
    };
    codecs.push(quote_spanned!(span=> #remote_result::by_value::<#value>));
    let call = quote_spanned! {span=>
        <#remote_result::#outcome<#result> as #remote_result::RemoteReturn>::encoded(#callee(#(#arguments),*))
    };
    let path = path(name);
    // One macro for the whole entry, so that the compiler gives one message when the feature is off.
    quote! {
        #runtime::__private::register_remote! {
            #runtime::__private::remote::RemoteFunction {
                name: #path,
                signature: #signature,
                codecs: &[#(#codecs),*],
                call: |#given| {
                    #(#reads)*
                    #given.end()?;
                    #call
                },
            }
        }
    }
}

fn remote(runtime: &Path, span: Span) -> TokenStream {
    let runtime = respanned(runtime, span);
    quote_spanned!(span=> #runtime::__private::remote)
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn a_signature_reads_as_it_was_written() {
        let function: syn::ItemFn = parse_quote! {
            fn read(path: &Path, rows: Vec<f64>) -> io::Result<Table> {}
        };
        assert_eq!(signature(&function.sig), "(path: &Path, rows: Vec<f64>) -> io::Result<Table>");
    }
}
