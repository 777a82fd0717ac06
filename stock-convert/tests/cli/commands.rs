//! `info`, `verify`, `completions`, and output for scripts.

use serde_json::Value;

use crate::program::Folder;

const LINES: &str = "{\"day\":\"2013-07-23\",\"close\":1.5,\"up\":true}\n\
                     {\"day\":\"2013-07-24\",\"close\":2,\"up\":false}\n";

#[test]
fn info_names_shapes_types_chunks_filters_and_the_source() {
    let folder = Folder::with(&[("a.json", LINES), ("notes.h5", "somebody's notes")]);
    folder.run(&["a.json", "-z", "deflate"]).expect(0);
    let ran = folder.run(&["info", "a.h5"]).expect(0);
    for part in [
        "layout table, compression deflate, 2 rows of a.json",
        "/data/table: 2 (extendible) of row of 3 fields, 19 bytes; chunks of 2; shuffle, deflate 4",
        "day: text of 10 bytes",
        "close: float of 64 bits",
        "up: bool (bits)",
    ] {
        assert!(ran.out.contains(part), "{part}: {ran:#?}");
    }
    let json = folder.run(&["info", "--json", "a.h5"]).expect(0);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json[0]["made"]["source"], "a.json");
    assert_eq!(json[0]["datasets"][0]["fields"][1]["type"], "float of 64 bits");
    let ran = folder.run(&["info", "notes.h5", "nope.h5", "a.h5"]).expect(1);
    assert!(ran.err.contains("notes.h5: cannot be read"), "{ran:#?}");
    assert!(ran.err.contains("nope.h5: cannot be read"), "{ran:#?}");
    assert!(ran.out.contains("a.h5: "), "the others are shown: {ran:#?}");
}

#[test]
fn verify_finds_what_was_changed_on_either_side() {
    for layout in ["table", "columns", "pandas-fixed"] {
        let folder = Folder::with(&[("in/a.json", LINES), ("in/b.json", LINES)]);
        folder.run(&["in", "--out", "out", "-l", layout]).expect(0);
        let ran = folder.run(&["verify", "out/a.h5", "out/b.h5", "--source", "in"]).expect(0);
        assert!(ran.out.contains("out/a.h5: equal to in/a.json, 2 rows"), "{ran:#?}");
        let ran = folder.run(&["verify", "out/a.h5"]).expect(1);
        assert!(ran.err.contains("out/a.json: cannot be read"), "{ran:#?}");

        let mut bytes = folder.read("out/a.h5");
        let value = 1.5f64.to_le_bytes();
        let at = bytes.windows(8).position(|window| window == value).unwrap();
        bytes[at + 7] ^= 0x80;
        folder.write("out/a.h5", &bytes);
        folder.write("in/b.json", LINES.replace("true", "false").as_bytes());
        let ran = folder.run(&["verify", "out/a.h5", "out/b.h5", "-s", "in"]).expect(1);
        let found =
            "out/a.h5: is not what in/a.json holds: row 1, column \"close\": -1.5 in the file, 1.5";
        assert!(ran.err.contains(found), "{ran:#?}");
        assert!(
            ran.err
                .contains("holds, which has changed since it was converted: row 1, column \"up\""),
            "{ran:#?}"
        );
    }
}

#[test]
fn verify_refuses_a_file_whose_source_is_unknown() {
    let folder =
        Folder::with(&[("notes.h5", "somebody's notes"), ("a.json", "{}\n{}\n"), ("b.json", "")]);
    folder.run(&["a.json", "b.json"]).expect(0);
    folder.run(&["verify", "a.h5", "b.h5"]).expect(0);
    let ran = folder.run(&["verify", "notes.h5"]).expect(1);
    assert!(ran.err.contains("does not say what it was made from"), "{ran:#?}");
}

#[test]
fn completions_are_printed_for_every_shell() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let ran = folder.run(&["completions", shell]).expect(0);
        assert!(ran.out.contains("compression") && ran.out.contains("verify"), "{shell}");
    }
    folder.run(&["completions", "dos"]).expect(2);
}

#[test]
fn the_summary_is_json_on_demand() {
    let folder = Folder::with(&[("a.json", LINES), ("bad.json", "{"), ("c.json", LINES)]);
    folder.run(&["c.json"]).expect(0);
    let ran = folder.run(&[".", "nope", "--json"]).expect(1);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let status: Vec<&str> =
        json["files"].as_array().unwrap().iter().map(|f| f["status"].as_str().unwrap()).collect();
    assert_eq!(status, ["written", "failed", "up to date"]);
    assert_eq!(json["files"][0]["rows"], 2);
    assert!(json["files"][1]["error"]["message"].as_str().unwrap().contains("bad.json:1:2"));
    assert!(json["errors"][0]["message"].as_str().unwrap().contains("nope"));
    assert_eq!(json["failed"], 2);
    assert!(ran.err.contains("bad.json:1:2"), "for people too: {ran:#?}");
    // Nothing else goes to the standard output, not even without an input.
    let ran = folder.run(&["--json"]).expect(0);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(json["files"].as_array().unwrap().len(), 5);
}

#[test]
fn quiet_says_only_what_went_wrong() {
    let folder = Folder::with(&[("a.json", LINES), ("bad.json", "{")]);
    let ran = folder.run(&["a.json", "--quiet", "-z", "zstd"]).expect(0);
    assert_eq!((&*ran.out, &*ran.err), ("", ""));
    let ran = folder.run(&["bad.json", "--quiet"]).expect(1);
    assert!(ran.out.is_empty() && ran.err.starts_with("error: bad.json:1:2"), "{ran:#?}");
    let ran = folder.run(&["verify", "-q", "a.h5"]).expect(0);
    assert_eq!((&*ran.out, &*ran.err), ("", ""));
}

#[test]
fn a_compression_that_readers_need_a_plugin_for_gives_a_warning() {
    let folder = Folder::with(&[("a.json", LINES)]);
    let ran = folder.run(&["a.json", "-z", "lz4"]).expect(0);
    assert!(ran.err.contains("hdf5plugin"), "{ran:#?}");
    let ran = folder.run(&["a.json", "-z", "deflate", "--force"]).expect(0);
    assert_eq!(ran.err, "");
}

#[test]
fn help_is_grouped_and_tells_exit_codes() {
    let ran = Folder::new().run(&["--help"]).expect(0);
    for part in
        ["Input:", "Output:", "Running:", "Messages:", "Commands:", "Exit status: 0", "plugin"]
    {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}

#[test]
fn every_option_is_in_the_manual() {
    use clap::CommandFactory;
    let manual = include_str!("../../README.md");
    let command = stock_convert::Arguments::command();
    for command in std::iter::once(&command).chain(command.get_subcommands()) {
        for option in command.get_arguments().filter(|option| !option.is_hide_set()) {
            let Some(name) = option.get_long() else { continue };
            assert!(manual.contains(&format!("--{name}")), "{}: --{name}", command.get_name());
        }
    }
}
