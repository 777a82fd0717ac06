use std::fs;

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, Header};

use super::*;

/// An archive of members whose names go in as they are, whatever harm they do.
fn archive(members: &[(&str, EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, content) in members {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("../../outside").unwrap();
        }
        header.set_cksum();
        builder.append(&header, *content).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

const FILE: EntryType = EntryType::Regular;

fn problem(members: &[(&str, EntryType, &[u8])]) -> ArchiveProblem {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("into");
    let bytes = archive(members);
    let problem =
        extract(Archive::Bytes(&bytes), Limits::default(), &into, Replace::Yes).unwrap_err();
    assert!(!into.exists(), "something was extracted before {problem}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    problem
}

#[test]
fn files_of_json_lines_come_out_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = archive(&[
        ("./d/", EntryType::Directory, b""),
        ("./d/b.json", FILE, b"{\"a\":1}\n"),
        ("d/README", FILE, b"hello"),
        ("d/._b.json", FILE, b"what macOS adds"),
        ("a.jsonl", FILE, b""),
    ]);
    let paths =
        extract(Archive::Bytes(&bytes), Limits::default(), folder.path(), Replace::No).unwrap();
    assert_eq!(paths, [folder.path().join("d/b.json"), folder.path().join("a.jsonl")]);
    assert_eq!(fs::read(&paths[0]).unwrap(), b"{\"a\":1}\n");
    assert_eq!(fs::read_dir(folder.path().join("d")).unwrap().count(), 1);
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for name in
        ["../x.json", "a/../../x.json", "/x.json", "a/../x.json", "..", "a\\..\\x.json", "C:x.json"]
    {
        let problem = problem(&[("good.json", FILE, b"{}"), (name, FILE, b"{}")]);
        assert!(matches!(problem, ArchiveProblem::UnsafePath { .. }), "{name}: {problem}");
    }
}

#[test]
fn what_is_no_file_is_refused() {
    use EntryType as Type;
    for kind in [Type::Symlink, Type::Link, Type::Char, Type::Block, Type::Fifo, Type::new(b'?')] {
        let problem = problem(&[("good.json", FILE, b"{}"), ("x.json", kind, b"")]);
        assert!(matches!(problem, ArchiveProblem::NotAFile { .. }), "{kind:?}: {problem}");
    }
}

#[test]
fn a_member_that_is_there_twice_is_refused() {
    for second in ["x.json", "./x.json", ".//x.json"] {
        let problem = problem(&[("x.json", FILE, b"{}"), (second, FILE, b"{}")]);
        assert!(matches!(problem, ArchiveProblem::Duplicate(_)), "{second}: {problem}");
    }
    for second in [("x.json/", EntryType::Directory), ("x.json/y.json", FILE)] {
        let problem = problem(&[("x.json", FILE, b"{}"), (second.0, second.1, b"")]);
        assert!(matches!(problem, ArchiveProblem::Duplicate(_)), "{problem}");
    }
}

#[test]
fn a_bomb_is_refused() {
    let zeros = vec![0; 1 << 20];
    let bytes = archive(&[("x.json", FILE, &zeros), ("y.json", FILE, b"")]);
    let folder = tempfile::tempdir().unwrap();
    let extract = |limits| extract(Archive::Bytes(&bytes), limits, folder.path(), Replace::No);
    for limits in [
        Limits { bytes: 1 << 20, ratio: 10, ..Limits::default() }, // the headers are too much
        Limits { bytes: 1000, ratio: 100, ..Limits::default() },
        Limits { members: 1, ..Limits::default() },
    ] {
        let problem = extract(limits).unwrap_err();
        assert!(matches!(problem, ArchiveProblem::TooLarge(_)), "{problem}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    extract(Limits { bytes: 1 << 21, ratio: 1, members: 2 }).unwrap();
}

#[test]
fn a_name_that_would_fill_the_memory_is_refused() {
    let name = vec![b'x'; 3 << 20];
    let bytes = archive(&[("././@LongLink", EntryType::GNULongName, &name), ("x.json", FILE, b"")]);
    let folder = tempfile::tempdir().unwrap();
    let extracted = extract(Archive::Bytes(&bytes), Limits::default(), folder.path(), Replace::No);
    let problem = extracted.unwrap_err().to_string();
    assert!(problem.contains("more than 1 MiB for the name of a member"), "{problem}");
}

#[test]
fn a_damaged_archive_is_refused_before_anything_is_written() {
    let whole = archive(&[("x.json", FILE, b"{\"a\":1}\n{\"a\":2}\n"), ("y.json", FILE, b"{}")]);
    for cut in [0, 1, 10, whole.len() / 2, whole.len() - 1] {
        let folder = tempfile::tempdir().unwrap();
        let result =
            extract(Archive::Bytes(&whole[..cut]), Limits::default(), folder.path(), Replace::No);
        assert!(result.is_err(), "cut at {cut} of {}", whole.len());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
    let mut damaged = whole.clone();
    *damaged.iter_mut().nth_back(6).unwrap() ^= 1; // in the checksum
    let folder = tempfile::tempdir().unwrap();
    extract(Archive::Bytes(&damaged), Limits::default(), folder.path(), Replace::No).unwrap_err();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn it_can_be_extracted_again_but_replaces_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = archive(&[("x.json", FILE, b"{\"a\":1}")]);
    let again =
        |replace| extract(Archive::Bytes(&bytes), Limits::default(), folder.path(), replace);
    let path = folder.path().join("x.json");
    again(Replace::No).unwrap();
    let written = fs::metadata(&path).unwrap().modified().unwrap();
    again(Replace::No).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
    fs::write(&path, "mine").unwrap();
    assert!(matches!(again(Replace::No).unwrap_err(), ArchiveProblem::Exists { .. }));
    assert_eq!(fs::read(&path).unwrap(), b"mine");
    again(Replace::Yes).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"{\"a\":1}");
}

#[test]
fn an_archive_without_json_says_so() {
    assert!(matches!(problem(&[("README", FILE, b"hello")]), ArchiveProblem::NoJson));
}
