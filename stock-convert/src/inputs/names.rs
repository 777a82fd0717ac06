//! What the name of a file says about its content.

use std::ffi::OsStr;
use std::path::Path;

/// Whether a file of this name holds JSON, and is not hidden.
pub(super) fn is_json_lines(path: &Path) -> bool {
    let hidden = path.iter().any(is_hidden);
    !hidden && path.file_name().is_some_and(|name| stem(name).len() < name.len())
}

/// Whether the name begins with a dot, but is not that of a folder itself or of the one above.
pub(super) fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().first() == Some(&b'.') && name != "." && name != ".."
}

/// Whether a file of this name is an archive to be extracted.
pub(super) fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_ascii_lowercase();
    let name = name.as_encoded_bytes();
    [&b".tgz"[..], b".tar", b".zip"].iter().any(|ending| name.ends_with(ending))
        || [&b".gz"[..], b".bz2", b".xz", b".zst"]
            .iter()
            .any(|ending| name.strip_suffix(*ending).is_some_and(|name| name.ends_with(b".tar")))
}

/// The name without the endings of JSON; the whole name where it has none of them.
pub(super) fn stem(name: &OsStr) -> &OsStr {
    let has = |name: &Path, wanted: &[&str]| {
        name.extension().is_some_and(|found| wanted.iter().any(|w| found.eq_ignore_ascii_case(w)))
    };
    let path = Path::new(name);
    let packed = has(path, &["gz", "bz2", "xz", "zst"]);
    let inner = if packed { path.file_stem().unwrap_or(name) } else { name };
    match has(Path::new(inner), &["json", "jsonl", "ndjson"]) {
        true => Path::new(inner).file_stem().unwrap_or(name),
        false => name,
    }
}
