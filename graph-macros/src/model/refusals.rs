//! What would compile, or fail for a reason that nobody finds: attributes, names and types that do not
//! go together with `#[delayed]`.

use syn::{
    Attribute, GenericArgument, Ident, PathArguments, Signature, Type, TypePath,
    visit_mut::{self, VisitMut},
};

use crate::errors::{Errors, readable};

/// Refuses attributes that want a function which is called, and the function where a program begins.
pub(crate) fn check_place(
    attrs: &[Attribute],
    sig: &Signature,
    associated: bool,
    errors: &mut Errors,
) {
    for attr in attrs {
        let Some(last) = attr.path().segments.last() else { continue };
        let message = match last.ident.to_string().as_str() {
            "test" | "bench" | "rstest" | "test_case" | "quickcheck" => {
                "a test that only builds a task never runs: leave `#[delayed]` out, and in the test \
                 call `.compute()` on what another `#[delayed]` function returns"
            }
            "main" => MAIN,
            "delayed" => "`#[delayed]` is there twice: write one, with the options of both",
            "target_feature" => {
                "a task may run on any machine and is called through a safe function: leave \
                 `#[delayed]` out here, and call this function inside a `#[delayed]` one"
            }
            _ => continue,
        };
        errors.at(attr, message);
    }
    if sig.ident == "main" && sig.inputs.is_empty() && !associated {
        errors.at(&sig.ident, MAIN);
    }
}

const MAIN: &str = "a program begins in `main`, which must run and not build a task: leave `#[delayed]` out, and \
                    call `.compute()` inside";

/// Refuses a handle inside the type of a parameter: it would be a constant, and its edge would be lost.
pub(crate) fn check_handles(ty: &Type, errors: &mut Errors) {
    let mut without = ty.clone();
    let mut handles = WithoutHandles { first: None };
    handles.visit_type_mut(&mut without);
    let Some(handle) = handles.first else { return };
    let (written, name, without) = (readable(ty), &handle.ident, readable(&without));
    errors.at(
        ty,
        format!(
            "a `{name}` inside a parameter is no edge of the graph, and nothing computes it: write \
             `{without}` instead of `{written}`, which takes handles too; `#[delayed(handles)]` is \
             for a function that works with handles themselves, or with another type of this name"
        ),
    );
}

/// Says whether a type is written with a handle in it.
pub(crate) fn mentions_handles(ty: &Type) -> bool {
    let mut handles = WithoutHandles { first: None };
    handles.visit_type_mut(&mut ty.clone());
    handles.first.is_some()
}

/// Replaces `Delayed<T>` and `Shared<T>` by `T`. What a function pointer takes or returns is its own.
struct WithoutHandles {
    first: Option<syn::PathSegment>,
}

