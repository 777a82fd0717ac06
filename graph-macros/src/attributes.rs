//! Which of the two functions an attribute of the user goes to.

use syn::{Attribute, Meta, Token, punctuated::Punctuated, spanned::Spanned};

/// Splits attributes into those of the function that builds the task, and those of the function
/// that the task runs.
///
/// What a caller sees goes to the first, and so do lints, since they reach into the second from
/// there. All others, such as `#[inline]` or an attribute macro, concern the body.
pub(crate) fn split(attrs: &[Attribute]) -> (Vec<&Attribute>, Vec<&Attribute>) {
    attrs.iter().partition(|attr| concerns_the_caller(&attr.meta))
}

/// Those of the caller's attributes that a hidden function beside the builder needs too: in an `impl`
/// block it stands outside of the builder, where no lint level reaches it.
pub(crate) fn of_sibling<'a>(outer: &[&'a Attribute]) -> Vec<&'a Attribute> {
    const BOTH: [&str; 7] = ["cfg", "cfg_attr", "allow", "expect", "warn", "deny", "forbid"];
    let both = |attr: &&Attribute| BOTH.iter().any(|name| attr.path().is_ident(name));
    outer.iter().copied().filter(both).collect()
}

/// The attribute for the builder of a function beside it, on which alone an expected lint can fall.
pub(crate) fn of_builder(attr: &Attribute) -> Attribute {
    let mut attr = attr.clone();
    if let Meta::List(list) = &mut attr.meta
        && list.path.is_ident("expect")
    {
        list.path = syn::parse_quote_spanned!(list.path.span()=> allow);
    }
    attr
}

fn concerns_the_caller(meta: &Meta) -> bool {
    const OUTER: [&str; 9] =
        ["doc", "cfg", "deprecated", "must_use", "allow", "expect", "warn", "deny", "forbid"];
    if meta.path().is_ident("cfg_attr")
        && let Meta::List(list) = meta
    {
        let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
        return parts.is_ok_and(|parts| parts.iter().skip(1).all(concerns_the_caller));
    }
    OUTER.iter().any(|name| meta.path().is_ident(name))
}

#[cfg(test)]
mod tests {
    use syn::{ItemFn, parse_quote};

    use super::*;

    #[test]
    fn the_caller_keeps_docs_and_lints_the_body_the_rest() {
        let function: ItemFn = parse_quote! {
            /// Docs.
            #[expect(unused_variables)]
            #[inline(never)]
            #[cfg_attr(test, allow(dead_code))]
            #[cfg_attr(test, inline)]
            #[tracing::instrument]
            fn f() {}
        };
        let (outer, inner) = split(&function.attrs);
        assert_eq!((outer.len(), inner.len()), (3, 3));
    }
}
