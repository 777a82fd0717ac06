//! Which shape a parameter's type is written in: where handles may stand inside an argument.
//!
//! Only what is written counts. A type behind an alias, and one that holds a generic parameter, is taken
//! as a whole: what the alias stands for is not known here, and a generic parameter could no longer be
//! inferred from the elements.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{GenericArgument, GenericParam, Generics, Path, PathArguments, Type};

use crate::spans::respanned;

/// More elements than this a tuple of handles cannot have.
const LARGEST_TUPLE: usize = 12;

/// The shape of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Taken as a whole.
    One,
    /// A container of elements.
    Container(Box<Shape>),
    /// A tuple.
    Tuple(Vec<Shape>),
}

impl Shape {
    /// Returns the shape of a parameter's type; `None` when it is taken as a whole, or is a container of
    /// such elements, which needs no shape to be told.
    pub(crate) fn of_parameter(ty: &Type, generics: &Generics) -> Option<Shape> {
        let shape = Shape::of(ty, true);
        let needs_none = match &shape {
            Shape::One => true,
            Shape::Container(element) => **element == Shape::One,
            Shape::Tuple(_) => false,
        };
        (!needs_none && !mentions(ty, generics)).then_some(shape)
    }

    /// Returns the shape of a type; `is_borrowed` allows a slice.
    fn of(ty: &Type, is_borrowed: bool) -> Shape {
        match ty {
            Type::Group(group) => Shape::of(&group.elem, is_borrowed),
            Type::Paren(paren) => Shape::of(&paren.elem, is_borrowed),
            Type::Tuple(tuple) if (1..=LARGEST_TUPLE).contains(&tuple.elems.len()) => {
                Shape::Tuple(tuple.elems.iter().map(|element| Shape::of(element, false)).collect())
            }
            Type::Array(array) => Shape::container(&array.elem),
            Type::Slice(slice) if is_borrowed => Shape::container(&slice.elem),
            Type::Path(path) if path.qself.is_none() => Shape::of_path(&path.path),
            _ => Shape::One,
        }
    }