impl VisitMut for WithoutHandles {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(TypePath { path, .. }) = ty
            && let Some(last) = path.segments.last()
            && (last.ident == "Delayed" || last.ident == "Shared")
            && let PathArguments::AngleBracketed(arguments) = &last.arguments
            && let [GenericArgument::Type(result)] = arguments.args.iter().collect::<Vec<_>>()[..]
        {
            self.first.get_or_insert_with(|| last.clone());
            *ty = result.clone();
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
    fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {}
}

/// Refuses a type by value whose size is not known.
pub(crate) fn check_sized(
    ty: &Type,
    owned: impl Fn(&str) -> &'static str,
    errors: &mut Errors,
) -> bool {
    let kind = match ty {
        Type::Slice(_) => "[T]",
        Type::TraitObject(_) => "dyn Trait",
        Type::Path(path) if path.path.is_ident("str") => "str",
        _ => return true,
    };
    let written = readable(ty);
    errors.at(
        ty,
        format!(
            "a `{written}` has no known size, so it cannot move from task to task: {}",
            owned(kind)
        ),
    );
    false
}

/// What the handles have themselves, and the traits that are in scope everywhere: methods that a trait
/// for handles cannot have, because a call would not reach them.
const METHODS_OF_HANDLES: [&str; 30] = [
    "after",
    "after_each",
    "and_then",
    "backoff",
    "built_at",
    "clone",
    "compute",
    "failure",
    "flatten",
    "handle_task",
    "into",
    "into_arg",
    "into_ref",
    "map",
    "map_each",
    "named",
    "priority",
    "reset",
    "resource",
    "results",
    "retries",
    "roots",
    "shared",
    "spawn",
    "timeout",
    "to_owned",
    "try_into",
    "unzip",
    "visualize",
    "zip",
];

/// Says whether handles have a method of this name.
pub(crate) fn is_method_of_handles(name: &Ident) -> bool {
    METHODS_OF_HANDLES.iter().any(|method| name == method)
}

/// Refuses a method of a whole `impl` block that handles have already.
pub(crate) fn check_method_name(name: &Ident, errors: &mut Errors) {
    if is_method_of_handles(name) {
        errors.at(
            name,
            format!(
                "handles have a method `{name}` of their own, which a call on a handle would reach \
                 instead of this one: give this method another name"
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use syn::{FnArg, ImplItem, Item, TraitItem, parse_quote};

    use super::*;

    fn refusal(ty: Type) -> Option<String> {
        let mut errors = Errors::default();
        check_handles(&ty, &mut errors);
        errors.finish().err().map(|error| error.to_string())
    }

    #[test]
    fn handles_are_found_in_every_container() {
        let message = refusal(parse_quote!(Vec<(String, Delayed<i64>)>)).unwrap();
        assert!(message.contains("write `Vec<(String, i64)>` instead of"), "{message}");
        assert!(refusal(parse_quote!(Delayed<i64>)).unwrap().contains("write `i64`"));
        assert!(
            refusal(parse_quote!([graph_exec::Shared<Table>])).unwrap().contains("write `[Table]`")
        );
    }

    #[test]
    fn functions_may_speak_of_handles() {
        assert!(refusal(parse_quote!(fn(i64) -> Delayed<i64>)).is_none());
        assert!(refusal(parse_quote!(Box<dyn Fn(i64) -> Delayed<i64> + Send>)).is_none());
        assert!(refusal(parse_quote!(Delayed)).is_none());
    }

    /// Adds the names of the methods in a file's `impl` blocks of handles and in its traits for them.
    fn add_methods(file: &Path, methods: &mut BTreeSet<String>) {
        let handle = |ty: &Type| matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Delayed" || last.ident == "Shared"));
        let is_method = |sig: &Signature| matches!(sig.inputs.first(), Some(FnArg::Receiver(_)));
        let traits = ["Compute", "ComputeShared", "Handle", "Visualize"];
        for item in syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap().items {
            match item {
                Item::Impl(block) if block.trait_.is_none() && handle(&block.self_ty) => {
                    for item in block.items {
                        if let ImplItem::Fn(method) = item
                            && matches!(method.vis, syn::Visibility::Public(_))
                            && is_method(&method.sig)
                        {
                            methods.insert(method.sig.ident.to_string());
                        }
                    }
                }
                Item::Trait(declared) if traits.iter().any(|name| declared.ident == name) => {
                    for item in declared.items {
                        if let TraitItem::Fn(method) = item {
                            methods.insert(method.sig.ident.to_string());
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn add_folder(folder: &Path, methods: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                add_folder(&path, methods);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                add_methods(&path, methods);
            }
        }
    }

    #[test]
    fn every_method_of_handles_is_listed() {
        let mut methods = BTreeSet::new();
        for krate in ["graph-core", "graph-exec"] {
            let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(krate).join("src");
            add_folder(&sources, &mut methods);
        }
        assert!(methods.contains("compute") && methods.contains("shared"), "{methods:?}");
        let missing: Vec<&String> =
            methods.iter().filter(|name| !METHODS_OF_HANDLES.contains(&name.as_str())).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
