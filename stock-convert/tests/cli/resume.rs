//! `--resume`: what is up to date stays, the rest is converted.

use std::time::SystemTime;

use crate::program::Folder;

fn modified(folder: &Folder, name: &str) -> SystemTime {
    folder.path().join(name).metadata().unwrap().modified().unwrap()
}

#[test]
fn only_what_is_not_up_to_date_is_converted() {
    let folder = Folder::with(&[
        ("a.json", "{\"x\":1}\n"),
        ("b.json", "{\"x\":1}\n"),
        ("c.json", "{\"x\":1}\n"),
    ]);
    folder.run(&["a.json", "b.json"]).expect(0);
    let (a, b) = (modified(&folder, "a.h5"), modified(&folder, "b.h5"));
    folder.write("b.json", b"{\"x\":2}\n");
    let ran = folder.run(&[".", "--resume"]).expect(0);
    assert_eq!(ran.out.matches("up to date").count(), 1, "{ran:#?}");
    assert_eq!(modified(&folder, "a.h5"), a);
    assert_ne!(modified(&folder, "b.h5"), b);
    folder.run(&["verify", "a.h5", "b.h5", "c.h5"]).expect(0);
}

#[test]
fn another_layout_or_compression_is_not_up_to_date() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n")]);
    folder.run(&["a.json"]).expect(0);
    let ran = folder.run(&["a.json", "-z", "deflate"]).expect(1);
    assert!(ran.err.contains("exists already") && ran.err.contains("--resume"), "{ran:#?}");
    for options in [["-z", "deflate"], ["-l", "columns"]] {
        let ran = folder.run(&[&["a.json", "--resume"], &options[..]].concat()).expect(0);
        assert!(!ran.out.contains("up to date"), "{ran:#?}");
        let ran = folder.run(&[&["a.json", "--resume"], &options[..]].concat()).expect(0);
        assert!(ran.out.contains("up to date"), "{ran:#?}");
    }
}

#[test]
fn files_of_other_programs_are_not_lost() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("a.h5", "somebody's notes")]);
    let ran = folder.run(&["a.json", "--resume"]).expect(1);
    assert!(ran.err.contains("a.h5: exists already"), "{ran:#?}");
    assert_eq!(folder.read("a.h5"), b"somebody's notes");
    folder.run(&["a.json", "--resume", "--force"]).expect(0);
    let ran = folder.run(&["a.json", "--resume", "--force"]).expect(0);
    assert!(ran.out.contains("up to date"), "{ran:#?}");
}
