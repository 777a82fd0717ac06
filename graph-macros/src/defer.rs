//! `defer!(f(a, b))`: a call of any function as a task, and `defer_async!(runtime, f(a, b))`: one of an async
//! function.

mod struct_literal;

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{
    Expr, ExprPath, Path, Stmt,
    parse::{Parse, ParseStream},
    spanned::Spanned,
};

use crate::{
    errors::Errors,
    expand::{named, task_type},
    spans::respanned,
};

use struct_literal::StructLiteral;

/// The input from graph-core's `defer!`: the runtime's path in brackets, then the user's tokens.
pub(crate) struct Deferred {
    runtime: Path,
    call: Call,
    fallible: bool,
    /// The tokio runtime that runs the future that the function returns; `None` when it returns none.
    tokio: Option<TokenStream>,
}

/// The input from graph-exec's `defer_async!`: as for `defer!`, with the user's runtime in brackets before the
/// call.
pub(crate) struct DeferredFuture(pub(crate) Deferred);

enum Call {
    Function { path: ExprPath, arguments: Vec<Expr> },
    Method { receiver: Expr, method: TokenStream, name: Ident, arguments: Vec<Expr> },
    Struct(StructLiteral),
}

const EXAMPLES: &str = "`defer!(function(a, b))`, `defer!(handle.method(a))`, or with a `?` behind it for one that returns a `Result`";

impl Parse for Deferred {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime = syn::parse2(input.parse::<Group>()?.stream())?;
        if input.is_empty() {
            let message = format!("`defer!` takes a call: {EXAMPLES}");
            return Err(syn::Error::new(Span::call_site(), message));
        }
        let call: Expr = input.parse()?;
        if !input.is_empty() {
            let message = format!("`defer!` takes one call and nothing behind it: {EXAMPLES}");
            return Err(input.error(message));
        }
        let (call, fallible) = match plain(call) {
            Expr::Try(tried) => (plain(*tried.expr), true),
            call => (call, false),
        };
        Ok(Deferred { runtime, call: Call::new(call)?, fallible, tokio: None })
    }
}

const ASYNC_EXAMPLES: &str = "`defer_async!(runtime, function(a, b))`, or with a `?` behind it for one that returns a `Result`";

impl Parse for DeferredFuture {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime = syn::parse2(input.parse::<Group>()?.stream())?;
        let tokio = input.parse::<Group>()?.stream();
        if input.is_empty() {
            let message = format!("`defer_async!` takes a runtime and a call: {ASYNC_EXAMPLES}");
            return Err(syn::Error::new(Span::call_site(), message));
        }
        let call: Expr = input.parse()?;
        if !input.is_empty() {
            let message =
                format!("`defer_async!` takes one call and nothing behind it: {ASYNC_EXAMPLES}");
            return Err(input.error(message));
        }
        let (call, fallible) = match plain(call) {
            Expr::Try(tried) => (plain(*tried.expr), true),
            call => (call, false),
        };
        // `fetch(url).await?`, as it is written elsewhere.
        let call = match call {
            Expr::Await(awaited) => plain(*awaited.base),
            call => call,
        };
        if !matches!(call, Expr::Call(_) | Expr::MethodCall(_)) {
            let message =
                format!("`defer_async!` takes a call of an async function: {ASYNC_EXAMPLES}");
            return Err(syn::Error::new_spanned(call, message));
        }
        let call = Call::new(call)?;
        Ok(DeferredFuture(Deferred { runtime, call, fallible, tokio: Some(tokio) }))
    }
}

