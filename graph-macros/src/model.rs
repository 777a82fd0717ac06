//! Checks the annotated function; all reasons to refuse one are written here.

pub(crate) mod configured;
pub(crate) mod refusals;
pub(crate) mod shape;

use proc_macro2::{Group, Span, TokenStream};
use quote::ToTokens;
use syn::{
    Attribute, FnArg, GenericArgument, GenericParam, Generics, Ident, Pat, PathArguments,
    PathSegment, Receiver, ReceiverKind, ReturnType, Safety, Signature, Type, TypeImplTrait,
    Visibility, parse_quote_spanned, spanned::Spanned, visit_mut::VisitMut,
};

use crate::{
    args::{Args, RunOptions},
    attributes,
    errors::Errors,
    generics::for_tasks,
    lifetimes::MakeStatic,
    source::{SourceFn, mentions_self_type},
};

use shape::Shape;

/// A function that can be a task.
pub(crate) struct Task<'a> {
    /// Attributes of the function that builds the task.
    pub outer_attrs: Vec<&'a Attribute>,
    /// Attributes of the function that the task runs.
    pub inner_attrs: Vec<&'a Attribute>,
    /// Its visibility, as written.
    pub vis: &'a Visibility,
    /// Its signature, as written.
    pub sig: &'a Signature,
    /// Its body in braces, as written.
    pub body: &'a Group,
    /// Generics of the function that builds the task.
    pub generics: Generics,
    /// Parameters of the function that builds the task.
    pub params: Vec<Param>,
    /// The type that the function returns.
    pub result: Type,
    /// Whether that is a `Result` of which dependents see the value in `Ok`.
    pub fallible: bool,
    /// Whether its return type is written with handles. Then its name is the lazy one in its own body too.
    pub gives_handles: bool,
    /// Whether it stands in an `impl` block.
    pub associated: bool,
    /// How the task is run.
    pub run_options: &'a RunOptions,
    /// Whether other processes may call it by name.
    pub remote: bool,
    /// The name that the user gave to the function itself; `None` when nobody calls it but the task.
    pub plain: Option<&'a Ident>,
}

/// One parameter of the function that builds a task.
pub(crate) struct Param {
    /// Its name.
    pub name: Ident,
    /// How the function takes it.
    pub passed: Passed,
    /// Where handles may stand inside an argument; `None` when its type is taken as a whole, or is a
    /// container of such elements.
    pub shape: Option<Shape>,
}

impl Param {
    /// A parameter whose type tells its shape.
    pub(crate) fn new(name: Ident, passed: Passed, generics: &Generics) -> Self {
        let (Passed::ByValue(ty) | Passed::ByRef(ty)) = &passed;
        let shape = Shape::of_parameter(ty, generics);
        Param { name, passed, shape }
    }

    /// Forgets the shape of a type that holds one of these parameters.
    pub(crate) fn take_whole_if_generic(&mut self, generics: &Generics) {
        let (Passed::ByValue(ty) | Passed::ByRef(ty)) = &self.passed;
        self.shape = self.shape.take().filter(|_| !shape::mentions(ty, generics));
    }
}

/// How a function takes a parameter.
pub(crate) enum Passed {
    /// As a `T`.
    ByValue(Type),
    /// As a `&U`.
    ByRef(Type),
}

