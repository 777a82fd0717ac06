//! `defer!(Config { rate: handle, rows })`: a task that makes a struct.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprStruct, Member, Path, spanned::Spanned};

use crate::{
    errors::Errors,
    expand::{named, task_type},
    spans::respanned,
    task_body,
};

/// A struct literal whose fields hold what becomes them.
pub(crate) struct StructLiteral {
    path: Path,
    fields: Vec<(Member, Expr)>,
}

impl StructLiteral {
    /// Checks a literal.
    ///
    /// # Errors
    /// A base behind `..`, and a field that is given with `&`.
    pub(crate) fn new(literal: ExprStruct) -> syn::Result<Self> {
        let mut errors = Errors::default();
        if let Some(base) = literal.dot2_token {
            errors.at(base, "`defer!` needs every field: write them all, a constant as it is");
        }
        for field in &literal.fields {
            if let Expr::Reference(reference) = &field.expr
                && !matches!(&*reference.expr, Expr::Path(_))
            {
                errors.at(reference, "a field takes the value itself: remove the `&`");
            }
        }
        errors.finish()?;
        let fields = literal.fields.into_iter().map(|field| (field.member, field.expr)).collect();
        Ok(StructLiteral { path: literal.path, fields })
    }

    /// Writes a block that builds the task.
    pub(crate) fn expand(self, runtime: &Path, fallible: bool) -> TokenStream {
        let StructLiteral { path, fields } = self;
        let last = path.segments.last().map(|last| last.ident.clone());
        let name = last.unwrap_or_else(|| Ident::new("struct", path.span()));
        let (mut inputs, mut pattern) = (quote!(()), quote!(()));
        let mut made = Vec::with_capacity(fields.len());
        for (index, (member, given)) in fields.into_iter().enumerate().rev() {
            let taken = Ident::new(&format!("taken_{index}"), Span::mixed_site());
            pattern = quote!((#taken, #pattern));
            let span = given.span();
            let text = match &member {
                Member::Named(name) => task_body::text(name),
                Member::Unnamed(index) => index.index.to_string(),
            };
            let private = respanned(runtime, span);
            let private = quote_spanned!(span=> #private::__private);
            inputs = quote_spanned! {span=>
                (#private::Field::new(#text, #private::by_value::<_, _>(#given)), #inputs)
            };
            made.push(quote!(#member: #taken));
        }
        made.reverse();
        let task_type = task_type();
        let call = if fallible {
            quote!(try_call_closure::<#task_type, _, _, _, _>)
        } else {
            quote!(call_closure::<#task_type, _, _, _>)
        };
        let named = named(
            runtime,
            &name,
            &quote!(::core::module_path!()),
            &quote! {
                const REMOTE: #runtime::__private::RemoteKind = #runtime::__private::RemoteKind::Deferred;
            },
        );
        let path = path.to_token_stream();
        quote! {{
            #named
            #runtime::__private::#call(
                #inputs,
                move |#pattern| #path { #(#made),* },
            )
        }}
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn what_has_no_handle_for_each_field_is_refused() {
        let refusal = |literal| StructLiteral::new(literal).err().unwrap().to_string();
        assert!(refusal(parse_quote!(A { x, ..a })).contains("every field"));
        assert!(refusal(parse_quote!(A { x: &f(1) })).contains("remove the `&`"));
        assert!(StructLiteral::new(parse_quote!(A { x: &shared })).is_ok());
    }
}