impl Call {
    fn new(call: Expr) -> syn::Result<Call> {
        let mut errors = Errors::default();
        let call = match call {
            Expr::Call(call) => {
                let arguments = call.args.into_iter().collect();
                match plain(*call.func) {
                    Expr::Path(path) => Call::Function { path, arguments },
                    other => {
                        return Err(syn::Error::new_spanned(
                            other,
                            "`defer!` calls a function by its name; for a closure write `handle.map(|value| …)`",
                        ));
                    }
                }
            }
            Expr::MethodCall(call) => {
                let (name, turbofish) = (call.method, call.turbofish);
                Call::Method {
                    receiver: *call.receiver,
                    method: quote!(#name #turbofish),
                    name,
                    arguments: call.args.into_iter().collect(),
                }
            }
            Expr::Struct(literal) => return StructLiteral::new(literal).map(Call::Struct),
            Expr::Path(path) => {
                let message = "`defer!` takes the call, not the function: add the arguments, `function(a, b)`";
                return Err(syn::Error::new_spanned(path, message));
            }
            other => {
                let message = format!("`defer!` takes a call: {EXAMPLES}");
                return Err(syn::Error::new_spanned(other, message));
            }
        };
        let arguments = match &call {
            Call::Function { arguments, .. } | Call::Method { arguments, .. } => &arguments[..],
            Call::Struct(_) => &[],
        };
        for argument in arguments {
            if let Expr::Reference(reference) = argument
                && reference.mutability.is_some()
            {
                errors.at(
                    reference,
                    "a task cannot change what others may read: call a function that takes the \
                     value itself and returns the changed one",
                );
            }
        }
        errors.finish().map(|()| call)
    }
}

/// The expression without the invisible or visible parentheses around it.
fn plain(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => plain(*group.expr),
        Expr::Paren(paren) => plain(*paren.expr),
        expr => expr,
    }
}

/// The path before the last name, as it was written; `None` when that tells no more than the module does.
fn written_module(path: &ExprPath) -> Option<String> {
    let names: Vec<String> =
        path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    let (_, module) = names.split_last()?;
    let relative = |first: &String| ["crate", "self", "super", "Self"].contains(&first.as_str());
    (!module.first().is_none_or(relative)).then(|| module.join("::"))
}