impl<'a> Task<'a> {
    /// Checks the function and splits it into what a task needs.
    ///
    /// # Errors
    /// Everything that keeps it from being a task, each on its token.
    pub(crate) fn new(source: &'a SourceFn, args: &'a Args) -> syn::Result<Self> {
        let SourceFn { attrs, vis, sig, body } = source;
        let mut errors = Errors::default();
        if let Some(name) = &args.trait_name {
            errors.at(name, "`trait = …` is for `#[delayed]` on an `impl` block");
        }
        let Some(body) = body else {
            errors.at(
                &sig.ident,
                "a trait's method has no body of its own to run as a task: leave `#[delayed]` out \
                 and write `defer!(value.method(argument))` where it is called",
            );
            return Err(errors.finish().expect_err("an error was just added"));
        };
        let associated =
            sig.receiver().is_some() || mentions_self_type(signature_and_body(sig, body));
        refusals::check_place(attrs, sig, associated, &mut errors);
        check_qualifiers(sig, &mut errors);
        let params = params(sig, args, &mut errors);
        let (result, fallible) = result(sig, args, &mut errors);
        check_run_options(&args.run_options, &params, fallible, &mut errors);
        if let Some(word) = &args.remote {
            check_remote(word, sig, associated, &mut errors);
        }
        errors.finish()?;

        let (outer_attrs, inner_attrs) = attributes::split(attrs);
        let generics = for_tasks(&sig.generics);
        Ok(Task {
            outer_attrs,
            inner_attrs,
            vis,
            generics,
            params,
            gives_handles: refusals::mentions_handles(&result),
            result,
            fallible,
            associated,
            run_options: &args.run_options,
            remote: args.remote.is_some(),
            plain: args.plain.as_ref(),
            sig,
            body,
        })
    }
}

fn signature_and_body(sig: &Signature, body: &Group) -> TokenStream {
    let mut tokens = TokenStream::new();
    sig.generics.params.to_tokens(&mut tokens);
    sig.generics.where_clause.to_tokens(&mut tokens);
    sig.inputs.to_tokens(&mut tokens);
    sig.output.to_tokens(&mut tokens);
    body.to_tokens(&mut tokens);
    tokens
}

/// Refuses the words before `fn` that a task cannot honour, and variadics.
pub(crate) fn check_qualifiers(sig: &Signature, errors: &mut Errors) {
    if let Some(word) = &sig.constness {
        errors.at(
            word,
            "a task runs later, never while compiling: remove `const`, or keep the `const fn` \
             and write `defer!(function(argument))` where a task is wanted",
        );
    }
    if let Some(word) = &sig.asyncness {
        errors.at(
            word,
            "a task is an ordinary function, run by a worker thread: leave this function without \
             `#[delayed]` and write `defer_async!(runtime, function(argument))` where a task is wanted \
             (feature `tokio` of graph-exec); or remove `async`, take a `tokio::runtime::Handle` as an \
             argument, and call its `block_on` in the body",
        );
    }
    if let Safety::Unsafe(word) = &sig.safety {
        errors.at(
            word,
            "a task is started by the executor, which cannot keep a safety contract: remove \
             `unsafe` from the function and put an `unsafe` block, with its reason, in the body",
        );
    }
    if let Some(abi) = &sig.abi {
        errors.at(
            abi,
            "a task cannot be called from another language: remove `extern`, or write \
             `defer!(function(argument))` where a task is wanted",
        );
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(
            variadic,
            "a task has a fixed number of parameters: take a `Vec` or a slice instead",
        );
    }
}

/// Refuses `remote` on a function that other machines cannot find by its path.
fn check_remote(word: &Ident, sig: &Signature, associated: bool, errors: &mut Errors) {
    let generic = sig.generics.params.iter().find(|p| !matches!(p, GenericParam::Lifetime(_)));
    if let Some(parameter) = generic {
        errors.at(
            parameter,
            "other machines find a function with `remote` by its name, and a generic one is many \
             under one name: write a function for each type, which may call the generic one",
        );
    }
    if associated {
        errors.at(word, REMOTE_METHOD);
    }
    if let ReturnType::Type(_, ty) = &sig.output
        && let Type::Reference(reference) = plain(ty)
    {
        errors.at(
            reference,
            "a result of a function with `remote` is read on another machine, where nothing is \
             there to borrow: return an owned value, `String` instead of `&'static str`",
        );
    }
}

/// Why a method cannot have `remote`.
pub(crate) const REMOTE_METHOD: &str = "`remote` is for free functions, which other machines find by their path: write one that \
     borrows the value, `#[delayed(remote)] fn predict(model: &Model, x: f64)`, and calls the method";

