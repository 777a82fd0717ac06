//! `#[derive(Handles)]`: beside a struct, one of the same fields that holds what becomes them.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Attribute, Data, DeriveInput, Fields, Generics, Path, Type, Visibility, spanned::Spanned,
};

use crate::{errors::Errors, model::shape::Shape, task_body::text};

/// A field of the struct.
struct Field<'a> {
    name: &'a Ident,
    vis: &'a Visibility,
    /// The documentation.
    docs: Vec<&'a Attribute>,
    ty: &'a Type,
    /// The parameter that stands for what becomes the field.
    parameter: Ident,
    /// Where handles may stand inside; `None` when the type is taken as a whole.
    shape: Option<Shape>,
}

/// Writes the struct of handles, and what makes it an argument, a part of `gather` and an output.
///
/// # Errors
/// What is no struct with named fields and without parameters.
pub(crate) fn expand(input: &DeriveInput, runtime: &Path) -> syn::Result<TokenStream> {
    let fields = fields(input)?;
    let (vis, name) = (&input.vis, &input.ident);
    let handles = format_ident!("{name}Handles");
    let docs = format!(
        "The fields of [`{name}`], each a value, a handle, or what else becomes it. It is passed where a \
         function takes a `{name}`, and computed to one."
    );
    let parameters: Vec<&Ident> = fields.iter().map(|field| &field.parameter).collect();
    let names: Vec<&Ident> = fields.iter().map(|field| field.name).collect();
    let texts: Vec<String> = names.iter().map(|name| text(name)).collect();
    let types: Vec<&Type> = fields.iter().map(|field| field.ty).collect();
    let vises = fields.iter().map(|field| field.vis);
    let field_docs = fields.iter().map(|field| {
        let docs = &field.docs;
        quote!(#(#docs)*)
    });
    // The bound of a field's parameter, and the method that makes its input.
    let takes: Vec<TokenStream> = fields
        .iter()
        .map(|Field { ty, shape, .. }| match shape {
            Some(shape) => {
                let shape = shape.written(runtime, Span::mixed_site());
                quote!(#runtime::shape::IntoShapedArg<#ty, #shape>)
            }
            None => quote!(#runtime::IntoArg<#ty>),
        })
        .collect();
    let methods: Vec<Ident> = fields
        .iter()
        .map(|field| match field.shape {
            Some(_) => format_ident!("into_shaped_arg"),
            None => format_ident!("into_arg"),
        })
        .collect();
    let private = quote!(#runtime::__private);
    // The inputs as a task keeps them, `(rate, (rows, ()))`, and the names that take them apart.
    let nested = |each: &dyn Fn(usize) -> TokenStream| {
        (0..fields.len()).rev().fold(quote!(()), |rest, index| {
            let each = each(index);
            quote!((#each, #rest))
        })
    };
    let inputs = nested(&|index| {
        let (parameter, take) = (parameters[index], &takes[index]);
        quote!(#private::Field<#private::Kept<<#parameter as #take>::Input>>)
    });
    let made = nested(&|index| {
        let (name, text, take) = (names[index], &texts[index], &takes[index]);
        let (parameter, method) = (parameters[index], &methods[index]);
        quote!(#private::Field::new(#text, #private::keep(<#parameter as #take>::#method(self.#name, sealed))))
    });
    let pattern = nested(&|index| names[index].to_token_stream());
    let kept = quote!(#private::Kept<#private::Assembled<#inputs, #name>>);
    let all = quote!(#handles<#(#parameters),*>);
    Ok(quote! {
        #[doc = #docs]
        #[allow(missing_docs, reason = "a field's documentation is that of the struct's own")]
        #[derive(::core::fmt::Debug)]
        #[must_use = "handles do nothing until they are computed or passed on"]
        #vis struct #handles<#(#parameters = #runtime::Delayed<#types>),*> {
            #(#field_docs #vises #names: #parameters,)*
        }

        impl<#(#parameters: #takes),*> #runtime::IntoArg<#name> for #all {
            type Input = #kept;
            fn into_arg(self, sealed: #private::Sealed) -> Self::Input {
                #private::keep(#private::Assembled::new(#made, |#pattern| #name { #(#names),* }))
            }
        }

        impl<#(#parameters: #takes),*> #runtime::IntoRef<#name> for #all {
            type Input = #kept;
            fn into_ref(self) -> Self::Input {
                <Self as #runtime::IntoArg<#name>>::into_arg(self, #private::sealed())
            }
        }

        impl<#(#parameters: #takes),*> #runtime::Gather for #all {
            type Value = #name;
            type Parts = #kept;
            fn parts(self, sealed: #private::Sealed) -> Self::Parts {
                <Self as #runtime::IntoArg<#name>>::into_arg(self, sealed)
            }
        }

        impl<#(#parameters: #runtime::Outputs<Values = #types>),*> #runtime::Outputs for #all {
            type Values = #name;
            type Results<__Error> = #handles<#(<#parameters as #runtime::Outputs>::Results<__Error>),*>;
            type Owned = #handles<#(<#parameters as #runtime::Outputs>::Owned),*>;
            fn roots<'__handles>(&'__handles self, roots: &mut #private::Roots<'__handles>) {
                #(#runtime::Outputs::roots(&self.#names, roots);)*
            }
            fn results<__Error>(
                self,
                next: &mut dyn ::core::ops::FnMut() -> ::core::result::Result<(), __Error>,
            ) -> Self::Results<__Error> {
                #handles { #(#names: #runtime::Outputs::results(self.#names, next)),* }
            }
            fn values(self) -> #name {
                #name { #(#names: #runtime::Outputs::values(self.#names)),* }
            }
            fn into_owned(self) -> Self::Owned {
                #handles { #(#names: #runtime::Outputs::into_owned(self.#names)),* }
            }
        }

        #private::compute_fields! {
            [#(#parameters),*] [#all] [#(#parameters: #runtime::Outputs<Values = #types>),*]
        }
    })
}

/// The path of the runtime: what `#[handles(crate = path)]` says, or what the user's manifest calls it.
///
/// # Errors
/// Another option, or no runtime among the dependencies.
pub(crate) fn runtime(input: &DeriveInput) -> syn::Result<Path> {
    let mut path = None;
    for attr in input.attrs.iter().filter(|attr| attr.path().is_ident("handles")) {
        attr.parse_nested_meta(|meta| {
            if !meta.path.is_ident("crate") {
                return Err(meta.error("`handles` has one option, `crate = path::to::graph_exec`"));
            }
            path = Some(meta.value()?.call(Path::parse_mod_style)?);
            Ok(())
        })?;
    }
    path.map_or_else(crate::runtime::path, Ok)
}

/// Checks the struct and names its fields' parameters.
fn fields(input: &DeriveInput) -> syn::Result<Vec<Field<'_>>> {
    let mut errors = Errors::default();
    if let Some(parameter) = input.generics.params.first() {
        errors.at(
            parameter,
            "`Handles` is for structs without parameters, since it writes one for each field: where \
             the handles come together, write `defer!(Name { field: handle })`",
        );
    }
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => &fields.named,
            Fields::Unnamed(_) | Fields::Unit => {
                errors.at(
                    &input.ident,
                    "`Handles` is for structs with named fields: a tuple of handles needs no struct",
                );
                return Err(errors.finish().expect_err("one was added"));
            }
        },
        Data::Enum(_) | Data::Union(_) => {
            errors.at(
                &input.ident,
                "`Handles` is for structs: which variant an `enum` has is decided by a task, \
                 `handle.map(|value| …)`",
            );
            return Err(errors.finish().expect_err("one was added"));
        }
    };
    let mut taken = Vec::new();
    add_idents(input.ident.to_token_stream(), &mut taken);
    fields.iter().for_each(|field| add_idents(field.ty.to_token_stream(), &mut taken));
    let mut named = Vec::with_capacity(fields.len());
    for field in fields {
        let Some(name) = &field.ident else { continue };
        let mut parameter = camel_case(&text(name));
        while taken.contains(&parameter) {
            parameter.push_str("Field");
        }
        taken.push(parameter.clone());
        named.push(Field {
            name,
            vis: &field.vis,
            docs: field.attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect(),
            ty: &field.ty,
            parameter: Ident::new(&parameter, Span::call_site().located_at(field.ty.span())),
            shape: Shape::of_parameter(&field.ty, &Generics::default()),
        });
    }
    errors.finish().map(|()| named)
}

