//! Writes the code that builds a task, for a function that was checked; nothing here can fail.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ExprPath, Path, Type, spanned::Spanned};

use crate::{
    generics::turbofish,
    model::{Param, Passed, Task},
    remote,
    spans::{located, respanned},
    task_body::{TaskBody, arguments, taken, text},
};

/// Writes the function that builds the task, with the user's own inside it, or beside it in an
/// `impl` block.
pub(crate) fn expand(task: &Task<'_>, runtime: &Path) -> TokenStream {
    let Task { inner_attrs, sig, body, .. } = task;
    let name = &sig.ident;
    if task.associated {
        // A function inside another does not see the `Self` and the generics of the block.
        let mut hidden = (*sig).clone();
        hidden.ident = format_ident!("__{}_of_task", name);
        let hidden_name = &hidden.ident;
        let builder = builder(task, runtime, &quote!(Self::#hidden_name), &TokenStream::new());
        quote! {
            #(#inner_attrs)*
            #[doc(hidden)]
            #hidden #body
            #builder
        }
    } else {
        builder(task, runtime, &quote!(#name), &quote!(#(#inner_attrs)* #sig #body))
    }
}

fn builder(
    task: &Task<'_>,
    runtime: &Path,
    callee: &TokenStream,
    inner: &TokenStream,
) -> TokenStream {
    let Task {
        outer_attrs, vis, sig, generics, params, result, fallible, run_options, remote, ..
    } = task;
    let name = &sig.ident;
    let (declared, _, clause) = generics.split_for_impl();
    let parameters = parameters(params, runtime);
    let handle = handle(result, *fallible, runtime);
    let turbofish = turbofish(&sig.generics);
    let body = task_body(&TaskBody {
        runtime,
        name,
        params,
        inner,
        callee: &quote!(#callee #turbofish),
        result,
        fallible: *fallible,
        run_options,
        signature: remote.then(|| remote::signature(sig)),
    });
    let allowed = allowed();
    quote! {
        #allowed
        #(#outer_attrs)*
        #[track_caller]
        #vis fn #name #declared (#(#parameters),*) -> #handle #clause {
            #body
        }
    }
}

/// Allows the lints that generated code can violate. This stands in front of the user's
/// attributes, so that theirs prevail.
pub(crate) fn allowed() -> TokenStream {
    quote! {
        #[allow(
            clippy::too_many_arguments,
            clippy::impl_trait_in_params,
            clippy::double_must_use,
            reason = "the function builds a task"
        )]
    }
}

/// Writes `name: impl IntoArg<T>` for each parameter.
pub(crate) fn parameters(params: &[Param], runtime: &Path) -> Vec<TokenStream> {
    params.iter().map(|param| parameter(param, runtime)).collect()
}

/// Writes `name: impl IntoArg<T>`.
pub(crate) fn parameter(param: &Param, runtime: &Path) -> TokenStream {
    let name = &param.name;
    let (kind, shaped, ty) = match &param.passed {
        Passed::ByValue(ty) => ("IntoArg", "IntoShapedArg", ty),
        Passed::ByRef(ty) => ("IntoRef", "IntoShapedRef", ty),
    };
    // With the user's own span, the error about a wrong argument shows this type as the reason.
    let span = ty.span();
    let shape = param.shape.as_ref().map(|shape| shape.written(runtime, span));
    let runtime = respanned(runtime, span);
    match shape {
        Some(shape) => {
            let kind = Ident::new(shaped, span);
            quote_spanned!(span=> #name: impl #runtime::shape::#kind<#ty, #shape>)
        }
        None => {
            let kind = Ident::new(kind, span);
            quote_spanned!(span=> #name: impl #runtime::#kind<#ty>)
        }
    }
}

/// Writes `Delayed<T>`, where `T` is the type that dependents see.
pub(crate) fn handle(result: &Type, fallible: bool, runtime: &Path) -> TokenStream {
    let (first, last) = ends(result);
    let (outer, inner) = (respanned(runtime, first), respanned(runtime, last));
    let inside = if fallible {
        // Together the spans cover the type, so the compiler reports a wrong type only once.
        let open = quote_spanned!(first=> <);
        let close = quote_spanned!(last=> as #inner::__private::Fallible>::Ok);
        quote!(#open #result #close)
    } else {
        quote!(#result)
    };
    let (open, close) = (quote_spanned!(first=> #outer::Delayed<), quote_spanned!(last=> >));
    quote!(#open #inside #close)
}

/// Writes the statements that build a task from the parameters in scope.
pub(crate) fn task_body(body: &TaskBody<'_>) -> TokenStream {
    let TaskBody { runtime, name, params, inner, callee, result, fallible, run_options, signature } =
        body;
    let inputs = params.iter().rev().fold(quote!(()), |inputs, param| {
        let given = &param.name;
        let (kind, ty) = match &param.passed {
            Passed::ByValue(ty) => ("by_value", ty),
            Passed::ByRef(ty) => ("by_ref", ty),
        };
        let span = located(ty);
        let shape = param.shape.as_ref().map(|shape| shape.written(runtime, span));
        let suffix = if shape.is_some() { "_of" } else { "" };
        let (kind, shape) = (format_ident!("{kind}{suffix}", span = span), shape.into_iter());
        let runtime = respanned(runtime, span);
        quote_spanned!(span=> (#runtime::__private::#kind::<#ty, #(#shape,)* _>(#given), #inputs))
    });
    let (pattern, arguments) = (pattern(params), arguments(params));
    let (remote_kind, registration) = match signature {
        Some(signature) => (remote::remote_kind(runtime, name), remote::register(body, signature)),
        None => Default::default(),
    };
    let named = named(runtime, name, &remote_kind);
    let span = result.span();
    let call_runtime = respanned(runtime, span);
    let function = quote!(|#pattern| #callee(#(#arguments),*));
    let task = if !run_options.is_default() {
        let outcome = Ident::new(if *fallible { "Checked" } else { "Plain" }, span);
        let options = options(body);
        quote_spanned! {span=>
            #call_runtime::__private::call_with_options::<
                __Task, _, #call_runtime::__private::#outcome<#result>, _,
            >(__inputs, #function) #options .build()
        }
    } else if *fallible {
        quote_spanned!(span=> #call_runtime::__private::try_call::<__Task, _, #result, _>(__inputs, #function))
    } else {
        quote_spanned!(span=> #call_runtime::__private::call::<__Task, _, #result, _>(__inputs, #function))
    };
    // The function in the inner block would hide a parameter of the same name.
    quote! {
        let __inputs = #inputs;
        {
            #inner
            #named
            #registration
            #task
        }
    }
}

/// Writes the pattern that takes apart the taken arguments, or a borrow of them.
fn pattern(params: &[Param]) -> TokenStream {
    params.iter().enumerate().rev().fold(quote!(()), |rest, (index, param)| {
        let (Passed::ByValue(ty) | Passed::ByRef(ty)) = &param.passed;
        let taken = taken(index, ty);
        quote!((#taken, #rest))
    })
}

/// Writes the arguments of a call that may be repeated with the same values.
fn cloned_arguments(params: &[Param], runtime: &Path) -> Vec<TokenStream> {
    let mut arguments = arguments(params);
    for (argument, param) in arguments.iter_mut().zip(params) {
        if let Passed::ByValue(ty) = &param.passed {
            let runtime = respanned(runtime, located(ty));
            *argument = quote_spanned! {located(ty)=>
                #runtime::__private::clone_to_retry::<#ty>(#argument)
            };
        }
    }
    arguments
}

/// Writes the calls that give a task its options.
fn options(body: &TaskBody<'_>) -> TokenStream {
    let TaskBody { runtime, params, callee, result, run_options, .. } = body;
    let pattern = pattern(params);
    let retries = run_options.retries.map(|retries| {
        let (retries, arguments) = (retries.get(), cloned_arguments(params, runtime));
        quote!(.retries(#retries, |#pattern| #callee(#(#arguments),*)))
    });
    let bytes = run_options.bytes.as_ref().map(|path| {
        let count = count(runtime, path, &arguments(params));
        quote!(.bytes(|#pattern| #count))
    });
    let result_bytes = run_options.result_bytes.as_ref().map(|path| {
        let counted = Ident::new("result", located(result));
        let count = count(runtime, path, &[counted.to_token_stream()]);
        quote!(.result_bytes(|#counted| #count))
    });
    quote!(#retries #bytes #result_bytes)
}

/// Writes a call of the user's function that counts bytes.
fn count(runtime: &Path, path: &ExprPath, arguments: &[TokenStream]) -> TokenStream {
    let span = Span::mixed_site().located_at(path.span());
    let runtime = respanned(runtime, span);
    quote_spanned!(span=> #runtime::__private::byte_count(#path(#(#arguments),*)))
}

/// Writes the type `__Task`, which tells the function's name and place, and how other processes
/// run it.
pub(crate) fn named(runtime: &Path, name: &Ident, remote_kind: &TokenStream) -> TokenStream {
    let text = text(name);
    // With the user's own span these macros tell the place of the function, not of the attribute.
    let place = quote_spanned! {name.span()=>
        file: ::core::file!(),
        line: ::core::line!(),
        column: ::core::column!(),
    };
    quote! {
        struct __Task;
        impl #runtime::__private::Named for __Task {
            #remote_kind
            fn function() -> #runtime::__private::Function {
                #runtime::__private::Function { module: ::core::module_path!(), name: #text, #place }
            }
        }
    }
}

/// The spans of a type's first and last token.
fn ends(ty: &Type) -> (Span, Span) {
    let last = ty.to_token_stream().into_iter().last();
    (ty.span(), last.map_or_else(|| ty.span(), |token| token.span()))
}
