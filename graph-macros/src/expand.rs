//! Writes the code that builds a task, for a function that was checked; nothing here can fail.

use std::num::NonZeroU8;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ExprPath, FnArg, Path, Type, spanned::Spanned};

use crate::{
    args::attempts::{AttemptOptions, written},
    attributes,
    generics::turbofish,
    model::{self, Param, Passed, Task},
    remote,
    spans::{located, respanned},
    task_body::{TaskBody, arguments, taken, text},
};

/// Writes the function that builds the task, with the user's own inside it; or beside it, in an `impl`
/// block, or under the name that the user gave it.
pub(crate) fn expand(task: &Task<'_>, runtime: &Path) -> TokenStream {
    let Task { inner_attrs, sig, body, .. } = task;
    let name = &sig.ident;
    if task.associated {
        // A function inside another does not see the `Self` and the generics of the block.
        let mut own = (*sig).clone();
        own.ident = task.plain.cloned().unwrap_or_else(|| format_ident!("__{}_of_task", name));
        let own_name = &own.ident;
        let body = renamed(body.to_token_stream(), name, own_name, task.gives_handles);
        let builder = builder(task, runtime, &quote!(Self::#own_name), &TokenStream::new());
        let head = sibling_head(task);
        quote!(#head #(#inner_attrs)* #own #body #builder)
    } else if let Some(own_name) = task.plain {
        // In its own body the function's name is the function itself, as it is without `plain`; unless
        // the function gives handles.
        let mut own = (*sig).clone();
        own.ident = own_name.clone();
        for (input, param) in own.inputs.iter_mut().zip(&task.params) {
            if let FnArg::Typed(typed) = input {
                let name = &param.name;
                *typed.pat = syn::parse_quote!(#name);
            }
        }
        let (turbofish, names) =
            (turbofish(&sig.generics), task.params.iter().map(|param| &param.name));
        let builder = builder(task, runtime, &quote!(#own_name), &TokenStream::new());
        let head = sibling_head(task);
        if task.gives_handles {
            let mut own = (*sig).clone();
            own.ident = own_name.clone();
            return quote!(#head #(#inner_attrs)* #own #body #builder);
        }
        quote! {
            #head
            #own {
                #(#inner_attrs)* #sig #body
                #name #turbofish (#(#names),*)
            }
            #builder
        }
    } else if task.gives_handles {
        // Under its own name the inner function would hide the one that builds a task.
        let mut own = (*sig).clone();
        own.ident = format_ident!("__{}_of_task", name);
        let own_name = &own.ident;
        builder(task, runtime, &quote!(#own_name), &quote!(#(#inner_attrs)* #own #body))
    } else {
        builder(task, runtime, &quote!(#name), &quote!(#(#inner_attrs)* #sig #body))
    }
}

/// Writes what stands in front of the user's own function beside the one that builds the task.
fn sibling_head(task: &Task<'_>) -> TokenStream {
    let attrs = attributes::of_sibling(&task.outer_attrs);
    match task.plain {
        Some(_) => {
            let docs = format!(
                "What a task of [`{name}`](Self::{name}) does, at once.",
                name = task.sig.ident
            );
            let docs = if task.associated { docs } else { docs.replace("(Self::", "(") };
            let vis = task.vis;
            quote!(#(#attrs)* #[doc = #docs] #vis)
        }
        None => quote!(#(#attrs)* #[doc(hidden)]),
    }
}

/// Replaces `Self::name` and `self.name` by the same with another name, so that a method which calls
/// itself calls itself, as a free function does. In a function that gives handles `Self::name` stays: it
/// builds a task, as the bare name of a free function does there.
fn renamed(tokens: TokenStream, from: &Ident, to: &Ident, gives_handles: bool) -> TokenStream {
    // What the last tokens were: nothing of interest, `self` or `Self`, and what joins a name to it.
    let mut behind = "";
    let mut trees = tokens.into_iter().peekable();
    let mut renamed_trees = TokenStream::new();
    while let Some(tree) = trees.next() {
        let (tree, now_behind) = match tree {
            TokenTree::Group(group) => {
                let inner = renamed(group.stream(), from, to, gives_handles);
                let mut inner = Group::new(group.delimiter(), inner);
                inner.set_span(group.span());
                (TokenTree::Group(inner), "")
            }
            TokenTree::Ident(word) if word == "self" => (TokenTree::Ident(word), "self"),
            TokenTree::Ident(word) if word == "Self" => (TokenTree::Ident(word), "Self"),
            TokenTree::Ident(word) => {
                // `self.name` alone is a field.
                let called = match trees.peek() {
                    Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Parenthesis,
                    Some(TokenTree::Punct(punct)) => punct.as_char() == ':',
                    _ => false,
                };
                let own = word == *from
                    && (behind == "Self::" && !gives_handles || behind == "self." && called);
                let word = if own { Ident::new(&to.to_string(), word.span()) } else { word };
                (TokenTree::Ident(word), "")
            }
            TokenTree::Punct(punct) => {
                let now_behind = match (behind, punct.as_char()) {
                    ("self", '.') => "self.",
                    ("Self", ':') => "Self:",
                    ("Self:", ':') => "Self::",
                    _ => "",
                };
                (TokenTree::Punct(punct), now_behind)
            }
            literal @ TokenTree::Literal(_) => (literal, ""),
        };
        behind = now_behind;
        renamed_trees.extend([tree]);
    }
    renamed_trees
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
    let outer_attrs = outer_attrs.iter().map(|attr| {
        // What is expected of the user's function happens there.
        if inner.is_empty() { attributes::of_builder(attr) } else { (*attr).clone() }
    });
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
    // With the user's own `fn` and braces it counts as a function of the user's for lints such as
    // `dead_code`.
    let fn_token = &sig.fn_token;
    let mut braces = Group::new(Delimiter::Brace, body);
    braces.set_span(task.body.span());
    quote! {
        #allowed
        #(#outer_attrs)*
        #[track_caller]
        #vis #fn_token #name #declared (#(#parameters),*) -> #handle #clause #braces
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
            clippy::used_underscore_binding,
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
    // As a person would write it: `Delayed<T>` for a `Result<T, E>`, whatever else it is called by.
    let (result, fallible) = match model::value_of_result(result).filter(|_| fallible) {
        Some(value) => (value, false),
        None => (result, fallible),
    };
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
    let module = quote!(::core::module_path!());
    let limits = run_options.limits.constant(runtime);
    let named = named(runtime, name, &module, &quote!(#remote_kind #limits));
    let span = result.span();
    let call_runtime = respanned(runtime, span);
    let function = quote!(|#pattern| #callee(#(#arguments),*));
    // One identifier each in all places: inside a macro of the user's, the spans around it differ.
    let (kept, task_type) = (Ident::new("inputs", Span::mixed_site()), task_type());
    let task = if !run_options.is_default() {
        let outcome = Ident::new(if *fallible { "Checked" } else { "Plain" }, span);
        let options = options(body);
        quote_spanned! {span=>
            #call_runtime::__private::call_with_options::<
                #task_type, _, #call_runtime::__private::#outcome<#result>, _,
            >(#kept, #function) #options .build()
        }
    } else if *fallible {
        quote_spanned!(span=> #call_runtime::__private::try_call::<#task_type, _, #result, _, _>(#kept, #function))
    } else {
        quote_spanned!(span=> #call_runtime::__private::call::<#task_type, _, #result, _>(#kept, #function))
    };
    // The function in the inner block would hide a parameter of the same name.
    quote! {
        let #kept = #inputs;
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
    let TaskBody { runtime, params, result, run_options, .. } = body;
    let pattern = pattern(params);
    let attempts = attempts(body, &pattern);
    let bytes = run_options.bytes.as_ref().map(|path| {
        let count = count(runtime, path, &arguments(params));
        quote!(.bytes(|#pattern| #count))
    });
    let result_bytes = run_options.result_bytes.as_ref().map(|path| {
        let counted = Ident::new("result", located(result));
        let count = count(runtime, path, &[counted.to_token_stream()]);
        quote!(.result_bytes(|#counted| #count))
    });
    quote!(#attempts #bytes #result_bytes)
}

/// Writes the call that says how a task is tried; nothing for one that is tried once.
fn attempts(body: &TaskBody<'_>, pattern: &TokenStream) -> Option<TokenStream> {
    let TaskBody { runtime, params, callee, result, run_options, .. } = body;
    let AttemptOptions { retries, backoff, retry_if, timeout, resettable, .. } =
        &run_options.attempts;
    if run_options.attempts.is_default() {
        return None;
    }
    let span = located(result);
    let some = |value: Option<TokenStream>| match value {
        Some(value) => quote_spanned!(span=> ::core::option::Option::Some(#value)),
        None => quote_spanned!(span=> ::core::option::Option::None),
    };
    let is_repeated = retries.is_some() || *resettable;
    let attempt = some(is_repeated.then(|| {
        let arguments = cloned_arguments(params, runtime);
        quote!(|#pattern| #callee(#(#arguments),*))
    }));
    let retries = retries.map_or(0, NonZeroU8::get);
    let retry_if = some(retry_if.as_ref().map(|path| {
        let span = Span::mixed_site().located_at(path.span());
        let runtime = respanned(runtime, span);
        quote_spanned! {span=>
            |returned| #runtime::__private::is_retried::<#result>(returned, |error| #path(error))
        }
    }));
    let backoff = some(backoff.map(|(first, last)| {
        let (first, last) = (written(first, span), written(last, span));
        quote_spanned!(span=> (#first, #last))
    }));
    let timeout = some(timeout.map(|timeout| written(timeout, span)));
    Some(quote! {
        .attempts(const {
            &#runtime::__private::AttemptRules {
                attempt: #attempt,
                retries: #retries,
                resettable: #resettable,
                retry_if: #retry_if,
                backoff: #backoff,
                timeout: #timeout,
            }
        })
    })
}

/// Writes a call of the user's function that counts bytes.
fn count(runtime: &Path, path: &ExprPath, arguments: &[TokenStream]) -> TokenStream {
    let span = Span::mixed_site().located_at(path.span());
    let runtime = respanned(runtime, span);
    quote_spanned!(span=> #runtime::__private::byte_count(#path(#(#arguments),*)))
}

/// The name of the type that tells the function of a task.
pub(crate) fn task_type() -> Ident {
    Ident::new("__Task", Span::mixed_site())
}

/// Writes the type `__Task`, which tells the function's name and place and, in `constants`, how other
/// processes run it and what limits it.
pub(crate) fn named(
    runtime: &Path,
    name: &Ident,
    module: &TokenStream,
    constants: &TokenStream,
) -> TokenStream {
    let (text, task_type) = (text(name), task_type());
    // With the user's own span these macros tell the place of the function, not of the attribute.
    let place = quote_spanned! {name.span()=>
        file: ::core::file!(),
        line: ::core::line!(),
        column: ::core::column!(),
    };
    quote! {
        struct #task_type;
        impl #runtime::__private::Named for #task_type {
            #constants
            fn function() -> #runtime::__private::Function {
                #runtime::__private::Function { module: #module, name: #text, #place }
            }
        }
    }
}

/// The spans of a type's first and last token.
fn ends(ty: &Type) -> (Span, Span) {
    let last = ty.to_token_stream().into_iter().last();
    (ty.span(), last.map_or_else(|| ty.span(), |token| token.span()))
}