/// Adds every identifier among the tokens.
fn add_idents(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            TokenTree::Group(group) => add_idents(group.stream(), found),
            _ => {}
        }
    }
}

/// `row_count` as `RowCount`.
fn camel_case(name: &str) -> String {
    let words = name.split('_').filter(|word| !word.is_empty());
    let mut text = String::new();
    for word in words {
        let mut characters = word.chars();
        text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        text.push_str(characters.as_str());
    }
    // A field may be called `_0`.
    if text.starts_with(|first: char| first.is_ascii_digit()) || text.is_empty() {
        text.insert_str(0, "Field");
    }
    text
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn parameters(input: DeriveInput) -> Vec<String> {
        let fields = fields(&input).unwrap();
        fields.iter().map(|field| field.parameter.to_string()).collect()
    }

    #[test]
    fn parameters_are_named_as_the_fields_and_unlike_their_types() {
        let input = parse_quote!(
            struct Config {
                rate: f64,
                row_count: usize,
                r#type: Kind,
                kind: Kind,
                a_1: u8,
                a1: u8,
                _0: u8,
            }
        );
        assert_eq!(
            parameters(input),
            ["Rate", "RowCount", "Type", "KindField", "A1", "A1Field", "Field0"]
        );
    }

    #[test]
    fn what_is_no_plain_struct_is_refused_with_a_way_out() {
        let refusal = |input: DeriveInput| fields(&input).err().unwrap().to_string();
        assert!(
            refusal(parse_quote!(
                struct A(f64);
            ))
            .contains("a tuple of handles needs no struct")
        );
        assert!(
            refusal(parse_quote!(
                enum A {
                    B,
                }
            ))
            .contains("handle.map")
        );
        assert!(
            refusal(parse_quote!(
                struct A<T> {
                    x: T,
                }
            ))
            .contains("defer!")
        );
        assert!(
            refusal(parse_quote!(
                struct A<'a> {
                    x: &'a str,
                }
            ))
            .contains("defer!")
        );
    }
}
