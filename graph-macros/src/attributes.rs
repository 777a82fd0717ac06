//! Which of the two functions an attribute of the user goes to.

use syn::{Attribute, Meta, Token, punctuated::Punctuated};

/// Splits attributes into those of the function that builds the task, and those of the function
/// that the task runs.
///
/// What a caller sees goes to the first, and so do lints, since they reach into the second from
/// there. All others, such as `#[inline]` or an attribute macro, concern the body.
pub(crate) fn split(attrs: &[Attribute]) -> (Vec<&Attribute>, Vec<&Attribute>) {
    attrs.iter().partition(|attr| concerns_the_caller(&attr.meta))
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
