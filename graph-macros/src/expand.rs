//! A checked function as the tokens that build its task. Cannot fail.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Path, Type, spanned::Spanned};

use crate::{
    generics::turbofish,
    model::{Param, Passed, Task},
};

/// The function that builds the task, and the user's own inside it, or beside it in an `impl`.
pub fn expand(task: &Task<'_>, runtime: &Path) -> TokenStream {
    let Task { inner_attrs, sig, body, .. } = task;
    let name = &sig.ident;
    if task.associated {
        // A function inside a function cannot see the `impl`'s `Self` and generics.
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
    let Task { outer_attrs, vis, sig, generics, params, result, fallible, .. } = task;
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
    });
    quote! {
        #[allow(
            clippy::too_many_arguments,
            clippy::impl_trait_in_params,
            clippy::double_must_use,
            reason = "the function builds a task"
        )]
        #(#outer_attrs)*
        #[track_caller]
        #vis fn #name #declared (#(#parameters),*) -> #handle #clause {
            #body
        }
    }
}

/// `name: impl IntoArg<T>` for each parameter.
pub fn parameters(params: &[Param], runtime: &Path) -> Vec<TokenStream> {
    params
        .iter()
        .map(|param| {
            let name = &param.name;
            let (kind, ty) = match &param.passed {
                Passed::ByValue(ty) => ("IntoArg", ty),
                Passed::ByRef(ty) => ("IntoRef", ty),
            };
            // The user's own span: a wrong argument's error shows this type as what asks for it.
            let span = ty.span();
            let (kind, runtime) = (Ident::new(kind, span), respanned(runtime, span));
            quote_spanned!(span=> #name: impl #runtime::#kind<#ty>)
        })
        .collect()
}

/// `Delayed<T>`, where `T` is what dependents see.
pub fn handle(result: &Type, fallible: bool, runtime: &Path) -> TokenStream {
    let span = result.span();
    let runtime = respanned(runtime, span);
    if fallible {
        quote_spanned!(span=> #runtime::Delayed<<#result as #runtime::__private::Fallible>::Ok>)
    } else {
        quote_spanned!(span=> #runtime::Delayed<#result>)
    }
}

/// What it takes to build a task inside a function whose parameters have the given names.
pub struct TaskBody<'a> {
    /// Where the runtime is.
    pub runtime: &'a Path,
    /// The name to show.
    pub name: &'a Ident,
    /// The arguments.
    pub params: &'a [Param],
    /// A function to put beside the task.
    pub inner: &'a TokenStream,
    /// What to call with them.
    pub callee: &'a TokenStream,
    /// What that gives.
    pub result: &'a Type,
    /// Whether that is a `Result`.
    pub fallible: bool,
}

/// The statements that build a task from the parameters in scope.
pub fn task_body(body: &TaskBody<'_>) -> TokenStream {
    let TaskBody { runtime, name, params, inner, callee, result, fallible } = body;
    let mut inputs = quote!(());
    let mut pattern = quote!(());
    let mut arguments = Vec::with_capacity(params.len());
    for (index, param) in params.iter().enumerate().rev() {
        let given = &param.name;
        let taken = Ident::new(&format!("taken_{index}"), Span::mixed_site());
        pattern = quote!((#taken, #pattern));
        inputs = match &param.passed {
            Passed::ByValue(ty) => {
                arguments.push(quote!(#taken));
                let runtime = respanned(runtime, located(ty));
                quote_spanned!(located(ty)=> (#runtime::__private::by_value::<#ty, _>(#given), #inputs))
            }
            Passed::ByRef(ty) => {
                arguments.push(quote!(#taken.get()));
                let runtime = respanned(runtime, located(ty));
                quote_spanned!(located(ty)=> (#runtime::__private::by_ref::<#ty, _>(#given), #inputs))
            }
        };
    }
    arguments.reverse();
    let named = named(runtime, name);
    let span = located(result);
    let call_runtime = respanned(runtime, span);
    let call = if *fallible {
        quote_spanned!(span=> #call_runtime::__private::try_call::<__Task, _, #result, _>)
    } else {
        quote_spanned!(span=> #call_runtime::__private::call::<__Task, _, #result, _>)
    };
    // The inner block's function would hide a parameter of the same name.
    quote! {
        let __inputs = #inputs;
        {
            #inner
            #named
            #call(__inputs, |#pattern| #callee(#(#arguments),*))
        }
    }
}

/// The type that carries the function's name and place.
pub fn named(runtime: &Path, name: &Ident) -> TokenStream {
    let text = name.to_string();
    let text = text.strip_prefix("r#").unwrap_or(&text);
    // With the user's own span these give the function's place, not the attribute's.
    let place = quote_spanned! {name.span()=>
        file: ::core::file!(),
        line: ::core::line!(),
        column: ::core::column!(),
    };
    quote! {
        struct __Task;
        impl #runtime::__private::Named for __Task {
            fn function() -> #runtime::__private::Function {
                #runtime::__private::Function { module: ::core::module_path!(), name: #text, #place }
            }
        }
    }
}

/// Points to the type, but is the macro's own, so that lints leave the generated code alone.
fn located(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}

/// The path as if written where `span` is.
fn respanned(path: &Path, span: Span) -> Path {
    let mut path = path.clone();
    // `$crate`, `crate` and other relative paths mean what they mean where the user wrote them.
    let absolute = path.leading_colon.is_some();
    for segment in &mut path.segments {
        let resolved = if absolute { span } else { segment.ident.span().located_at(span) };
        segment.ident.set_span(resolved);
    }
    path
}