/// Refuses a path to a function of the user's when a parameter hides that function, and one that looks at
/// errors where there are none.
pub(crate) fn check_run_options(
    run_options: &RunOptions,
    params: &[Param],
    fallible: bool,
    errors: &mut Errors,
) {
    let RunOptions { bytes, result_bytes, attempts, limits: _ } = run_options;
    if let Some(path) = attempts.retry_if.as_ref().filter(|_| !fallible) {
        errors.at(
            path,
            "`retry_if` looks at the error that the function returns, and this one returns none: let it return \
             a `Result<T, E>`, or leave `retry_if` out",
        );
    }
    for path in [bytes, result_bytes, &attempts.retry_if].into_iter().flatten() {
        if let Some(param) = params.iter().find(|param| path.path.is_ident(&param.name)) {
            let name = &param.name;
            errors.at(path, format!("`{name}` is a parameter here: write `self::{name}`"));
        }
    }
}

/// Checks the parameters; the result lacks those with errors.
pub(crate) fn params(sig: &Signature, args: &Args, errors: &mut Errors) -> Vec<Param> {
    let taken: Vec<String> = sig
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(typed) => pattern_name(&typed.pat).map(Ident::to_string),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let mut params = Vec::with_capacity(sig.inputs.len());
    for (index, input) in sig.inputs.iter().enumerate() {
        let (name, ty) = match input {
            FnArg::Receiver(receiver) => {
                let mut name = "this".to_owned();
                while taken.contains(&name) {
                    name.push('_');
                }
                (Ident::new(&name, receiver.self_token.span), receiver_type(receiver))
            }
            FnArg::Typed(typed) => {
                (param_name(&typed.pat, index, &taken, errors), (*typed.ty).clone())
            }
        };
        if let Some(passed) = passed(&ty, &sig.generics, args, errors) {
            params.push(Param::new(name, passed, &sig.generics));
        }
    }
    params
}

/// How a parameter of this type is passed; `None` when an error was added.
fn passed(ty: &Type, generics: &Generics, args: &Args, errors: &mut Errors) -> Option<Passed> {
    if let Some(part) = impl_trait_in(ty) {
        let message = if args.remote.is_some() {
            "other machines find a function with `remote` by its name alone, so it cannot be given \
             code: call a named function in the body, one `remote` function for each"
        } else {
            "`impl Trait` would hide which type the task keeps: name it, `fn f<T: Trait>(x: T)`"
        };
        errors.at(part, message);
        return None;
    }
    if !args.handles {
        refusals::check_handles(ty, errors);
    }
    let mut lifetimes = MakeStatic::new(generics);
    match plain(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            errors.at(
                reference,
                "a task cannot change what others may read: take the value itself, `mut x: T`, \
                 and return the changed one",
            );
            None
        }
        Type::Reference(reference) if !is_static(reference) => {
            // Parentheses that a `&(dyn A + B)` needs are one too many in `IntoRef<dyn A + B>`.
            Some(Passed::ByRef(lifetimes.in_type(plain(&reference.elem))))
        }
        ty => {
            let borrow = |kind: &str| match kind {
                "str" => "take `&str`, which takes a `String` and its handles too",
                "[T]" => "take `&[T]`, which takes a `Vec<T>` and its handles too",
                _ => "take `Box<dyn Trait + Send>`, or `&(dyn Trait + Send)` to borrow it",
            };
            refusals::check_sized(ty, borrow, errors)
                .then(|| Passed::ByValue(lifetimes.in_type(ty)))
        }
    }
}

fn is_static(reference: &syn::TypeReference) -> bool {
    reference.lifetime.as_ref().is_some_and(|lifetime| lifetime.ident == "static")
}

/// How a parameter was meant to be passed, even if it was refused; `None` when that is unknown.
pub(crate) fn intended(input: &FnArg, generics: &Generics) -> Option<Passed> {
    let mut ty = match input {
        FnArg::Receiver(receiver) => receiver_type(receiver),
        FnArg::Typed(typed) => (*typed.ty).clone(),
    };
    if let Type::Reference(reference) = plain(&ty)
        && reference.mutability.is_some()
    {
        ty = (*reference.elem).clone();
    }
    passed(&ty, generics, &Args::default(), &mut Errors::default())
}

/// The type without the invisible or visible parentheses around it.
fn plain(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => plain(&group.elem),
        Type::Paren(paren) => plain(&paren.elem),
        _ => ty,
    }
}

