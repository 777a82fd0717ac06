//! Finds the files to convert behind the arguments of the command line, each with its output.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use graph_exec::__atomic_file::{Replace, folder_of};
use serde::{Deserialize, Serialize};

pub(crate) mod archive;
mod names;
mod spool;
pub mod synthetic;

use self::archive::{Archive, Limits};
use self::names::{is_archive, is_hidden, is_json_lines, stem};
use self::spool::{Spooled, spool};
use crate::error::ConvertError;

/// A file to convert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// The file.
    pub path: PathBuf,
    /// The HDF5 file that its table goes to.
    pub output: PathBuf,
    /// What to call it in tables and pictures: its file name, or its path where that is not enough.
    pub label: String,
}

/// The files to convert, and the arguments that lead to none.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The files, in the order of the arguments and by name within a folder.
    pub files: Vec<Input>,
    /// Why other arguments lead to no file.
    pub errors: Vec<ConvertError>,
    /// What came through pipes, as files that are gone when this is dropped.
    pub(crate) spooled: Vec<Spooled>,
}

impl Inputs {
    /// What messages call the input at `path`: what came through a pipe is not called like the file that
    /// holds it.
    pub(crate) fn name_of<'a>(&'a self, path: &'a Path) -> &'a Path {
        let spooled = self.spooled.iter().find(|spooled| spooled.path == path);
        spooled.map_or(path, |spooled| &spooled.name)
    }
}

/// Where outputs and extracted files go.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Places<'a> {
    /// The folder for outputs; where there is none, each goes beside its input.
    pub(crate) out: Option<&'a Path>,
    /// Whether extracting may replace files.
    pub(crate) replace: bool,
    /// How much an archive may unpack to.
    pub(crate) limits: Limits,
}

/// Finds the files behind `arguments`: files, folders, patterns and archives.
///
/// Archives are extracted on the way, beside themselves or into the folder for outputs.
pub(crate) fn expand(arguments: &[PathBuf], places: Places<'_>) -> Inputs {
    let mut search = Search { places, ..Search::default() };
    for argument in arguments {
        search.argument(argument);
    }
    search.finish()
}

/// Extracts `archive` into `folder`; gives the files that came out of it.
pub(crate) fn from_archive(
    archive: Archive<'_>,
    name: &Path,
    folder: &Path,
    places: Places<'_>,
) -> Inputs {
    let mut search = Search { places, ..Search::default() };
    search.archive(archive, name, folder);
    search.finish()
}

/// What has been found so far.
#[derive(Default)]
struct Search<'a> {
    places: Places<'a>,
    /// Files, and the folder below `out` that the output of each goes to.
    found: Vec<(PathBuf, PathBuf)>,
    errors: Vec<ConvertError>,
    spooled: Vec<Spooled>,
}

