//! Parameters behind `#[cfg(…)]`: which of them there are is not known yet when a macro runs, so the
//! function is written once for each case, under the condition of that case.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, FnArg, GenericParam, Meta, Signature, parse_quote};

/// How many different conditions the parameters of a function may have: each doubles what is written.
const MOST: usize = 4;

/// Returns the signature in each case, with the condition of that case; the signature alone when no
/// parameter has a condition.
///
/// # Errors
/// When the parameters have more than four different conditions.
pub(crate) fn cases(sig: &Signature) -> syn::Result<Vec<(Option<Attribute>, Signature)>> {
    let mut conditions: Vec<TokenStream> = Vec::new();
    for attr in sig
        .inputs
        .iter()
        .flat_map(attributes)
        .chain(sig.generics.params.iter().flat_map(of_generic))
    {
        let Some(condition) = condition(attr) else { continue };
        if conditions.iter().any(|known| same(known, &condition)) {
            continue;
        }
        if conditions.len() == MOST {
            return Err(syn::Error::new_spanned(
                attr,
                "the parameters of a task have four different conditions at most: put `#[cfg]` on \
                 the function, and write it once for each case",
            ));
        }
        conditions.push(condition);
    }
    if conditions.is_empty() {
        return Ok(vec![(None, sig.clone())]);
    }
    Ok((0..1_u32 << conditions.len()).map(|case| written(sig, &conditions, case)).collect())
}

/// The signature where the conditions hold whose bits are set in `case`.
fn written(
    sig: &Signature,
    conditions: &[TokenStream],
    case: u32,
) -> (Option<Attribute>, Signature) {
    let holds = |index: usize| case & (1 << index) != 0;
    let all = conditions.iter().enumerate().map(|(index, condition)| {
        if holds(index) { condition.clone() } else { quote!(not(#condition)) }
    });
    let attribute = parse_quote!(#[cfg(all(#(#all),*))]);
    let is_there = |attrs: &[Attribute]| {
        attrs.iter().filter_map(condition).all(|condition| {
            conditions.iter().position(|known| same(known, &condition)).is_none_or(holds)
        })
    };
    let mut sig = sig.clone();
    sig.inputs = sig.inputs.into_iter().filter(|input| is_there(attributes(input))).collect();
    sig.generics.params =
        sig.generics.params.into_iter().filter(|param| is_there(of_generic(param))).collect();
    for input in &mut sig.inputs {
        let (FnArg::Receiver(syn::Receiver { attrs, .. })
        | FnArg::Typed(syn::PatType { attrs, .. })) = input;
        attrs.retain(|attr| condition(attr).is_none());
    }
    for param in &mut sig.generics.params {
        let (GenericParam::Lifetime(syn::LifetimeParam { attrs, .. })
        | GenericParam::Type(syn::TypeParam { attrs, .. })
        | GenericParam::Const(syn::ConstParam { attrs, .. })) = param;
        attrs.retain(|attr| condition(attr).is_none());
    }
    (Some(attribute), sig)
}

/// What stands in the parentheses of `#[cfg(…)]`; `None` for other attributes.
fn condition(attr: &Attribute) -> Option<TokenStream> {
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(list.tokens.clone()),
        _ => None,
    }
}

fn same(a: &TokenStream, b: &TokenStream) -> bool {
    a.to_string() == b.to_string()
}

fn attributes(input: &FnArg) -> &[Attribute] {
    match input {
        FnArg::Receiver(receiver) => &receiver.attrs,
        FnArg::Typed(typed) => &typed.attrs,
    }
}

fn of_generic(param: &GenericParam) -> &[Attribute] {
    match param {
        GenericParam::Lifetime(param) => &param.attrs,
        GenericParam::Type(param) => &param.attrs,
        GenericParam::Const(param) => &param.attrs,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_for(function: syn::ItemFn) -> Vec<String> {
        let text = |(cfg, sig): (Option<Attribute>, Signature)| {
            quote!(#cfg #sig).to_string().replace(' ', "")
        };
        cases(&function.sig).unwrap().into_iter().map(text).collect()
    }

    #[test]
    fn a_function_without_conditions_is_written_once() {
        assert_eq!(
            written_for(parse_quote!(
                fn f(#[allow(unused)] x: i64) {}
            )),
            ["fnf(#[allow(unused)]x:i64)"]
        );
    }

    #[test]
    fn each_condition_doubles_the_cases_and_equal_ones_count_once() {
        let cases = written_for(parse_quote! {
            fn f(#[cfg(unix)] a: i8, b: u8, #[cfg(unix)] c: i16, #[cfg(test)] d: u16) {}
        });
        assert_eq!(
            cases,
            [
                "#[cfg(all(not(unix),not(test)))]fnf(b:u8)",
                "#[cfg(all(unix,not(test)))]fnf(a:i8,b:u8,c:i16)",
                "#[cfg(all(not(unix),test))]fnf(b:u8,d:u16)",
                "#[cfg(all(unix,test))]fnf(a:i8,b:u8,c:i16,d:u16)",
            ]
        );
    }

    #[test]
    fn a_fifth_condition_is_refused() {
        let function: syn::ItemFn = parse_quote! {
            fn f(#[cfg(a)] a: i8, #[cfg(b)] b: i8, #[cfg(c)] c: i8, #[cfg(d)] d: i8, #[cfg(e)] e: i8) {}
        };
        assert!(
            cases(&function.sig)
                .err()
                .expect("refused")
                .to_string()
                .contains("four different conditions")
        );
    }
}