fn receiver_type(receiver: &Receiver) -> Type {
    let span = receiver.self_token.span;
    let self_type = Ident::new("Self", span);
    match &receiver.kind {
        ReceiverKind::Reference(and, lifetime, mutability) => {
            parse_quote_spanned!(span=> #and #lifetime #mutability #self_type)
        }
        ReceiverKind::Typed(_, ty) => (**ty).clone(),
        _ => parse_quote_spanned!(span=> #self_type),
    }
}

fn pattern_name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) => Some(&pattern.ident),
        Pat::Paren(inner) => pattern_name(&inner.pat),
        _ => None,
    }
}

/// The name of a parameter, or one that no other parameter has `taken`.
fn param_name(pattern: &Pat, index: usize, taken: &[String], errors: &mut Errors) -> Ident {
    if let Some(name) = pattern_name(pattern) {
        return name.clone();
    }
    if !matches!(pattern, Pat::Wild(_)) {
        errors.at(
            pattern,
            "a task's parameter needs a name: write one here and take the value apart in the body, \
             `let (a, b) = pair;`",
        );
    }
    let mut name = format!("argument_{}", index + 1);
    while taken.contains(&name) {
        name.push('_');
    }
    Ident::new(&name, pattern.span())
}

/// The type that the function returns, and whether it is a `Result` of which dependents see `Ok`.
pub(crate) fn result(sig: &Signature, args: &Args, errors: &mut Errors) -> (Type, bool) {
    let ReturnType::Type(_, ty) = &sig.output else {
        if args.fallible == Some(true) {
            errors.at(
                &sig.ident,
                "`fallible` is for functions that return a `Result`, and this one returns nothing",
            );
        }
        return (unit(sig.paren_token.span.close()), false);
    };
    if let Some(part) = impl_trait_in(ty) {
        errors.at(
            part,
            "`impl Trait` would hide the type of the handle: return a named type, `Vec<T>` instead \
             of `impl Iterator<Item = T>`, or a `Box<dyn Trait + Send>`",
        );
    } else if let Type::Never(never) = plain(ty) {
        errors.at(never, "a task that never ends has no result to hand on: leave `#[delayed]` out");
    } else if MakeStatic::new(&sig.generics).borrows(ty) {
        errors.at(
            ty,
            "a task's result outlives its arguments, so it cannot borrow from them: return an \
             owned value, `String` instead of `&str`, `Vec<T>` instead of `&[T]`",
        );
    }
    let owned = |kind: &str| match kind {
        "str" => "return a `String`",
        "[T]" => "return a `Vec<T>`",
        _ => "return a `Box<dyn Trait + Send>`",
    };
    refusals::check_sized(plain(ty), owned, errors);
    let fallible = args.fallible.unwrap_or_else(|| is_named_result(ty));
    (plain(ty).clone(), fallible)
}

/// The type `()`.
pub(crate) fn unit(span: Span) -> Type {
    parse_quote_spanned!(span=> ())
}

fn is_named_result(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|last| last.ident == "Result")
}

/// The `T` of a `Result<T, E>` or `Result<T>`; `None` when the type has another name or says no `T`.
pub(crate) fn value_of_result(ty: &Type) -> Option<&Type> {
    let last = last_segment(ty).filter(|last| last.ident == "Result")?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    match arguments.args.first() {
        Some(GenericArgument::Type(value)) => Some(value),
        _ => None,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match plain(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// The first `impl Trait` in a type; `None` without one.
fn impl_trait_in(ty: &Type) -> Option<TypeImplTrait> {
    struct Find(Option<TypeImplTrait>);
    impl VisitMut for Find {
        fn visit_type_impl_trait_mut(&mut self, found: &mut TypeImplTrait) {
            self.0.get_or_insert_with(|| found.clone());
        }
    }
    let mut find = Find(None);
    find.visit_type_mut(&mut ty.clone());
    find.0
}

/// Whether `Delayed<T>` can be written for this type.
pub(crate) fn is_nameable(ty: &Type) -> bool {
    let owned = |_: &str| "";
    !matches!(plain(ty), Type::Never(_))
        && impl_trait_in(ty).is_none()
        && refusals::check_sized(plain(ty), owned, &mut Errors::default())
}
