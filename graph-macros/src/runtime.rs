//! Finds the path of graph-core, the runtime, by the user's name for it or for graph-exec.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use proc_macro2::Span;
use syn::{Ident, parse_quote};
use toml::de::DeTable;

use crate::manifest::{self, Found, Package};

/// The path of graph-core in the crate that is being compiled.
///
/// # Errors
/// When neither graph-core nor graph-exec is among its dependencies.
pub(crate) fn path() -> syn::Result<syn::Path> {
    // Cargo calls the crate of `build.rs` so.
    let is_build_script =
        env::var("CARGO_CRATE_NAME").is_ok_and(|name| name.starts_with("build_script_"));
    path_by(manifest_path().as_deref(), is_build_script)
}

/// The path in the crate with this manifest.
fn path_by(manifest: Option<&Path>, is_build_script: bool) -> syn::Result<syn::Path> {
    let text = manifest.and_then(|path| fs::read_to_string(path).ok());
    let (Some(path), Some(text)) = (manifest, text) else { return Ok(usual()) };
    let found = Lookup { path: path.to_owned(), text, is_build_script }.result();
    match found {
        // Both packages have what generated code names at their root.
        Ok(Some((Package::Core | Package::Exec, name))) => {
            let name = Ident::new(&name, Span::call_site());
            Ok(parse_quote!(::#name))
        }
        Ok(None) => Err(syn::Error::new(
            Span::call_site(),
            "`#[delayed]` needs its runtime: add `graph-exec` to `[dependencies]`, or say where it \
             is, `#[delayed(crate = path::to::graph_exec)]`",
        )),
        // A manifest inside of something else, as that of a script is.
        Err(_) => Ok(usual()),
    }
}

/// What the answer depends on.
#[derive(PartialEq)]
struct Lookup {
    path: PathBuf,
    text: String,
    is_build_script: bool,
}

impl Lookup {
    /// Returns the package and its name in code, as [`manifest::runtime`].
    ///
    /// The last answer is kept, because a crate asks for each of its functions, and reading a manifest
    /// may take milliseconds in a proc macro that is not optimised. A compiler compiles one crate; an
    /// editor's server may meet several.
    fn result(self) -> Result<Option<Found>, toml::de::Error> {
        static LAST: Mutex<Option<(Lookup, Option<Found>)>> = Mutex::new(None);
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((lookup, found)) = &*last
            && *lookup == self
        {
            return Ok(found.clone());
        }
        let found = manifest::runtime(&self.text, self.is_build_script, |manifest| {
            workspace(&self.path, &self.text, manifest)
        })?;
        *last = Some((self, found.clone()));
        Ok(found)
    }
}

/// The path where there is no manifest that could rename crates: not built by cargo, or a script.
fn usual() -> syn::Path {
    parse_quote!(::graph_exec)
}

fn manifest_path() -> Option<PathBuf> {
    let folder = || Some(Path::new(&env::var_os("CARGO_MANIFEST_DIR")?).join("Cargo.toml"));
    env::var_os("CARGO_MANIFEST_PATH").map(PathBuf::from).or_else(folder)
}

/// Returns the text of the manifest of the workspace that the crate is a member of.
///
/// Source of the rules: "Workspaces" in the Cargo book.
fn workspace(path: &Path, text: &str, manifest: &DeTable<'_>) -> Option<String> {
    if manifest.contains_key("workspace") {
        return Some(text.to_owned());
    }
    let folder = path.parent()?;
    let root = manifest.get("package").and_then(|package| package.get_ref().get("workspace"));
    if let Some(root) = root.and_then(|root| root.get_ref().as_str()) {
        return fs::read_to_string(folder.join(root).join("Cargo.toml")).ok();
    }
    folder.ancestors().skip(1).find_map(|folder| {
        let text = fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        let is_root =
            DeTable::parse(&text).is_ok_and(|root| root.get_ref().contains_key("workspace"));
        is_root.then_some(text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes files below a folder of its own and returns the path for the manifest at `member`.
    fn path_in(files: &[(&str, &str)], member: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let path = path_by(Some(&folder.path().join(member)), false);
        path.map_or_else(|error| error.to_string(), written)
    }

    fn written(path: syn::Path) -> String {
        quote::quote!(#path).to_string().replace(' ', "")
    }

    const ROOT: &str = "
        [workspace]
        members = ['a', 'b/c']
        [workspace.dependencies]
        engine = { package = 'graph-exec', version = '0.1' }";
    const MEMBER: &str = "[package]\nname = 'app'\n[dependencies]\nengine.workspace = true";

    #[test]
    fn the_workspace_is_found_in_a_folder_above() {
        let files =
            [("Cargo.toml", ROOT), ("b/Cargo.toml", "[package]"), ("b/c/Cargo.toml", MEMBER)];
        assert_eq!(path_in(&files, "b/c/Cargo.toml"), "::engine");
    }

    #[test]
    fn the_workspace_is_found_where_the_package_says() {
        let member = format!("package.workspace = '../root'\n{}", &MEMBER["[package]\n".len()..]);
        let member = member.replace("name =", "package.name =");
        let files = [("root/Cargo.toml", ROOT), ("a/Cargo.toml", &member)];
        assert_eq!(path_in(&files, "a/Cargo.toml"), "::engine");
    }

    #[test]
    fn a_package_may_be_its_own_workspace() {
        let both = format!("{ROOT}\n{MEMBER}");
        assert_eq!(path_in(&[("Cargo.toml", &both)], "Cargo.toml"), "::engine");
    }

    #[test]
    fn the_usual_path_is_taken_without_a_manifest() {
        assert_eq!(written(path_by(None, false).unwrap()), "::graph_exec");
        assert_eq!(path_in(&[], "Cargo.toml"), "::graph_exec");
        assert_eq!(path_in(&[("app.rs", "---\n[dependencies]\n---")], "app.rs"), "::graph_exec");
    }

    #[test]
    fn a_crate_without_the_runtime_is_told_what_to_add() {
        let seen = path_in(&[("Cargo.toml", "[package]\nname = 'app'")], "Cargo.toml");
        assert!(seen.contains("add `graph-exec` to `[dependencies]`"), "{seen}");
    }
}
