//! Makes lifetimes `'static`: a task outlives its caller's borrows, so only the function itself
//! keeps its lifetimes.

use proc_macro2::Span;
use syn::{
    GenericParam, Generics, Lifetime, WherePredicate,
    visit_mut::{self, VisitMut},
};

/// Replaces the lifetimes that a signature declares or elides.
pub(crate) struct MakeStatic {
    declared: Vec<Lifetime>,
    found: bool,
}

impl MakeStatic {
    /// Replaces the lifetimes that `generics` declare, and elided ones.
    pub(crate) fn new(generics: &Generics) -> Self {
        let declared = generics.lifetimes().map(|param| param.lifetime.clone()).collect();
        MakeStatic { declared, found: false }
    }

    /// The type with every borrow made `'static`.
    pub(crate) fn in_type(&mut self, ty: &syn::Type) -> syn::Type {
        let mut ty = ty.clone();
        self.visit_type_mut(&mut ty);
        ty
    }

    /// Whether the type borrows something that is not `'static`.
    pub(crate) fn borrows(&mut self, ty: &syn::Type) -> bool {
        self.found = false;
        self.in_type(ty);
        self.found
    }

    /// The generics without lifetime parameters.
    pub(crate) fn in_generics(&mut self, generics: &Generics) -> Generics {
        let mut generics = generics.clone();
        generics.params = generics
            .params
            .into_iter()
            .filter(|param| !matches!(param, GenericParam::Lifetime(_)))
            .collect();
        if let Some(clause) = &mut generics.where_clause {
            clause.predicates = std::mem::take(&mut clause.predicates)
                .into_iter()
                .filter(|predicate| !matches!(predicate, WherePredicate::Lifetime(_)))
                .collect();
        }
        self.visit_generics_mut(&mut generics);
        generics
    }

    fn make_static(&mut self, span: Span) -> Lifetime {
        self.found = true;
        Lifetime::new("'static", span)
    }
}

impl VisitMut for MakeStatic {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if lifetime.ident == "_" || self.declared.contains(lifetime) {
            *lifetime = self.make_static(lifetime.span());
        }
    }

    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = Some(self.make_static(reference.and_token.span));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    // In `fn(&T)` and `Fn(&T)` an elided lifetime is the caller's choice, not a borrow.
    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}
    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        _: &mut syn::ParenthesizedGenericArguments,
    ) {
    }
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};
    use syn::parse_quote;

    use super::*;

    fn made_static(ty: syn::Type) -> String {
        let generics: Generics = parse_quote!(<'a, T>);
        MakeStatic::new(&generics).in_type(&ty).to_token_stream().to_string()
    }

    #[test]
    fn named_and_elided_lifetimes_become_static() {
        assert_eq!(
            made_static(parse_quote!(Cow<'a, [&str]>)),
            quote!(Cow<'static, [&'static str]>).to_string()
        );
    }

    #[test]
    fn a_function_pointer_keeps_its_own() {
        assert_eq!(made_static(parse_quote!(fn(&str) -> u8)), quote!(fn(&str) -> u8).to_string());
        assert_eq!(made_static(parse_quote!(Box<dyn Fn(&T)>)), quote!(Box<dyn Fn(&T)>).to_string());
    }

    #[test]
    fn a_static_borrow_is_none() {
        let mut lifetimes = MakeStatic::new(&parse_quote!(<'a>));
        assert!(!lifetimes.borrows(&parse_quote!(Option<&'static str>)));
        assert!(lifetimes.borrows(&parse_quote!(Option<&'a str>)));
    }
}