impl Search<'_> {
    fn argument(&mut self, argument: &Path) {
        if argument == Path::new("-") {
            return self.pipe(argument);
        }
        match fs::metadata(argument) {
            Ok(_) => self.path(argument),
            // A file of this very name comes before the pattern: names may hold brackets.
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.pattern(argument),
            Err(source) => self.unreadable(argument, source),
        }
    }

    fn path(&mut self, path: &Path) {
        let metadata = match fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(source) => return self.unreadable(path, source),
        };
        if metadata.is_dir() {
            let before = (self.found.len(), self.errors.len());
            self.folder(path, Path::new(""));
            if before == (self.found.len(), self.errors.len()) {
                self.no_input(path, "holds no .json, .jsonl or .ndjson file");
            }
        } else if !metadata.is_file() || (metadata.len() == 0 && path.starts_with("/proc")) {
            self.pipe(path);
        } else if is_archive(path) || archive::is_one(path) {
            let folder = self.places.out.unwrap_or_else(|| folder_of(path)).to_owned();
            self.archive(Archive::File(path), path, &folder);
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("h5")) {
            self.no_input(path, "is HDF5 already");
        } else {
            self.found.push((path.to_owned(), PathBuf::new()));
        }
    }

    /// Adds what comes through a pipe, from its beginning to its end.
    fn pipe(&mut self, path: &Path) {
        if self.spooled.iter().any(|spooled| spooled.argument == path) {
            return;
        }
        match spool(path) {
            Ok(spooled) => {
                self.found.push((spooled.path.clone(), PathBuf::new()));
                self.spooled.push(spooled);
            }
            Err(source) => self.unreadable(path, source),
        }
    }

    /// Adds all files of JSON lines in `folder` and in the folders inside, except hidden ones.
    fn folder(&mut self, folder: &Path, below: &Path) {
        let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match entries {
            Ok(entries) => entries,
            Err(source) => return self.unreadable(folder, source),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            if is_hidden(&name) {
                continue;
            }
            // A link to a folder could lead back here, so it is not followed.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                self.folder(&path, &below.join(name));
            } else if is_json_lines(Path::new(&name)) {
                match fs::metadata(&path) {
                    Ok(metadata) if metadata.is_file() => self.found.push((path, below.to_owned())),
                    // Nobody may ever write to a pipe that lies in a folder.
                    Ok(_) => {}
                    Err(source) => self.unreadable(&path, source),
                }
            }
        }
    }

    fn pattern(&mut self, argument: &Path) {
        let text = argument.to_string_lossy();
        if !text.contains(['*', '?', '[']) {
            let word = text.to_string();
            let command = ["info", "verify", "completions"];
            let meant =
                command.into_iter().find(|known| strsim::damerau_levenshtein(known, &word) < 3);
            let meant = meant.map_or_else(String::new, |meant| format!("; the command is {meant}"));
            return self.no_input(argument, format!("no such file or folder{meant}"));
        }
        let mut paths = match glob::glob(&text) {
            Ok(paths) => paths.peekable(),
            Err(error) => return self.no_input(argument, error.msg),
        };
        if paths.peek().is_none() {
            self.no_input(argument, "matches no file");
        }
        for path in paths {
            match path {
                Ok(path) => self.path(&path),
                Err(error) => self.unreadable(error.path(), error.error().kind().into()),
            }
        }
    }

    fn archive(&mut self, archive: Archive<'_>, name: &Path, folder: &Path) {
        let replace = if self.places.replace { Replace::Yes } else { Replace::No };
        match archive::extract(archive, self.places.limits, folder, replace) {
            Ok(paths) => {
                for path in paths {
                    let below = path.strip_prefix(folder).map_or(Path::new(""), folder_of);
                    let below = below.to_owned();
                    self.found.push((path, below));
                }
            }
            Err(problem) => {
                self.errors.push(ConvertError::Archive { archive: name.into(), problem });
            }
        }
    }

    fn no_input(&mut self, argument: &Path, reason: impl Into<String>) {
        self.errors.push(ConvertError::no_input(argument, reason));
    }

    fn unreadable(&mut self, path: &Path, source: io::Error) {
        self.errors.push(ConvertError::reading(path, source));
    }

    fn finish(mut self) -> Inputs {
        let mut seen = HashSet::new();
        self.found.retain(|(path, _)| seen.insert(by_own_name(path)));
        let mut files: Vec<Input> = Vec::new();
        for (path, below) in self.found {
            let name = path.file_name().unwrap_or_default();
            let label = label(Path::new(name));
            let mut output_name = OsString::from(stem(name));
            output_name.push(".h5");
            let is_spooled = self.spooled.iter().any(|spooled| spooled.path == path);
            let output = match self.places.out {
                Some(out) if is_output_file(out) => out.to_owned(),
                Some(out) => out.join(below).join(output_name),
                None if is_spooled => output_name.into(),
                None => path.with_file_name(output_name),
            };
            files.push(Input { path, output, label });
        }
        refuse_duplicates(&mut files, &mut self.errors);
        let errors = self.errors.into_iter().map(|error| renamed(error, &self.spooled)).collect();
        let mut count = HashMap::new();
        for input in &files {
            *count.entry(input.label.clone()).or_insert(0) += 1;
        }
        for input in &mut files {
            if count[&input.label] > 1 {
                input.label = label(&input.path);
            }
        }
        Inputs { files, errors, spooled: self.spooled }
    }
}

/// What tables call a file: its name on one line, whatever characters it has.
fn label(name: &Path) -> String {
    let name = name.to_string_lossy();
    let shown = name.chars().map(|character| match character.is_control() {
        true => character.escape_default().to_string(),
        false => character.to_string(),
    });
    shown.collect()
}

/// Calls what came through pipes by their names in an error.
pub(crate) fn renamed(error: ConvertError, spooled: &[Spooled]) -> ConvertError {
    spooled.iter().fold(error, |error, spooled| error.renamed(&spooled.path, &spooled.name))
}

/// Removes files that would be written to the same output as another one.
fn refuse_duplicates(files: &mut Vec<Input>, errors: &mut Vec<ConvertError>) {
    let mut first: HashMap<PathBuf, PathBuf> = HashMap::new();
    let mut refused = HashSet::new();
    for input in files.iter() {
        let output = identity(&input.output);
        if let Some(first) = first.get(&output) {
            errors.push(ConvertError::DuplicateOutput {
                path: input.output.clone(),
                first: first.clone(),
                second: input.path.clone(),
            });
            refused.insert(output);
        } else {
            first.insert(output, input.path.clone());
        }
    }
    files.retain(|input| !refused.contains(&identity(&input.output)));
}

