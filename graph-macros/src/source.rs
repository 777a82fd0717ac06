//! Parses the annotated item: the head of a function only, its body stays tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::{
    Attribute, Item, Signature, Token, Visibility,
    parse::{Parse, ParseStream},
    token,
};

/// The item that the attribute was put on.
pub(crate) enum Source {
    /// A function, an associated function or a method.
    Function(SourceFn),
    /// An `impl` block.
    Impl(syn::ItemImpl),
}

/// A function whose body is not parsed, which is faster and leaves errors in it to the compiler.
#[derive(Clone)]
pub(crate) struct SourceFn {
    /// Attributes, docs included.
    pub attrs: Vec<Attribute>,
    /// `pub` or not.
    pub vis: Visibility,
    /// Everything from `const` to the `where` clause.
    pub sig: Signature,
    /// The braces and what is in them; `None` for a `;`.
    pub body: Option<Group>,
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        Attribute::parse_outer(&ahead)?;
        let vis: Visibility = ahead.parse()?;
        if matches!(vis, Visibility::Inherited)
            && (ahead.peek(Token![impl]) || ahead.peek(Token![unsafe]) && ahead.peek2(Token![impl]))
        {
            return Ok(Source::Impl(input.parse()?));
        }
        let constant = ahead.peek(Token![const]) && ahead.peek3(Token![:]);
        let function = ahead.peek(Token![fn])
            || ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern]) && !ahead.peek2(Token![crate]);
        if ahead.peek(Token![let]) {
            return Err(ahead.error(
                "`#[delayed]` goes on a function, not on a `let`: put it on the function that is \
                 called here, or write `let x = defer!(function(argument));`",
            ));
        }
        if !function || constant {
            let item: Item = input.parse()?;
            return Err(syn::Error::new_spanned(
                first_token(&item),
                "`#[delayed]` goes on a function, on a method, or on an `impl` block",
            ));
        }
        input.parse().map(Source::Function)
    }
}

/// The first token behind attributes and visibility.
fn first_token(item: &Item) -> TokenStream {
    let tokens = quote::ToTokens::to_token_stream(item);
    let words = [
        "struct",
        "enum",
        "trait",
        "mod",
        "const",
        "static",
        "type",
        "use",
        "union",
        "macro_rules",
    ];
    let keyword = tokens.clone().into_iter().find(
        |tree| matches!(tree, TokenTree::Ident(ident) if words.contains(&ident.to_string().as_str())),
    );
    keyword.map_or(tokens, TokenStream::from)
}

impl Parse for SourceFn {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = Attribute::parse_outer(input)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let body = if input.peek(token::Brace) {
            match input.parse()? {
                TokenTree::Group(group) => Some(braced(group)),
                other => return Err(syn::Error::new(other.span(), "expected the function's body")),
            }
        } else {
            input.parse::<Token![;]>()?;
            None
        };
        Ok(SourceFn { attrs, vis, sig, body })
    }
}

/// The braces inside the invisible groups that a `$body:block` of another macro leaves around them.
fn braced(group: Group) -> Group {
    if group.delimiter() != Delimiter::None {
        return group;
    }
    match group.stream().into_iter().next() {
        Some(TokenTree::Group(inner)) => braced(inner),
        _ => group,
    }
}

/// Whether the tokens name the `Self` of the surrounding `impl` block. Items nested in a body have
/// a `Self` of their own, which does not count.
pub(crate) fn mentions_self_type(tokens: TokenStream) -> bool {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Ident(word) if word == "Self" => return true,
            TokenTree::Ident(word) if opens_item(&word, trees.peek()) => {
                let ends_item = |tree: &TokenTree| match tree {
                    TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                    TokenTree::Punct(punct) => punct.as_char() == ';',
                    _ => false,
                };
                trees.find(ends_item);
            }
            TokenTree::Group(group) if mentions_self_type(group.stream()) => return true,
            _ => {}
        }
    }
    false
}

fn opens_item(word: &proc_macro2::Ident, next: Option<&TokenTree>) -> bool {
    let named = matches!(next, Some(TokenTree::Ident(_)));
    match word.to_string().as_str() {
        "impl" | "trait" => true,
        // `fn(` is a type, `union` and `mod` may be names.
        "fn" | "struct" | "enum" | "union" | "mod" => named,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn self_type_is_found_in_nested_groups_and_macros() {
        assert!(mentions_self_type(quote!({ vec![Some(Self::new())] })));
        assert!(mentions_self_type(quote!(f: fn(Self) -> i64)));
    }

    #[test]
    fn self_type_of_a_nested_item_is_its_own() {
        assert!(!mentions_self_type(quote!({
            struct A(Box<Self>);
            impl A {
                fn new() -> Self {
                    A
                }
            }
            fn inner(a: &dyn Fn(A)) {}
            1
        })));
    }

    #[test]
    fn other_items_are_refused() {
        for item in [
            quote!(
                struct A;
            ),
            quote!(
                const A: i64 = 1;
            ),
            quote!(
                trait T {}
            ),
            quote!(
                mod m {}
            ),
        ] {
            let error = syn::parse2::<Source>(item).err().expect("refused");
            assert!(error.to_string().contains("goes on a function"));
        }
    }
}