/// Writes a block that builds the task.
pub(crate) fn expand(deferred: Deferred) -> TokenStream {
    let Deferred { runtime, call, fallible, tokio } = deferred;
    let mut module = quote!(::core::module_path!());
    let (receiver, callee, name, arguments) = match call {
        Call::Struct(literal) => return literal.expand(&runtime, fallible),
        Call::Function { path, arguments } => {
            if let Some(written) = written_module(&path) {
                module = quote!(#written);
            }
            let name = path.path.segments.last().map(|last| last.ident.clone());
            let name = name.unwrap_or_else(|| Ident::new("call", path.span()));
            (None, quote!(#path), name, arguments)
        }
        Call::Method { receiver, method, name, arguments } => {
            (Some(receiver), method, name, arguments)
        }
    };
    let mut inputs = quote!(());
    let mut pattern = quote!(());
    let mut passed = Vec::with_capacity(arguments.len());
    for (index, argument) in arguments.into_iter().enumerate().rev() {
        let taken = Ident::new(&format!("taken_{index}"), Span::mixed_site());
        pattern = quote!((#taken, #pattern));
        let span = argument.span();
        inputs = match argument {
            Expr::Reference(reference) => {
                passed.push(quote!(#taken.get()));
                let operand = operand(*reference.expr, &runtime);
                {
                    let runtime = respanned(&runtime, span);
                    quote_spanned!(span=> (#runtime::__private::by_ref::<_, _>(#operand), #inputs))
                }
            }
            argument => {
                passed.push(quote!(#taken));
                {
                    let runtime = respanned(&runtime, span);
                    quote_spanned!(span=> (#runtime::__private::by_value::<_, _>(#argument), #inputs))
                }
            }
        };
    }
    passed.reverse();
    let task_type = task_type();
    let call = match (&tokio, fallible) {
        (None, true) => quote!(try_call_closure::<#task_type, _, _, _, _>),
        (None, false) => quote!(call_closure::<#task_type, _, _, _>),
        (Some(_), true) => quote!(try_call_async::<#task_type, _, _, _>),
        (Some(_), false) => quote!(call_async::<#task_type, _, _, _>),
    };
    let remote_kind = quote! {
        const REMOTE: #runtime::__private::RemoteKind = #runtime::__private::RemoteKind::Deferred;
    };
    let named = named(&runtime, &name, &module, &remote_kind);
    let (inputs, pattern, run) = match receiver {
        None => (inputs, pattern, quote!(#callee(#(#passed),*))),
        Some(receiver) => {
            let span = Span::mixed_site().located_at(receiver.span());
            let this = Ident::new("this", Span::mixed_site());
            let receiver = quote_spanned! {span=> {
                use #runtime::__private::{Receiver as _, ReceiverOfNothing as _};
                (#receiver).__receiver()
            }};
            (
                quote!((#receiver, #inputs)),
                quote!((#this, #pattern)),
                quote!({
                    #[allow(unused_mut)]
                    let mut #this = #this;
                    #this.#callee(#(#passed),*)
                }),
            )
        }
    };
    match tokio {
        None => quote! {{
            #named
            #runtime::__private::#call(#inputs, move |#pattern| #run)
        }},
        // The future keeps what the function borrows.
        Some(tokio) => quote! {{
            #named
            #runtime::__private::#call(&#tokio, #inputs, move |#pattern| async move { #run.await })
        }},
    }
}

/// Writes an argument that was given with `&`. A handle or container in a variable moves into the
/// task, but a shared handle is only borrowed, as the `&` says. The method that is called here is
/// chosen by the type, which the macro does not know.
fn operand(operand: Expr, runtime: &Path) -> TokenStream {
    let operand = plain(operand);
    let span = Span::mixed_site().located_at(operand.span());
    match operand {
        Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Unary(_) => {
            quote_spanned! {span=> {
                use #runtime::__private::{Owner as _, OwnerOfNothing as _};
                (#operand).__owner()
            }}
        }
        Expr::Block(mut block) => match block.block.stmts.pop() {
            // `&{variable}` moves the variable; the braces are needed no longer.
            Some(Stmt::Expr(inner, None)) if block.block.stmts.is_empty() => quote!(#inner),
            last => {
                block.block.stmts.extend(last);
                quote!(#block)
            }
        },
        operand => quote!(#operand),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(tokens: TokenStream) -> String {
        syn::parse2::<Deferred>(quote!([::graph_core] #tokens)).err().expect("refused").to_string()
    }

    #[test]
    fn anything_but_a_call_is_refused_with_an_example() {
        assert!(refusal(quote!()).contains("takes a call: `defer!(function(a, b))`"));
        assert!(refusal(quote!(1 + 2)).contains("takes a call"));
        assert!(refusal(quote!(f)).contains("add the arguments"));
        assert!(refusal(quote!((|x| x)(1))).contains("handle.map"));
        assert!(refusal(quote!(f(1), 2)).contains("nothing behind it"));
        assert!(refusal(quote!(f(&mut x))).contains("cannot change"));
    }

    #[test]
    fn a_question_mark_makes_it_fallible() {
        let deferred: Deferred = syn::parse2(quote!([::graph_core](a::b::<u8>(x))?)).unwrap();
        assert!(deferred.fallible);
        assert!(expand(deferred).to_string().contains("\"b\""));
    }

    #[test]
    fn the_call_of_an_async_function_may_say_await() {
        for call in ["f(x)?", "f(x).await?", "(f(x).await)?"] {
            let call: TokenStream = call.parse().unwrap();
            let deferred = syn::parse2(quote!([::graph_exec] [runtime] #call));
            let DeferredFuture(deferred) = deferred.unwrap_or_else(|error| panic!("{error}"));
            assert!(deferred.fallible);
            let expanded = expand(deferred).to_string();
            assert!(expanded.contains("try_call_async") && expanded.matches("await").count() == 1);
        }
        for wrong in ["", "f", "async { 1 }", "f(1), 2", "S { a: 1 }"] {
            let call: TokenStream = wrong.parse().unwrap();
            let refused = syn::parse2::<DeferredFuture>(quote!([::graph_exec] [runtime] #call));
            assert!(
                refused
                    .err()
                    .unwrap()
                    .to_string()
                    .contains("defer_async!(runtime, function(a, b))")
            );
        }
    }

    #[test]
    fn a_foreign_function_is_named_by_the_path_that_was_written() {
        let module = |path: ExprPath| written_module(&path);
        assert_eq!(module(syn::parse_quote!(image::resize)).as_deref(), Some("image"));
        assert_eq!(module(syn::parse_quote!(a::B::<u8>::new)).as_deref(), Some("a::B"));
        for own in ["resize", "self::resize", "crate::pics::resize", "Self::new"] {
            assert_eq!(module(syn::parse_str(own).unwrap()), None, "{own}");
        }
    }
}
