//! Columns that options name, and columns that are hard to store.

use crate::program::Folder;

#[test]
fn a_column_that_no_input_has_is_named_with_the_nearest() {
    let folder = Folder::with(&[
        ("a.json", "{\"close\":1,\"open\":2,\"odd\":[1]}\n"),
        ("b.json", "{\"close\":3}\n"),
    ]);
    for (option, name) in
        [("--drop", "clsoe"), ("--only", "open,close,clsoe"), ("--as-text", "clsoe")]
    {
        let ran = folder.run(&["a.json", "--force", "--drop", "odd", option, name]).expect(1);
        let said = format!(
            "no input has a column \"clsoe\", which {option} names; the nearest is \"close\""
        );
        assert!(ran.err.contains(&said) && ran.err.contains("--resume"), "{ran:#?}");
    }
    let ran = folder.run(&["a.json", "--force", "--drop", "odd", "--rename", "Open=o"]).expect(1);
    assert!(ran.err.contains("which --rename names; the nearest is \"open\""), "{ran:#?}");
    let ran = folder.run(&["b.json", "--force", "--names", "time,close"]).expect(1);
    assert!(
        ran.err.contains("\"time\", which --names names") && ran.err.contains("--rename"),
        "{ran:#?}"
    );
    assert!(!ran.err.contains("\"close\", which"), "{ran:#?}");
    folder.write("c.json", b"[[1,2]]");
    folder.run(&["b.json", "c.json", "--force", "--names", "time,close"]).expect(0);
    // One of several files has it, which is enough, and none may be left out of the count.
    folder.run(&["a.json", "b.json", "--force", "--drop", "odd", "--as-text", "open"]).expect(0);
    let ran =
        folder.run(&["a.json", "b.json", "--force", "--json", "--drop", "odd,oepn"]).expect(1);
    let summary: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(summary["failed"], 1, "{summary}");
    assert_eq!(ran.err.matches("oepn").count(), 1, "{ran:#?}");
}

#[test]
fn a_column_that_is_renamed_or_named_twice_is_refused() {
    let folder = Folder::with(&[("a.json", "{\"a\":1}\n"), ("b.json", "[[1,2]]")]);
    for arguments in
        [&["a.json", "--rename", "a=b", "--rename", "a=c"][..], &["b.json", "--names", "x,x"]]
    {
        let ran = folder.run(arguments).expect(2);
        assert!(ran.err.contains("twice"), "{ran:#?}");
    }
    assert_eq!(folder.names(), ["a.json", "b.json"]);
}

#[test]
fn objects_inside_each_other_without_end_are_an_error_and_no_crash() {
    let nested = |depth: usize| format!("{}1{}\n", "{\"a\":".repeat(depth), "}".repeat(depth));
    let folder = Folder::with(&[("a.json", &nested(100)), ("b.json", &nested(50_000))]);
    folder.run(&["a.json", "--flatten"]).expect(0);
    folder.run(&["verify", "a.h5"]).expect(0);
    for how in [&["-s"][..], &["-j", "2"]] {
        let ran = folder.run(&[&["b.json", "--flatten"], how].concat()).expect(1);
        let said = "b.json:1:1: column \"a\" is nested too deeply: more than 128 objects";
        assert!(ran.err.contains(said) && ran.err.contains("--as-text COLUMN"), "{ran:#?}");
    }
    folder.run(&["b.json", "--flatten", "--as-text", "a"]).expect(0);
    let document = format!("{{\"d\":{}{}}}", "[".repeat(300), "]".repeat(300));
    folder.write("c.json", document.as_bytes());
    let ran = folder.run(&["c.json", "--records", "d.x"]).expect(1);
    assert!(ran.err.contains(": values are nested too deeply"), "{ran:#?}");
    assert!(!ran.err.contains("not valid JSON"), "{ran:#?}");
    let ran = folder.run(&["b.json", "--force"]).expect(1);
    assert!(ran.err.contains("an object where a single value was expected"), "{ran:#?}");
}

#[test]
fn keys_as_long_as_hdf5_takes_them_are_stored_and_verified() {
    for length in [65_000, 65_535, 65_536] {
        let content = format!("{{\"{}\":1,\"b\":2}}\n", "k".repeat(length));
        let folder = Folder::with(&[("a.json", &content)]);
        for layout in ["columns", "pandas-fixed"] {
            let ran = folder.run(&["a.json", "--force", "--layout", layout]);
            if layout == "columns" && length > 65_500 {
                assert!(ran.expect(1).err.contains(&format!("takes {length} bytes")));
            } else {
                ran.expect(0);
                folder.run(&["verify", "--quiet", "a.h5"]).expect(0);
            }
        }
    }
}

#[test]
fn a_column_that_is_dropped_is_no_other_options_business() {
    let folder = Folder::with(&[("a.json", "{\"a\":1,\"b\":2}\n")]);
    for (option, value) in [("--only", "a"), ("--as-text", "a"), ("--rename", "a=c")] {
        let ran = folder.run(&["a.json", "--drop", "a", option, value]).expect(2);
        assert!(ran.err.contains(&format!("both --drop and {option} name \"a\"")), "{ran:#?}");
    }
    folder.run(&["a.json", "--jobs", "2000"]).expect(2);
    assert_eq!(folder.names(), ["a.json"]);
}

#[test]
fn a_table_of_which_no_column_is_left_is_an_error() {
    let folder = Folder::with(&[("a.json", "{\"a\":1,\"b\":2}\n"), ("b.json.gz", "{\"a\":1}\n")]);
    for how in [&["-s"][..], &["-j", "2"]] {
        let ran = folder.run(&[&["a.json", "b.json.gz", "--drop", "a,b"], how].concat()).expect(1);
        assert!(ran.err.contains("a.json: no column is left of [\"a\", \"b\"]"), "{ran:#?}");
        assert!(ran.err.contains("b.json.gz: no column is left of [\"a\"]"), "{ran:#?}");
        assert_eq!(folder.names(), ["a.json", "b.json.gz"]);
    }
}

#[test]
fn names_with_control_characters_are_escaped_for_the_shell() {
    let folder = Folder::with(&[("a.json", "{\"\\u001b[2J'\":[1]}\n")]);
    let ran = folder.run(&["a.json"]).expect(1);
    assert!(ran.err.contains(r"--drop $'\u001b[2J\'' leaves"), "{ran:#?}");
    assert!(!ran.err.contains('\u{1b}'), "{ran:#?}");
    folder.run(&["a.json", "--as-text", "\u{1b}[2J'"]).expect(0);
}
