//! Archives: harmless ones are converted, from others nothing is extracted.

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use crate::program::Folder;

fn archive(members: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, content) in members {
        let mut header = Header::new_gnu();
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        if matches!(kind, EntryType::Symlink | EntryType::Link) {
            header.set_link_name("/etc/passwd").unwrap();
        }
        header.set_cksum();
        builder.append(&header, content.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

const FILE: EntryType = EntryType::Regular;
const LINE: &str = "{\"x\":1}\n";

#[test]
fn what_is_inside_is_extracted_and_converted() {
    let folder = Folder::new();
    folder.write("in/p.tgz", &archive(&[("d/a.json", FILE, LINE), ("b.json", FILE, LINE)]));
    folder.run(&["in/p.tgz"]).expect(0);
    assert_eq!(folder.names(), ["in/b.h5", "in/b.json", "in/d/a.h5", "in/d/a.json", "in/p.tgz"]);
    folder.run(&["in/p.tgz"]).expect(0);
    folder.run(&["in/p.tgz", "--out", "out"]).expect(0);
    let out: Vec<String> = folder.names().into_iter().filter(|n| n.starts_with("out")).collect();
    assert_eq!(out, ["out/b.h5", "out/b.json", "out/d/a.h5", "out/d/a.json"]);
}

#[test]
fn of_a_harmful_one_nothing_is_extracted_and_other_inputs_are_converted() {
    let harmful: [(&str, EntryType, &str, &str); 7] = [
        ("../evil.json", FILE, LINE, "it leads out of the folder"),
        ("a/../../evil.json", FILE, LINE, "it leads out of the folder"),
        ("/tmp/evil.json", FILE, LINE, "it is absolute"),
        ("link.json", EntryType::Symlink, "", "is a symbolic link"),
        ("hard.json", EntryType::Link, "", "is a hard link"),
        ("device.json", EntryType::Char, "", "is a device"),
        ("good.json", FILE, LINE, "is there twice"),
    ];
    for (name, kind, content, what) in harmful {
        let folder = Folder::with(&[("in/other.json", LINE)]);
        folder.write("in/p.tar.gz", &archive(&[("good.json", FILE, LINE), (name, kind, content)]));
        let ran = folder.run(&["in/p.tar.gz", "in/other.json"]).expect(1);
        assert!(
            ran.err.contains("error: in/p.tar.gz: ") && ran.err.contains(what),
            "{name}: {ran:#?}"
        );
        assert_eq!(folder.names(), ["in/other.h5", "in/other.json", "in/p.tar.gz"], "{name}");
    }
}

#[test]
fn a_damaged_one_is_refused() {
    let whole = archive(&[("a.json", FILE, LINE)]);
    for (bytes, name) in
        [(&whole[..whole.len() / 2], "cut"), (b"no archive", "text"), (b"", "empty")]
    {
        let folder = Folder::new();
        folder.write("p.tgz", bytes);
        let ran = folder.run(&["p.tgz"]).expect(1);
        assert!(ran.err.contains("p.tgz: not a readable archive"), "{name}: {ran:#?}");
        assert_eq!(folder.names(), ["p.tgz"]);
    }
}

#[test]
fn a_file_that_stands_there_already_is_not_lost() {
    let folder = Folder::with(&[("a.json", "{\"mine\":1}\n")]);
    folder.write("p.tgz", &archive(&[("a.json", FILE, LINE)]));
    let ran = folder.run(&["p.tgz"]).expect(1);
    assert!(ran.err.contains("a.json exists already and holds something else"), "{ran:#?}");
    assert_eq!(folder.read("a.json"), b"{\"mine\":1}\n");
    folder.run(&["p.tgz", "--force"]).expect(0);
    assert_eq!(folder.read("a.json"), LINE.as_bytes());
}

#[test]
fn what_unpacks_to_more_than_the_limit_is_refused() {
    let folder = Folder::new();
    let lines = LINE.repeat(1000);
    folder.write("p.tgz", &archive(&[("a.json", FILE, &lines)]));
    let ran = folder.run(&["p.tgz", "--unpack-limit", "5KiB"]).expect(1);
    assert!(ran.err.contains("it unpacks to more than 5 KiB"), "{ran:#?}");
    assert!(ran.err.contains("--unpack-limit"), "{ran:#?}");
    assert_eq!(folder.names(), ["p.tgz"]);
    folder.run(&["p.tgz", "--unpack-limit", "1MB"]).expect(0);
}
