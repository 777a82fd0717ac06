//! `#[delayed]` on an `impl` block: a trait makes its `&self` and `self` methods methods of handles.

mod left_out;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{
    Attribute, ExprPath, FnArg, Generics, Ident, ImplItem, ImplItemFn, ItemImpl, Path,
    ReceiverKind, Type, Visibility, parse_quote,
    spanned::Spanned,
    visit_mut::{self, VisitMut},
};

use crate::{
    args::{Args, RunOptions},
    attributes,
    errors::Errors,
    expand,
    generics::{for_tasks, turbofish},
    lifetimes::MakeStatic,
    model::{self, Param, Passed, configured, refusals},
    spans::respanned,
    task_body::TaskBody,
};

/// Writes the block as it was, and the trait with its implementations for handles.
///
/// # Errors
/// Everything that keeps the block's methods from being tasks.
pub(crate) fn expand(
    block: &mut ItemImpl,
    args: &Args,
    runtime: &Path,
) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    if let Some((path, _)) = &block.trait_ {
        errors.at(
            path,
            "a trait's methods become tasks where they are called: leave `#[delayed]` out and \
             write `defer!(value.method(argument))`",
        );
        errors.finish()?;
    }
    if let Some(option) = &args.function_option {
        let advice = || {
            format!("`{option}` is for one function: write it in a `#[delayed(…)]` on the method")
        };
        let remote = args.remote.is_some();
        errors.at(option, if remote { model::REMOTE_METHOD.to_owned() } else { advice() });
    }
    let name = trait_name(block, args, &mut errors);
    let methods = methods(block, &mut errors);
    if methods.is_empty() {
        errors.at(
            &block.self_ty,
            "there is no `&self` or `self` method here to call on a handle: put `#[delayed]` on the \
             functions themselves",
        );
    }
    errors.finish()?;

    let name = name.expect("without a name there was an error");
    let self_ty = MakeStatic::new(&block.generics).in_type(&block.self_ty);
    let mut tasks = Vec::with_capacity(methods.len());
    let mut in_trait = Vec::with_capacity(methods.len());
    for method in &methods {
        match task(method, &self_ty, &block.generics, runtime) {
            Ok(task) => {
                tasks.push(task);
                in_trait.push(&method.function.sig.ident);
            }
            // What takes `self` may do what no task can, such as returning an iterator.
            Err(_) if method.consumes => {}
            Err(error) => errors.add(with_way_out(error)),
        }
    }
    let left_out = left_out::stand_ins(block, &in_trait, runtime);
    // The methods that are refused are missing from the trait; the others keep working.
    let refused = errors.finish().err().map(|error| error.to_compile_error());

    let mut generics = for_tasks(&block.generics);
    // The first borrows, unless all consume.
    let vis = &methods[0].function.vis;
    // Errors about the trait, above all that there is one of this name, point to the type.
    let here = Span::mixed_site().located_at(name.span());
    let head = quote_spanned!(here=> #vis trait #name);
    let (_, given, _) = generics.split_for_impl();
    let given = quote!(#given);
    let (declared, _, clause) = generics.split_for_impl();
    let (declared, clause) = (quote!(#declared), quote!(#clause));
    let handle = Ident::new("Handle", Span::mixed_site());
    generics.params.push(parse_quote!(#handle: #runtime::__private::HandleOf<#self_ty>));
    let (all, _, _) = generics.split_for_impl();
    let implementation = quote_spanned!(here=> impl #all #name #given for #handle #clause {});
    let cfg: Vec<&Attribute> =
        block.attrs.iter().filter(|attr| attr.path().is_ident("cfg")).collect();
    let docs = format!("Methods of `{}` as tasks, for handles.", quote!(#self_ty));
    Ok(quote! {
        #refused
        #block

        #(#cfg)*
        #[doc = #docs]
        #[allow(missing_docs, reason = "its methods have the docs of those in the block")]
        #head #declared: #runtime::__private::HandleOf<#self_ty> #clause {
            #(#tasks)*
            #(#left_out)*
        }

        #(#cfg)*
        #implementation
    })
}

fn trait_name(block: &ItemImpl, args: &Args, errors: &mut Errors) -> Option<Ident> {
    let Type::Path(path) = &*block.self_ty else {
        errors.at(&block.self_ty, "`#[delayed]` needs an `impl` block of a struct or an enum");
        return None;
    };
    let last = &path.path.segments.last()?.ident;
    let own = || format_ident!("{}Delayed", last, span = last.span());
    Some(args.trait_name.clone().unwrap_or_else(own))
}

/// A method of the block that handles shall have too.
struct Method {
    function: ImplItemFn,
    args: Args,
    /// The path of its own `#[delayed]`; `None` without one.
    attribute: Option<Path>,
    /// Whether it takes `self` and not `&self`.
    consumes: bool,
}

/// Finds the `&self` methods that are as visible as the most visible one, and removes their own
/// `#[delayed]` from the block; behind them the `self` methods that are as visible, but for those with a
/// `#[delayed]` of their own, which are called by their paths.
fn methods(block: &mut ItemImpl, errors: &mut Errors) -> Vec<Method> {
    let mut methods = Vec::new();
    for item in &mut block.items {
        let ImplItem::Fn(function) = item else { continue };
        let consumes = match function.sig.receiver().map(|receiver| &receiver.kind) {
            Some(ReceiverKind::Reference(_, _, None)) => false,
            Some(ReceiverKind::Value) if !function.attrs.iter().any(is_delayed) => true,
            _ => continue,
        };
        let (mut own_args, mut attribute) = (Args::default(), None);
        function.attrs.retain(|attr| {
            let own = is_delayed(attr);
            if own {
                let options = match &attr.meta {
                    syn::Meta::List(list) => list.tokens.clone(),
                    _ => TokenStream::new(),
                };
                let (args, mut problems) = Args::parse(options);
                if let Err(error) = problems.finish() {
                    errors.add(error);
                }
                if let Some(word) = &args.remote {
                    errors.at(word, model::REMOTE_METHOD);
                }
                if let Some(option) = &args.block_option {
                    errors.at(option, format!("`{option}` is for the whole `impl` block"));
                }
                own_args = args;
                attribute = Some(attr.path().clone());
            }
            !own
        });
        let cases = configured::cases(&function.sig).unwrap_or_else(|error| {
            errors.add(error);
            Vec::new()
        });
        for (condition, sig) in cases {
            let mut function = ImplItemFn { sig, ..function.clone() };
            function.attrs.splice(0..0, condition);
            let (args, attribute) = (own_args.clone(), attribute.clone());
            methods.push(Method { function, args, attribute, consumes });
        }
    }
    methods.sort_by_key(|method| method.consumes);
    // Those that borrow decide how visible the trait is, where there are any.
    let decides = methods.first().is_some_and(|first| first.consumes);
    let widest = methods
        .iter()
        .filter(|method| method.consumes == decides)
        .map(|method| openness(&method.function.vis))
        .max();
    let is_task = |method: &Method| {
        let openness = Some(openness(&method.function.vis));
        openness == widest || method.consumes && openness > widest
    };
    for attribute in
        methods.iter().filter(|method| !is_task(method)).flat_map(|method| &method.attribute)
    {
        errors.at(
            attribute,
            "this method stays an ordinary one, since another is more visible: make it as visible, \
             or leave `#[delayed]` out",
        );
    }
    methods.retain(is_task);
    methods
}

fn is_delayed(attr: &Attribute) -> bool {
    attr.path().segments.last().is_some_and(|last| last.ident == "delayed")
}

fn openness(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Public(_) => 3,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 2,
        Visibility::Restricted(restricted) if !restricted.path.is_ident("self") => 1,
        _ => 0,
    }
}

/// Writes one method of the trait.
fn task(
    method: &Method,
    self_ty: &Type,
    block_generics: &Generics,
    runtime: &Path,
) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let mut sig = method.function.sig.clone();
    // The method stays `const` in the block, but is an ordinary one of handles.
    sig.constness = None;
    refusals::check_place(&method.function.attrs, &sig, true, &mut errors);
    refusals::check_method_name(&sig.ident, &mut errors);
    if let Some(name) = &method.args.plain {
        errors.at(name, "the method itself is the plain function here: leave `plain` out");
    }
    model::check_qualifiers(&sig, &mut errors);
    let mut spell_out = SpellOutSelf { self_ty };
    spell_out.visit_signature_mut(&mut sig);
    sig.inputs = sig.inputs.into_iter().filter(|input| matches!(input, FnArg::Typed(_))).collect();
    let mut params = model::params(&sig, &method.args, &mut errors);
    params.iter_mut().for_each(|param| param.take_whole_if_generic(block_generics));
    let (result, fallible) = model::result(&sig, &method.args, &mut errors);
    let mut run_options = method.args.run_options.clone();
    let RunOptions { bytes, result_bytes, attempts, limits: _ } = &mut run_options;
    for path in [bytes, result_bytes, &mut attempts.retry_if].into_iter().flatten() {
        spell_out.visit_expr_path_mut(path);
    }
    model::check_run_options(&run_options, &params, fallible, &mut errors);
    errors.finish()?;

    let name = &sig.ident;
    let mut generics = for_tasks(&sig.generics);
    let parameters = expand::parameters(&params, runtime);
    let handle = expand::handle(&result, fallible, runtime);
    let (outer_attrs, _) = attributes::split(&method.function.attrs);
    let this = Ident::new("self", Span::mixed_site());
    let passed = match method.consumes {
        true => Passed::ByValue(self_ty.clone()),
        false => Passed::ByRef(self_ty.clone()),
    };
    params.insert(0, Param { name: this.clone(), passed, shape: None });
    if method.consumes {
        // A shared handle then needs a clone, which is asked for where the method is called.
        let here = Span::mixed_site().located_at(name.span());
        let runtime = respanned(runtime, here);
        let bound = syn::parse_quote_spanned!(here=> Self: #runtime::IntoArg<#self_ty>);
        generics.make_where_clause().predicates.push(bound);
    }
    let (declared, _, clause) = generics.split_for_impl();
    let turbofish = turbofish(&sig.generics);
    let body = expand::task_body(&TaskBody {
        runtime,
        name,
        params: &params,
        inner: &TokenStream::new(),
        callee: &quote!(<#self_ty>::#name #turbofish),
        result: &result,
        fallible,
        run_options: &run_options,
        signature: None,
    });
    let allowed = expand::allowed();
    Ok(quote! {
        #allowed
        #(#outer_attrs)*
        #[track_caller]
        fn #name #declared (#this, #(#parameters),*) -> #handle #clause {
            #body
        }
    })
}

/// Replaces `Self` by the type of the block, since in the trait `Self` is a handle.
struct SpellOutSelf<'a> {
    self_ty: &'a Type,
}

impl VisitMut for SpellOutSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let Type::Path(path) = ty else { return visit_mut::visit_type_mut(self, ty) };
        visit_mut::visit_type_path_mut(self, path);
        let starts = path.qself.is_none()
            && path.path.segments.first().is_some_and(|first| first.ident == "Self");
        if !starts {
            return;
        }
        let self_ty = self.self_ty;
        if path.path.segments.len() == 1 {
            *ty = self_ty.clone();
        } else {
            let rest = path.path.segments.iter().skip(1);
            *ty = syn::parse_quote_spanned!(path.span()=> <#self_ty>::#(#rest)::*);
        }
    }

    fn visit_expr_path_mut(&mut self, path: &mut ExprPath) {
        visit_mut::visit_expr_path_mut(self, path);
        let starts = path.qself.is_none()
            && path.path.segments.first().is_some_and(|first| first.ident == "Self");
        if starts {
            let (self_ty, rest) = (self.self_ty, path.path.segments.iter().skip(1));
            *path = syn::parse_quote_spanned!(path.span()=> <#self_ty>::#(#rest)::*);
        }
    }
}

fn with_way_out(error: syn::Error) -> syn::Error {
    let mut all = Errors::default();
    for one in error {
        all.add(syn::Error::new(
            one.span(),
            format!(
                "{one}; a method that is no task belongs in an `impl` block without `#[delayed]`"
            ),
        ));
    }
    all.finish().expect_err("an error has at least one message")
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn names(mut block: ItemImpl) -> Vec<String> {
        let mut errors = Errors::default();
        let methods = methods(&mut block, &mut errors);
        assert!(errors.finish().is_ok());
        methods.iter().map(|method| method.function.sig.ident.to_string()).collect()
    }

    fn plain(ty: &Type) -> String {
        quote!(#ty).to_string().replace(' ', "")
    }

    #[test]
    fn the_most_visible_borrowing_methods_become_tasks() {
        let block = parse_quote! {
            impl Model {
                pub fn new() -> Self { Model }
                pub fn predict(&self) -> f64 { self.helper() }
                pub fn train(&mut self) {}
                fn helper(&self) -> f64 { 0.0 }
                pub fn score(&self) -> f64 { 0.0 }
            }
        };
        assert_eq!(names(block), ["predict", "score"]);
    }

    #[test]
    fn methods_that_consume_are_tasks_and_do_not_hide_those_that_borrow() {
        let block = parse_quote! {
            impl Model {
                pub fn finish(self) -> f64 { 0.0 }
                fn scaled(mut self, by: f64) -> Self { self }
                #[delayed]
                fn by_path(self) {}
                fn score(&self) -> f64 { 0.0 }
            }
        };
        assert_eq!(names(block), ["score", "finish", "scaled"]);
        assert_eq!(names(parse_quote!(impl A { fn b(self) {} pub fn c(self) {} })), ["c"]);
    }

    #[test]
    fn private_methods_become_tasks_when_there_are_no_others() {
        assert_eq!(names(parse_quote!(impl A { fn b(&self) {} })), ["b"]);
    }

    #[test]
    fn self_is_spelled_out() {
        let self_ty: Type = parse_quote!(Model<T>);
        let mut ty: Type = parse_quote!(Option<(Self, Self::Row)>);
        SpellOutSelf { self_ty: &self_ty }.visit_type_mut(&mut ty);
        let spelled_out: Type = parse_quote!(Option<(Model<T>, <Model<T>>::Row)>);
        assert_eq!(plain(&ty), plain(&spelled_out));
    }
}