    fn of_path(path: &Path) -> Shape {
        // `std::vec::Vec`, but not `my::Vec`.
        let first = path.segments.first().map(|first| &first.ident);
        let is_known = path.segments.len() == 1
            || first.is_some_and(|first| ["std", "core", "alloc"].iter().any(|name| first == name));
        let Some(last) = path.segments.last().filter(|_| is_known) else { return Shape::One };
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return Shape::One };
        let types: Vec<&Type> = arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect();
        match (last.ident.to_string().as_str(), &types[..]) {
            ("Vec" | "VecDeque" | "Option", [element])
            | ("HashMap", [_, element] | [_, element, _])
            | ("BTreeMap", [_, element]) => Shape::container(element),
            ("Box", [Type::Slice(slice)]) => Shape::container(&slice.elem),
            _ => Shape::One,
        }
    }

    fn container(element: &Type) -> Shape {
        Shape::Container(Box::new(Shape::of(element, false)))
    }

    /// Writes the type that tells the shape.
    pub(crate) fn written(&self, runtime: &Path, span: Span) -> TokenStream {
        let path = respanned(runtime, span);
        match self {
            Shape::One => quote_spanned!(span=> #path::shape::One),
            Shape::Container(element) => {
                let element = element.written(runtime, span);
                quote_spanned!(span=> #path::shape::Each<#element>)
            }
            Shape::Tuple(elements) => {
                let elements = elements.iter().map(|element| element.written(runtime, span));
                let elements = quote!(#(#elements,)*);
                quote_spanned!(span=> #path::shape::Each<(#elements)>)
            }
        }
    }
}

/// The types inside `ty`, each of which an argument may hold as a constant beside handles: elements of
/// tuples and containers at any depth, and keys of maps.
pub(crate) fn parts(ty: &Type) -> Vec<&Type> {
    let mut found = Vec::new();
    add_parts(ty, &mut found);
    found
}

fn add_parts<'a>(ty: &'a Type, found: &mut Vec<&'a Type>) {
    let mut inside: Vec<&'a Type> = Vec::new();
    match ty {
        Type::Group(group) => return add_parts(&group.elem, found),
        Type::Paren(paren) => return add_parts(&paren.elem, found),
        Type::Tuple(tuple) => inside.extend(&tuple.elems),
        Type::Array(array) => inside.push(&array.elem),
        Type::Slice(slice) => inside.push(&slice.elem),
        Type::Path(path) if Shape::of(ty, false) != Shape::One => {
            let Some(last) = path.path.segments.last() else { return };
            let PathArguments::AngleBracketed(arguments) = &last.arguments else { return };
            // Not the hasher of a map.
            for argument in arguments.args.iter().take(2) {
                match argument {
                    GenericArgument::Type(Type::Slice(slice)) => inside.push(&slice.elem),
                    GenericArgument::Type(ty) => inside.push(ty),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    for part in inside {
        found.push(part);
        add_parts(part, found);
    }
}

/// Whether a type holds one of these generic parameters, or what looks like one of an `impl` block that
/// an attribute on a function in it does not see: a single capital letter.
pub(crate) fn mentions(ty: &Type, generics: &Generics) -> bool {
    fn any(tokens: TokenStream, of: &dyn Fn(&Ident) -> bool) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => of(&ident),
            TokenTree::Group(group) => any(group.stream(), of),
            _ => false,
        })
    }
    let is_declared = |ident: &Ident| {
        generics.params.iter().any(|param| match param {
            GenericParam::Type(param) => param.ident == *ident,
            GenericParam::Const(param) => param.ident == *ident,
            GenericParam::Lifetime(_) => false,
        })
    };
    let is_letter = |ident: &Ident| {
        let text = ident.to_string();
        let mut characters = text.chars();
        characters.next().is_some_and(|first| first.is_ascii_uppercase())
            && characters.all(|rest| rest.is_ascii_digit())
    };
    any(ty.to_token_stream(), &|ident| is_letter(ident) || is_declared(ident))
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn written(ty: Type, generics: Generics) -> Option<String> {
        let shape = Shape::of_parameter(&ty, &generics)?;
        let tokens = shape.written(&parse_quote!(g), Span::call_site());
        Some(quote!(#tokens).to_string().replace(' ', "").replace("g::shape::", ""))
    }

    fn shape(ty: Type) -> Option<String> {
        written(ty, Generics::default())
    }

    #[test]
    fn what_handles_of_the_elements_serve_for_anyway_needs_no_shape() {
        assert_eq!(shape(parse_quote!(i64)), None);
        assert_eq!(shape(parse_quote!(Vec<i64>)), None);
        assert_eq!(shape(parse_quote!([i64])), None);
        assert_eq!(shape(parse_quote!(HashMap<String, Arc<Vec<f64>>>)), None);
        assert_eq!(shape(parse_quote!(Box<dyn Shape>)), None);
        assert_eq!(shape(parse_quote!(())), None);
    }

    #[test]
    fn tuples_and_nested_containers_are_told_to_any_depth() {
        assert_eq!(shape(parse_quote!((i64, f64))).unwrap(), "Each<(One,One,)>");
        assert_eq!(
            shape(parse_quote!([(String, Vec<f64>)])).unwrap(),
            "Each<Each<(One,Each<One>,)>>"
        );
        assert_eq!(
            shape(parse_quote!(Option<std::collections::HashMap<u8, [Box<[i64]>; 2]>>)).unwrap(),
            "Each<Each<Each<Each<One>>>>"
        );
        assert_eq!(shape(parse_quote!((my::Vec<i64>,))).unwrap(), "Each<(One,)>");
    }

    #[test]
    fn what_holds_a_generic_parameter_is_taken_as_a_whole() {
        assert_eq!(written(parse_quote!((Row, i64)), parse_quote!(<Row>)), None);
        assert_eq!(written(parse_quote!(Vec<Vec<T>>), Generics::default()), None);
        assert_eq!(
            written(parse_quote!((&'static str, Row)), Generics::default()).unwrap(),
            "Each<(One,One,)>"
        );
    }

    #[test]
    fn parts_are_all_types_that_may_be_constants_beside_handles() {
        let ty: Type = parse_quote!(Vec<(Key, Box<[HashMap<u8, f64, S>]>)>);
        let texts: Vec<String> =
            parts(&ty).iter().map(|part| quote!(#part).to_string().replace(' ', "")).collect();
        assert_eq!(
            texts,
            [
                "(Key,Box<[HashMap<u8,f64,S>]>)",
                "Key",
                "Box<[HashMap<u8,f64,S>]>",
                "HashMap<u8,f64,S>",
                "u8",
                "f64"
            ]
        );
    }
}