/// Whether this names the output itself, not the folder for outputs.
pub(crate) fn is_output_file(out: &Path) -> bool {
    out.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("h5")) && !out.is_dir()
}

/// The same for all ways to write a path, but not for a link and what it leads to, which are two names.
fn by_own_name(path: &Path) -> PathBuf {
    let folder = folder_of(path);
    let absolute = folder.canonicalize().or_else(|_| std::path::absolute(folder));
    let name = path.file_name().unwrap_or_default();
    absolute.map_or_else(|_| path.to_owned(), |folder| folder.join(name))
}

/// One and the same path for all ways to write it, whether it exists or not.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| by_own_name(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn touch(folder: &Path, names: &[&str]) {
        for name in names {
            let path = folder.join(name);
            fs::create_dir_all(folder_of(&path)).unwrap();
            fs::write(path, "{}").unwrap();
        }
    }

    fn expand_in(
        folder: &Path,
        arguments: &[&str],
        out: Option<&str>,
    ) -> (Vec<(String, String)>, Vec<String>) {
        let arguments: Vec<_> = arguments.iter().map(|argument| folder.join(argument)).collect();
        let out = out.map(|out| folder.join(out));
        let inputs = expand(
            &arguments,
            Places { out: out.as_deref(), replace: false, limits: Limits::default() },
        );
        let short = |path: &Path| path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let pairs = inputs.files.iter().map(|f| (short(&f.path), short(&f.output))).collect();
        let prefix = format!("{}/", folder.display());
        (pairs, inputs.errors.iter().map(|e| e.to_string().replace(&prefix, "")).collect())
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    }

    #[test]
    fn a_folder_gives_its_json_lines_by_name() {
        let folder = tempfile::tempdir().unwrap();
        touch(
            folder.path(),
            &["b.json", "a.jsonl.gz", "c/d.ndjson", "e.txt", ".f.json", ".g/h.json"],
        );
        let (files, errors) = expand_in(folder.path(), &["."], None);
        let beside = [("a.jsonl.gz", "a.h5"), ("b.json", "b.h5"), ("c/d.ndjson", "c/d.h5")];
        assert_eq!((files, errors), (pairs(&beside), vec![]));
        let (files, _) = expand_in(folder.path(), &["."], Some("out"));
        let out =
            [("a.jsonl.gz", "out/a.h5"), ("b.json", "out/b.h5"), ("c/d.ndjson", "out/c/d.h5")];
        assert_eq!(files, pairs(&out));
    }

    #[test]
    fn patterns_and_names_with_brackets_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), &["a.json", "b.json", "[b].json"]);
        let (files, _) = expand_in(folder.path(), &["[b].json", "?.json"], None);
        let expected = [("[b].json", "[b].h5"), ("a.json", "a.h5"), ("b.json", "b.h5")];
        assert_eq!(files, pairs(&expected));
    }

    #[test]
    fn a_file_named_twice_is_converted_once() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), &["a.json"]);
        let (files, errors) = expand_in(folder.path(), &["a.json", "./a.json", "*.json"], None);
        assert_eq!((files.len(), errors), (1, vec![]));
    }

    #[test]
    fn two_inputs_for_one_output_are_both_refused() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), &["a.json", "a.json.gz", "b.json", "c/b.json"]);
        let (files, errors) = expand_in(folder.path(), &["a.json", "a.json.gz", "b.json"], None);
        assert_eq!(files, pairs(&[("b.json", "b.h5")]));
        assert_eq!(
            errors,
            ["a.h5: both a.json and a.json.gz would be written to it, so neither is"]
        );
        let (files, errors) = expand_in(folder.path(), &["b.json", "c/b.json"], Some("out"));
        assert_eq!((files, errors.len()), (vec![], 1));
    }

    #[test]
    fn arguments_that_lead_to_no_file_are_named() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), &["a.json", "d.h5", "e/f.txt"]);
        let (files, errors) =
            expand_in(folder.path(), &["b.json", "x*.json", "e", "d.h5", "a.json"], None);
        assert_eq!(files.len(), 1);
        assert_eq!(
            errors,
            [
                "b.json: no such file or folder",
                "x*.json: matches no file",
                "e: holds no .json, .jsonl or .ndjson file",
                "d.h5: is HDF5 already",
            ]
        );
    }

    #[test]
    fn files_of_one_name_are_called_by_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        touch(folder.path(), &["a/x.json", "b/x.json", "b/y.json"]);
        let places = Places { out: None, replace: false, limits: Limits::default() };
        let files = expand(&[folder.path().to_owned()], places).files;
        assert!(files[0].label.ends_with("a/x.json") && files[2].label == "y.json");
    }
}
