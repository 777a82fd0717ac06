//! Reads in a manifest by which name its crate knows the runtime. It opens no files.

use std::{cell::LazyCell, collections::BTreeMap};

use toml::de::{DeTable, DeValue, Error};

/// A package through which the runtime can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    /// graph-core, the runtime itself.
    Core,
    /// graph-exec, which passes on what generated code names.
    Exec,
}

impl Package {
    fn from_name(name: &str) -> Option<Self> {
        match name {
            "graph-core" => Some(Package::Core),
            "graph-exec" => Some(Package::Exec),
            _ => None,
        }
    }
}

/// The package that was found, and the name that it has in code.
pub(crate) type Found = (Package, String);

/// Returns the package through which a crate reaches the runtime, and the crate's name for it in
/// code; `None` when it depends on neither.
///
/// Each table of dependencies is asked for graph-core first. The tables that hold for every target
/// and every profile come first, because a name in them is never missing; those of the build script
/// come first for itself. `root` returns the text of the workspace's manifest and is called only for
/// inherited dependencies.
///
/// # Errors
/// When one of the two manifests is not TOML.
pub(crate) fn runtime(
    manifest: &str,
    is_build_script: bool,
    root: impl FnOnce(&DeTable<'_>) -> Option<String>,
) -> Result<Option<Found>, Error> {
    let manifest = DeTable::parse(manifest)?.into_inner();
    let own_name = table(&manifest, "package").and_then(|package| package.get("name"));
    if let Some(own_name) = own_name.and_then(|name| name.get_ref().as_str())
        && let Some(own) = Package::from_name(own_name)
    {
        // Its tests and examples know it by this name, and it calls itself so.
        return Ok(Some((own, identifier(own_name))));
    }
    let inherited = LazyCell::new(|| match root(&manifest) {
        Some(root) => workspace_packages(&root),
        None => Ok(BTreeMap::new()),
    });
    let mut kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    if is_build_script {
        kinds.rotate_right(1);
    }
    for dependencies in kinds.into_iter().flat_map(|kind| tables(&manifest, kind)) {
        let mut found = None;
        for (name, dependency) in dependencies {
            let (name, dependency) = (name.get_ref().as_ref(), dependency.get_ref());
            let package = if is_inherited(dependency) {
                let inherited = inherited.as_ref().map_err(Clone::clone)?;
                inherited.get(name).map_or(name, String::as_str)
            } else {
                package(name, dependency)
            };
            match Package::from_name(package) {
                Some(Package::Core) => return Ok(Some((Package::Core, identifier(name)))),
                Some(Package::Exec) => found = Some((Package::Exec, identifier(name))),
                None => {}
            }
        }
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Returns the tables of one kind of dependencies, those for single targets last.
fn tables<'a, 'i>(
    manifest: &'a DeTable<'i>,
    kind: &'static str,
) -> impl Iterator<Item = &'a DeTable<'i>> {
    let targets = table(manifest, "target").into_iter().flat_map(|targets| targets.iter());
    let of_targets =
        targets.filter_map(move |(_, target)| table(target.get_ref().as_table()?, kind));
    table(manifest, kind).into_iter().chain(of_targets)
}

/// Returns name → package, of the dependencies that a workspace's manifest has for its members.
fn workspace_packages(root: &str) -> Result<BTreeMap<String, String>, Error> {
    let root = DeTable::parse(root)?.into_inner();
    let dependencies =
        table(&root, "workspace").and_then(|workspace| table(workspace, "dependencies"));
    let dependencies = dependencies.into_iter().flat_map(|dependencies| dependencies.iter());
    Ok(dependencies
        .map(|(name, dependency)| {
            let name = name.get_ref().as_ref();
            (name.to_owned(), package(name, dependency.get_ref()).to_owned())
        })
        .collect())
}

fn table<'a, 'i>(of: &'a DeTable<'i>, name: &str) -> Option<&'a DeTable<'i>> {
    of.get(name)?.get_ref().as_table()
}

fn is_inherited(dependency: &DeValue<'_>) -> bool {
    dependency.get("workspace").is_some_and(|value| value.get_ref().as_bool() == Some(true))
}

/// Returns the package of a dependency, which has another name when it is renamed.
fn package<'a>(name: &'a str, dependency: &'a DeValue<'_>) -> &'a str {
    dependency.get("package").and_then(|package| package.get_ref().as_str()).unwrap_or(name)
}

/// Returns the name that a dependency has in code.
fn identifier(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn core(name: &str) -> Option<Found> {
        Some((Package::Core, name.to_owned()))
    }

    fn exec(name: &str) -> Option<Found> {
        Some((Package::Exec, name.to_owned()))
    }

    /// What is found in a manifest that inherits nothing.
    fn alone(manifest: &str) -> Option<Found> {
        runtime(manifest, false, |_| panic!("nothing is inherited")).unwrap()
    }

    #[test]
    fn a_dependency_is_found_in_every_form() {
        assert_eq!(alone("[dependencies]\ngraph-exec = '0.1'"), exec("graph_exec"));
        assert_eq!(alone("[dependencies]\ngraph-core.version = '0.1'"), core("graph_core"));
        assert_eq!(alone("[dependencies.graph-exec]\npath = '../exec'"), exec("graph_exec"));
        assert_eq!(alone("dependencies = { graph-exec = '0.1' }"), exec("graph_exec"));
    }

    #[test]
    fn a_renamed_dependency_has_its_own_name() {
        let manifest = "[dependencies]\nour-graph = { package = 'graph-exec', version = '0.1' }";
        assert_eq!(alone(manifest), exec("our_graph"));
        let manifest = "[dependencies.engine]\nversion = '0.1'\npackage = \"graph-core\"";
        assert_eq!(alone(manifest), core("engine"));
    }

    #[test]
    fn another_package_may_have_the_name() {
        let manifest = "[dependencies]\ngraph-core = { package = 'somebody-elses', version = '1' }";
        assert_eq!(alone(manifest), None);
    }

    #[test]
    fn dependencies_of_tests_and_of_targets_are_found() {
        assert_eq!(alone("[dev-dependencies]\ngraph-exec = '0.1'"), exec("graph_exec"));
        let manifest = "[target.'cfg(unix)'.dependencies]\ngraph-exec = '0.1'";
        assert_eq!(alone(manifest), exec("graph_exec"));
        let manifest = "[target.x86_64-unknown-linux-gnu.dev-dependencies]\ngraph-exec = '0.1'";
        assert_eq!(alone(manifest), exec("graph_exec"));
    }

    #[test]
    fn a_build_script_has_dependencies_of_its_own() {
        let manifest = "
            [dependencies]
            run = { package = 'graph-exec', version = '0.1' }
            [build-dependencies]
            build = { package = 'graph-exec', version = '0.1' }";
        assert_eq!(alone(manifest), exec("run"));
        let seen = runtime(manifest, true, |_| None).unwrap();
        assert_eq!(seen, exec("build"));
        assert_eq!(alone("[build-dependencies]\ngraph-exec = '0.1'"), exec("graph_exec"));
    }

    #[test]
    fn the_runtime_itself_comes_first() {
        let both = "[dependencies]\ngraph-exec = '0.1'\ngraph-core = '0.1'";
        assert_eq!(alone(both), core("graph_core"));
        let both = "[dependencies]\na = { package = 'graph-exec' }\nb = { package = 'graph-core' }";
        assert_eq!(alone(both), core("b"));
    }

    #[test]
    fn what_is_always_there_comes_first() {
        let library = "
            [dev-dependencies]
            graph-core = '0.1'
            [dependencies]
            graph-exec = '0.1'
            [target.'cfg(windows)'.dependencies]
            graph-core = '0.1'";
        assert_eq!(alone(library), exec("graph_exec"));
    }

    #[test]
    fn inherited_dependencies_are_looked_up_in_the_workspace() {
        let root = "
            [workspace]
            members = ['a']
            [workspace.dependencies]
            graph-exec = '0.1'
            ours = { package = 'graph-core', version = '0.1' }
            graph-core = { package = 'somebody-elses', version = '1' }";
        let seen = |manifest| runtime(manifest, false, |_| Some(root.to_owned())).unwrap();
        assert_eq!(seen("[dependencies]\ngraph-exec.workspace = true"), exec("graph_exec"));
        let manifest = "[dependencies]\ngraph-exec = { workspace = true, features = ['tracing'] }";
        assert_eq!(seen(manifest), exec("graph_exec"));
        assert_eq!(seen("[dev-dependencies]\nours = { workspace = true }"), core("ours"));
        assert_eq!(seen("[dependencies]\ngraph-core.workspace = true"), None);
    }

    #[test]
    fn a_lost_workspace_leaves_the_names_as_they_are() {
        let manifest = "[dependencies]\ngraph-exec.workspace = true";
        assert_eq!(runtime(manifest, false, |_| None).unwrap(), exec("graph_exec"));
    }

    #[test]
    fn both_packages_find_themselves() {
        let manifest = "[package]\nname = 'graph-core'\n[dev-dependencies]\ngraph-exec = '0.1'";
        assert_eq!(alone(manifest), core("graph_core"));
        let manifest = "[package]\nname = 'graph-exec'\n[dependencies]\ngraph-core = '0.1'";
        assert_eq!(alone(manifest), Some((Package::Exec, "graph_exec".to_owned())));
    }

    #[test]
    fn a_crate_without_the_runtime_is_told_apart_from_no_manifest() {
        assert_eq!(alone("[package]\nname = 'app'\n[dependencies]\nserde = '1'"), None);
        assert_eq!(alone("[workspace]\nmembers = []"), None);
        assert!(runtime("fn main() {}", false, |_| None).is_err());
    }
}
