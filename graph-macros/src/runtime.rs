//! Finds the path of graph-core, the runtime, by the user's name for it or for graph-exec.

use proc_macro_crate::{FoundCrate, crate_name};
use proc_macro2::Span;
use syn::{Ident, Path, parse_quote};

/// The path of graph-core in the crate that is being compiled.
///
/// # Errors
/// When neither graph-core nor graph-exec is among its dependencies.
pub(crate) fn path() -> syn::Result<Path> {
    match crate_name("graph-core") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            return Ok(parse_quote!(::#name));
        }
        // By its own name, which is the one that its tests and examples have for it.
        Ok(FoundCrate::Itself) => return Ok(parse_quote!(::graph_core)),
        Err(proc_macro_crate::Error::CrateNotFound { .. }) => {}
        // Not built by cargo, so there is no manifest that could rename crates.
        Err(_) => return Ok(parse_quote!(::graph_core)),
    }
    match crate_name("graph-exec") {
        Ok(FoundCrate::Name(name)) => {
            let name = Ident::new(&name, Span::call_site());
            Ok(parse_quote!(::#name))
        }
        Ok(FoundCrate::Itself) => Ok(parse_quote!(::graph_exec)),
        Err(_) => Err(syn::Error::new(
            Span::call_site(),
            "`#[delayed]` needs its runtime: add `graph-exec` to `[dependencies]`, or say where it \
             is, `#[delayed(crate = path::to::graph_exec)]`",
        )),
    }
}
