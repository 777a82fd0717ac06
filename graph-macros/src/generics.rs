//! The generics of a function that builds tasks: no lifetimes, and types that may go to another
//! thread.

use quote::format_ident;
use syn::{
    GenericParam, Generics, Token, Type, TypeParamBound, WherePredicate, parse_quote_spanned,
};

use crate::lifetimes::MakeStatic;

/// Adds `Send + 'static` to each type parameter, where its other bounds are, and removes lifetimes.
pub(crate) fn for_tasks(generics: &Generics) -> Generics {
    let mut generics = MakeStatic::new(generics).in_generics(generics);
    let clause = &mut generics.where_clause;
    for param in &mut generics.params {
        let GenericParam::Type(param) = param else { continue };
        let span = param.ident.span();
        let predicates = clause.iter_mut().flat_map(|clause| &mut clause.predicates);
        let own = predicates.into_iter().find_map(|predicate| match predicate {
            WherePredicate::Type(bound) if is_ident(&bound.bounded_ty, &param.ident) => Some(bound),
            _ => None,
        });
        let bounds = match own {
            Some(predicate) if param.bounds.is_empty() => &mut predicate.bounds,
            _ => {
                param.colon_token.get_or_insert(Token![:](span));
                &mut param.bounds
            }
        };
        let has_static = bounds.iter().any(
            |bound| matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident == "static"),
        );
        if !bounds.iter().any(is_send) {
            bounds.push(parse_quote_spanned!(span=> ::core::marker::Send));
        }
        if !has_static {
            bounds.push(parse_quote_spanned!(span=> 'static));
        }
    }
    generics
}

/// Whether the bound is the standard library's `Send`: a `Send` alone may be a trait of the user's.
fn is_send(bound: &TypeParamBound) -> bool {
    let TypeParamBound::Trait(bound) = bound else { return false };
    let names: Vec<String> =
        bound.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    matches!(
        names.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["core" | "std", "marker", "Send"]
    )
}

fn is_ident(ty: &Type, ident: &syn::Ident) -> bool {
    matches!(ty, Type::Path(path) if path.qself.is_none() && path.path.is_ident(ident))
}

/// Writes `::<T, N>`, the type and constant parameters for a call of the inner function; `None`
/// when there are none.
pub(crate) fn turbofish(generics: &Generics) -> Option<proc_macro2::TokenStream> {
    let names: Vec<_> = generics
        .params
        .iter()
        .filter_map(|param| match param {
            GenericParam::Type(param) => Some(format_ident!("{}", param.ident)),
            GenericParam::Const(param) => Some(format_ident!("{}", param.ident)),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!names.is_empty()).then(|| quote::quote!(::<#(#names),*>))
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};
    use syn::{ItemFn, parse_quote};

    use super::*;

    fn generics_of(function: ItemFn) -> Generics {
        for_tasks(&function.sig.generics)
    }

    #[test]
    fn bounds_join_those_that_are_there() {
        let inline = generics_of(parse_quote!(
            fn f<'a, T: Clone, const N: usize>(x: &'a T) {}
        ));
        assert_eq!(
            inline.to_token_stream().to_string(),
            quote!(<T: Clone + ::core::marker::Send + 'static, const N: usize>).to_string()
        );
        let clause = generics_of(parse_quote!(
            fn f<T>(x: T)
            where
                T: Clone,
            {
            }
        ));
        assert_eq!(
            clause.where_clause.to_token_stream().to_string(),
            quote!(where T: Clone + ::core::marker::Send + 'static).to_string()
        );
    }

    #[test]
    fn bounds_that_are_there_are_not_repeated() {
        let generics = generics_of(parse_quote!(
            fn f<'a, T: std::marker::Send + 'a>(x: &'a T) {}
        ));
        let unchanged = quote!(<T: std::marker::Send + 'static>);
        assert_eq!(generics.to_token_stream().to_string(), unchanged.to_string());
    }

    #[test]
    fn a_trait_of_the_users_called_send_is_not_taken_for_the_real_one() {
        let generics = generics_of(parse_quote!(
            fn f<T: Send>(x: T) {}
        ));
        let both = quote!(<T: Send + ::core::marker::Send + 'static>);
        assert_eq!(generics.to_token_stream().to_string(), both.to_string());
    }

    #[test]
    fn lifetimes_are_left_out_of_the_turbofish() {
        let generics = parse_quote!(<'a, T: Clone, const N: usize>);
        assert_eq!(turbofish(&generics).unwrap().to_string(), quote!(::<T, N>).to_string());
    }
}
