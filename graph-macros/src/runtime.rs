//! Where generated code finds the runtime: through graph-core or graph-exec, under the user's names for them.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::Span;
use syn::{Ident, Path, parse_quote};

/// The path of graph-core in the crate that is being compiled.
///
/// # Errors
/// Neither crate is among its dependencies.
pub fn path() -> syn::Result<Path> {
    match crate_name("graph-core") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            return Ok(parse_quote!(::#name));
        }
        // graph-core calls itself by its name, since its tests and examples have no other.
        Ok(FoundCrate::Itself) => return Ok(parse_quote!(::graph_core)),
        Err(proc_macro_crate::Error::CrateNotFound { .. }) => {}
        // Not built by cargo: the names are the crates' own.
        Err(_) => return Ok(parse_quote!(::graph_core)),
    }
    match crate_name("graph-exec") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            Ok(parse_quote!(::#name::__core))
        }
        Ok(FoundCrate::Itself) => Ok(parse_quote!(::graph_exec::__core)),
        Err(_) => Err(syn::Error::new(
            Span::call_site(),
            "`#[delayed]` needs its runtime: add `graph-exec` to `[dependencies]`, or say where it \
             is, `#[delayed(crate = path::to::graph_core)]`",
        )),
    }
}
