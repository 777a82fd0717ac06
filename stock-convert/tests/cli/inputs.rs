//! What people have: documents, other compressions, pipes, wide and odd columns; nothing is lost in silence.

use std::io::Write;
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::program::{Folder, Ran};

/// Converts `content` with these options, into `a.h5`.
fn convert(folder: &Folder, content: &str, options: &[&str]) -> Ran {
    folder.write("a.json", content.as_bytes());
    folder.run(&[&["a.json", "--force"], options].concat())
}

/// Converts and verifies; gives what `info` says.
fn converted(content: &str, options: &[&str]) -> String {
    let folder = Folder::new();
    convert(&folder, content, options).expect(0);
    folder.run(&["verify", "a.h5"]).expect(0);
    folder.run(&["info", "a.h5"]).expect(0).out
}

/// The error of converting `content`.
fn refused(content: &str, options: &[&str]) -> String {
    let folder = Folder::new();
    let ran = convert(&folder, content, options).expect(1);
    assert_eq!(folder.names(), ["a.json"], "{ran:#?}");
    ran.err
}

#[test]
fn an_integer_is_never_rounded() {
    let big = "{\"id\":1050118621198921729}\n";
    for other in ["{\"id\":null}\n", "{\"x\":1}\n", "{\"id\":0.5}\n"] {
        // In one block, in another one, and before it.
        let many = "{\"id\":1,\"x\":2}\n".repeat(90_000);
        for content in
            [format!("{big}{other}"), format!("{big}{many}{other}"), format!("{other}{many}{big}")]
        {
            let line = content[..content.find("1050").unwrap()].matches('\n').count() + 1;
            for options in [&[][..], &["--skip-bad-lines"], &["-s"]] {
                let err = refused(&content, options);
                let place =
                    format!("a.json:{line}:7: column \"id\": 1050118621198921729 would be rounded");
                assert!(err.contains(&place) && err.contains("help: --as-text id"), "{err}");
            }
        }
        let info = converted(&format!("{big}{other}"), &["--as-text", "id"]);
        assert!(info.contains("id: text of 19 bytes"), "{info}");
    }
    // These a float holds exactly.
    let info = converted("{\"id\":9007199254740992}\n{\"id\":null}\n", &[]);
    assert!(info.contains("id: float of 64 bits"), "{info}");
}

#[test]
fn a_second_kind_is_an_error_that_counts_both() {
    let numbers = "{\"p\":1.5}\n".repeat(3);
    let content = format!("{{\"p\":\"-\"}}\n{numbers}");
    for options in [&[][..], &["--skip-bad-lines"]] {
        let err = refused(&content, options);
        for part in [
            "a.json:2:6",
            "texts on 1 line, first \"-\" on line 1",
            "numbers on 3 lines, first 1.5 on line 2",
            "--null '-'",
            "--as-text p",
        ] {
            assert!(err.contains(part), "{part}: {err}");
        }
    }
    assert!(converted(&content, &["--null", "-"]).contains("p: float of 64 bits"));
    assert!(converted(&content, &["--as-text", "p"]).contains("p: text of 3 bytes"));
}

#[test]
fn more_bad_lines_than_good_ones_are_no_table() {
    let err = refused("{\"a\":1}\nx\ny\n", &["--skip-bad-lines"]);
    assert!(
        err.contains("a.json: 2 of 3 lines cannot become rows") && err.contains("2:1"),
        "{err}"
    );
    assert!(refused("x\n", &["--skip-bad-lines"]).contains("1 of 1 line"));
    let folder = Folder::new();
    convert(&folder, "{\"a\":1}\nx\n{\"a\":2}\n", &["--skip-bad-lines"]).expect(0);
    let ran = folder.run(&["verify", "a.h5"]).expect(0);
    assert!(ran.out.contains("2 rows, 1 bad line left out"), "{ran:#?}");
}

#[test]
fn two_columns_of_one_name_are_refused_whichever_lines_they_are_on() {
    for content in
        ["{\"a\":{\"b\":1},\"a.b\":2,\"c\":3}\n", "{\"a\":{\"b\":1},\"c\":3}\n{\"a.b\":2}\n"]
    {
        let err = refused(content, &["--flatten"]);
        assert!(err.contains("two columns would be called \"a.b\""), "{err}");
        converted(content, &["--flatten", "--drop", "a.b"]);
    }
    let err = refused("{\"a\":{\"b\":1},\"a\":{\"c\":2}}\n", &["--flatten"]);
    assert!(err.contains("there twice"), "{err}");
    let err = refused("{\"a\":1,\"b\":2}\n", &["--rename", "a=b"]);
    assert!(err.contains("two columns would be called \"b\""), "{err}");
}

#[cfg(unix)]
#[test]
fn a_link_and_its_target_are_two_inputs() {
    let folder = Folder::with(&[("prices-2020.json", "{\"x\":1}\n")]);
    std::os::unix::fs::symlink("prices-2020.json", folder.path().join("current.json")).unwrap();
    folder.run(&["."]).expect(0);
    let names = folder.names();
    assert!(
        ["current.h5", "prices-2020.h5"].iter().all(|name| names.contains(&(*name).to_owned()))
    );
}

#[test]
fn one_long_text_does_not_fill_the_disk() {
    let short = "{\"n\":1,\"t\":\"y\"}\n".repeat(60_000);
    let content = format!("{short}{{\"n\":2,\"t\":\"{}\"}}\n{short}", "x".repeat(100_000));
    let err = refused(&content, &[]);
    for part in ["a.json:60001:12: column \"t\": a text of 97.7 KiB", "--text variable", "--drop t"]
    {
        assert!(err.contains(part), "{part}: {err}");
    }
    let info = converted(&content, &["-l", "columns", "--text", "variable"]);
    assert!(info.contains("/data/t: 120001 (extendible) of text of any length"), "{info}");
    converted(&content, &["--drop", "t"]);
}

#[test]
fn thousands_of_columns_go_through_every_layout() {
    let fields: Vec<String> =
        (0..3000).map(|n| format!("\"c{n}\":{n}{}", [".5", ""][n % 2])).collect();
    let line = format!("{{{}}}\n", fields.join(","));
    let info = converted(&line.repeat(3), &["-l", "pandas-fixed"]);
    assert!(info.contains("/data/block0_values: 3 × 1500 (extendible)"), "{info}");
    converted(&line, &["-l", "columns"]);
    let err = refused(&line.replace("\"c", "\"a_longer_name_for_column_"), &[]);
    assert!(err.contains("3000 columns are too many") && err.contains("--layout columns"), "{err}");
}

#[test]
fn documents_are_recognized_and_read() {
    let rows = "{\"a\":1,\"b\":\"x\"},{\"a\":2,\"b\":\"y\"}";
    let page = format!("{{\"next\":null,\"results\":[{rows}],\"count\":2}}");
    for (content, options, form) in [
        (&*format!("[{rows}]"), &[][..], "a JSON array"),
        (
            &format!("[\n  {}\n]\n", rows.replace("},{", "},\n {")),
            &["--skip-bad-lines"],
            "a JSON array",
        ),
        (&page, &["--records", "results"], "JSON records at results"),
        (&page.replace(',', ",\n  "), &["--records", "results"], "JSON records at results"),
        (
            &format!("{{\"x\":[{page}]}}"),
            &["--records", "x.0.results"],
            "JSON records at x.0.results",
        ),
        (&format!("{{\"x\":[{page}]}}"), &["--records", "x.results"], "JSON records at x.results"),
        ("[[1,\"x\"],[2,\"y\"]]", &["--names", "a,b"], "a JSON array"),
        ("[1,\"x\"]\n[2,\"y\"]\n", &["--names", "a,b"], "JSON values"),
        ("{\n \"a\":1,\"b\":\"x\"}\n{\n\"a\":2,\"b\":\"y\"}", &[], "JSON values"),
        (
            "{\"a\":{\"0\":1,\"1\":2},\"b\":{\"0\":\"x\",\"1\":\"y\"}}",
            &["--drop", "index"],
            "pandas' orient columns",
        ),
        (
            "{\"0\":{\"a\":1,\"b\":\"x\"},\"1\":{\"a\":2,\"b\":\"y\"}}",
            &["--drop", "index"],
            "pandas' orient index",
        ),
        (
            "{\"columns\":[\"a\",\"b\"],\"index\":[7,8],\"data\":[[1,\"x\"],[2,\"y\"]]}",
            &["--drop", "index"],
            "pandas' orient split",
        ),
        (
            &format!("{{\"schema\":{{\"fields\":[]}},\"data\":[{rows}]}}"),
            &[],
            "JSON records at data",
        ),
    ] {
        let folder = Folder::new();
        let ran = convert(&folder, content, &[options, &["--json"]].concat()).expect(0);
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&json["files"][0]["read_as"], &json["files"][0]["rows"]),
            (&form.into(), &2.into())
        );
        let ran = folder.run(&["verify", "a.h5"]).expect(0);
        assert!(ran.out.contains("2 rows"), "{content}: {ran:#?}");
        let info = folder.run(&["info", "a.h5"]).expect(0).out;
        assert!(info.contains("row of 2 fields, 9 bytes"), "{content}: {info}");
    }
}

#[test]
fn empty_objects_do_not_decide_how_others_lie() {
    for (content, form, rows) in [
        ("{}\n{ }\n{\n \"a\": 1.5\n}\n{\n \"a\": 2.5\n}\n", "JSON values", 4),
        ("{}\n{\"a\":1.5}\n{\"a\":2.5}\n", "JSON lines", 3),
        ("{}\n{}\n", "JSON lines", 2),
    ] {
        let folder = Folder::new();
        let ran = convert(&folder, content, &["--json"]).expect(0);
        let json: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(
            (&json["files"][0]["read_as"], &json["files"][0]["rows"]),
            (&form.into(), &rows.into()),
            "{content}"
        );
    }
}

#[test]
fn what_is_no_row_of_a_document_is_named_by_its_place_in_it() {
    for (content, options, part) in [
        (
            "[\n {\"a\":1},\n {\"b\":2,\n  \"a\":[1]}\n]",
            &[][..],
            "a.json:4:7: column \"a\": an array",
        ),
        ("[{\"a\":1},{\"é\":1,\"a\":{}}]", &[], "a.json:1:21: column \"a\": an object"),
        ("[{\"a\":1},\n{\"a\":2}", &[], "a.json:2:8: not valid JSON: EOF"),
        ("[{\"a\":1} {\"a\":2}]", &[], "a.json:1:10: not valid JSON: expected `,`"),
        ("[{\"a\":1},]", &[], "a.json:1:10: not valid JSON"),
        ("[{\"a\":NaN}]", &[], "a bare NaN is Python's"),
        ("[{\"a\":1}]x", &[], "a.json:1:10: not valid JSON"),
        ("[1,2]\n[3,4]\n", &[], "--names column1,column2"),
        ("{\"results\":[{\"a\":1}]}", &[], "--records results reads them"),
        ("{\n\"results\": [{\"a\":1}]}", &["--records", "data"], "these are the keys: results"),
        ("[{\"a\":1},{\"a\":\"x\"}]", &[], "texts on 1 line"),
        ("{\"1\":{\"2\":3}}", &[], "--orient columns or --orient index"),
        ("{\"p\":[1]}\n", &[], "--as-text p keeps its JSON as a text; --drop p"),
    ] {
        let err = refused(content, options);
        assert!(err.contains(part), "{content}: {part}: {err}");
    }
}

#[test]
fn columns_are_chosen_renamed_and_kept_as_text() {
    let content =
        "{\"p\":1.5,\"c\":[12,37],\"o\":{\"x\":1,\"y\":[2]}}\n{\"p\":2.5,\"c\":[],\"o\":null}\n";
    let fields = |options: &[&str]| -> Vec<String> {
        let info = converted(content, options);
        info.lines().filter_map(|line| Some(line.strip_prefix("    ")?.to_owned())).collect()
    };
    assert_eq!(fields(&["--drop", "c,o"]), ["p: float of 64 bits"]);
    assert_eq!(fields(&["--only", "p"]), ["p: float of 64 bits"]);
    let all = ["p: float of 64 bits", "c: text of 7 bytes", "o: text of 15 bytes"];
    assert_eq!(fields(&["--as-text", "c", "--as-text", "o"]), all);
    let flat = ["--flatten", "--only", "o.x,p", "--rename", "o.x=ox"];
    assert_eq!(fields(&flat), ["p: float of 64 bits", "ox: float of 64 bits"]);
    let err = refused(content, &["--only", "nope"]);
    assert!(err.contains("no input has a column \"nope\", which --only names"), "{err}");
    let names = "{\"a/b\":1,\"\":2,\"__v__\":3}\n";
    let err = refused(names, &[]);
    assert!(err.contains("--rename a/b=NAME") && err.contains("begin and end with __"), "{err}");
    converted(names, &["--rename", "a/b=ab", "--rename", "=empty", "--rename", "__v__=v"]);
}

#[test]
fn compressions_and_archives_are_told_by_their_first_bytes() {
    let lines = b"{\"a\":1}\n{\"a\":2}\n";
    let gzip = |bytes: &[u8]| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(lines).unwrap();
    let zstd =
        ruzstd::encoding::compress_to_vec(&lines[..], ruzstd::encoding::CompressionLevel::Fastest);
    let folder = Folder::new();
    folder.write("g.json", &gzip(lines));
    folder.write("two.json.gz", &[gzip(lines), gzip(lines), vec![0; 600]].concat());
    folder.write("b.json.bz2", &bzip2.finish().unwrap());
    folder.write("z.json.zst", &[&zstd[..], &zstd].concat());
    let ran = folder.run(&[".", "--json"]).expect(0);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let files = json["files"].as_array().unwrap().iter();
    let files: Vec<_> = files
        .map(|file| (file["read_as"].as_str().unwrap(), file["rows"].as_u64().unwrap()))
        .collect();
    assert_eq!(files, [("bzip2", 2), ("gzip", 2), ("gzip", 4), ("zstd", 4)]);
    folder.run(&["verify", "b.h5", "g.h5", "two.h5", "z.h5"]).expect(0);
    folder.write("junk.json.gz", &[&gzip(lines)[..], b"junk"].concat());
    let ran = folder.run(&["junk.json.gz"]).expect(1);
    assert!(ran.err.contains("behind its gzip data are other bytes"), "{ran:#?}");

    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["inside.json", "d/other.json", "README"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(lines).unwrap();
    }
    folder.write("in/p.zip", &zip.finish().unwrap().into_inner());
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(lines.len() as u64);
    tar.append_data(&mut header, "tarred.json", &lines[..]).unwrap();
    folder.write("in/data", &tar.into_inner().unwrap());
    folder.run(&["in/p.zip", "in/data"]).expect(0);
    let names = folder.names();
    for name in ["in/inside.h5", "in/d/other.h5", "in/tarred.h5"] {
        assert!(names.contains(&name.to_owned()), "{names:?}");
    }
}

#[test]
fn pipes_are_read() {
    let folder = Folder::new();
    let piped = |content: &[u8], arguments: &[&str]| -> Ran {
        let mut command = folder.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(content).unwrap();
        child.wait_with_output().unwrap().into()
    };
    piped(b"[{\"a\":1}]", &["-"]).expect(0);
    let ran = folder.run(&["verify", "stdin.h5"]).expect(1);
    assert!(ran.err.contains("help: --source"), "{ran:#?}");
    folder.write("a.json", b"[{\"a\":1}]");
    folder.run(&["verify", "stdin.h5", "--source", "a.json"]).expect(0);
    piped(b"{\"a\":1}\n", &["-", "--out", "named.h5"]).expect(0);
    let ran = piped(b"{\"a\":2}\n", &["-"]).expect(1);
    assert!(ran.err.contains("made from what standard input held before"), "{ran:#?}");
    let ran = piped(b"{\"a\":}\n", &["-", "--force"]).expect(1);
    assert!(ran.err.contains("standard input:1:6"), "{ran:#?}");
    assert_eq!(folder.names(), ["a.json", "named.h5", "stdin.h5"]);
}

#[cfg(unix)]
#[test]
fn a_name_does_nothing_to_the_terminal() {
    let folder =
        Folder::with(&[("a\u{1b}[2J\nb.json", "{\"x\":1}\n"), ("\u{1b}[2Jc.json", "{\"x\":}\n")]);
    let ran = folder.run(&["."]).expect(1);
    assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:#?}");
    let row = ran.out.lines().find(|line| line.starts_with("a\\u{1b}[2J\\nb.json "));
    assert!(row.is_some_and(|row| row.contains(" 1 ")), "{ran:#?}");
    assert!(ran.err.contains("\\u{1b}[2Jc.json:1:6"), "{ran:#?}");
    let ran = folder.run(&["verify", "a\u{1b}[2J\nb.h5"]).expect(0);
    assert!(!ran.out.contains('\u{1b}'), "{ran:#?}");
}

#[cfg(unix)]
#[test]
fn names_of_any_length_and_bytes_convert_and_verify() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new();
    let long = "x".repeat(250);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.json");
    std::fs::write(folder.path().join(odd), "{\"a\":1}\n").unwrap();
    folder.write(&format!("{long}.json"), b"{\"a\":1}\n");
    folder.run(&["."]).expect(0);
    let odd = std::ffi::OsStr::from_bytes(b"caf\xe9.h5");
    let mut verify = folder.command(&["verify", &format!("{long}.h5")]);
    assert!(verify.arg(odd).status().unwrap().success());
}

#[test]
fn messages_name_what_helps() {
    let folder =
        Folder::with(&[("a.json", "{\"t\":\"2013-07-23T00:00:00Z\"}\n"), ("b.json", "{}\n")]);
    let ran = folder.run(&["a.json", "-l", "pandas-fixed"]).expect(1);
    assert!(ran.err.contains("a.json:1:6: column \"t\": \"2013-07-23T00:00:00Z\""), "{ran:#?}");
    assert!(ran.err.contains("time zone"), "{ran:#?}");
    folder.run(&["a.json"]).expect(0);
    let ran = folder.run(&["a.json", "-l", "columns"]).expect(1);
    assert!(
        ran.err.contains("was made in another way") && ran.err.contains("layout table"),
        "{ran:#?}"
    );
    let ran = folder.run(&["verfy", "b.json"]).expect(1);
    assert!(ran.err.contains("the command is verify"), "{ran:#?}");
    folder.run(&["b.json", "--text", "variable"]).expect(2);
    folder.run(&["b.json", "--memory-limit", "12"]).expect(2);
    folder.run(&["b.json", "--report", "run.txt"]).expect(2);
    folder.write("c.json", b"{}\n");
    for option in ["--report", "--trace"] {
        let ran = folder.run(&["c.json", option, "nowhere/r.html"]).expect(2);
        assert!(ran.err.contains("there is no folder `nowhere`"), "{ran:#?}");
        assert!(!folder.names().contains(&"c.h5".to_owned()), "found before anything ran");
    }
    #[cfg(unix)]
    {
        let device = folder.path().join("t.json");
        std::os::unix::fs::symlink("/dev/null", &device).unwrap();
        let ran = folder.run(&["c.json", "--trace", "t.json"]).expect(2);
        assert!(ran.err.contains("name a file") && !ran.err.contains("is there room"), "{ran:#?}");
        std::fs::remove_file(&device).unwrap();
    }
    folder.run(&["b.json", "--out", "made", "--report", "made/r.html"]).expect(0);
    let ran = folder.run(&["b.json", "-f", "--threads", "2", "--report", "r.html"]).expect(0);
    assert!(ran.out.contains("The report of the run is in r.html."), "{ran:#?}");
    let ran = folder.run(&["b.json", "--report", "none.html"]).expect(0);
    assert!(ran.out.contains("Nothing was converted"), "{ran:#?}");
    assert!(!folder.names().contains(&"none.html".to_owned()));
}

#[test]
fn of_hundreds_of_files_the_summary_has_twenty_lines_and_the_total_last() {
    let folder = Folder::new();
    for number in 0..400 {
        let content = if number % 100 == 7 { "x\n" } else { "{\"a\":1}\n" };
        folder.write(&format!("d/{number}.json"), content.as_bytes());
    }
    let ran = folder.run(&["d"]).expect(1);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert!(lines.len() <= 20, "{ran:#?}");
    assert!(
        lines.last().unwrap().starts_with("400 files")
            && lines.last().unwrap().ends_with("4 failed")
    );
    assert_eq!(ran.out.matches("  failed").count(), 4, "those come first: {ran:#?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_under_the_name_of_an_output_is_neither_read_nor_replaced() {
    use std::os::unix::fs::FileTypeExt;
    let folder = Folder::with(&[("a.json", "{\"a\":1}\n")]);
    let pipe = folder.path().join("a.h5");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Reading it would wait for somebody who writes: somebody comes in time, and goes.
    let (ended, end) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || {
            let late = end.recv_timeout(std::time::Duration::from_secs(30)).is_err();
            late.then(|| std::fs::OpenOptions::new().read(true).write(true).open(pipe));
            late
        }
    });
    let ran = folder.run(&["a.json"]).expect(1);
    let _ = ended.send(());
    assert!(!writer.join().unwrap(), "it waited for the pipe");
    assert!(ran.err.contains("a.h5: exists already"), "{ran:#?}");
    let ran = folder.run(&["a.json", "--force"]).expect(1);
    assert!(ran.err.contains("a pipe or a device"), "{ran:#?}");
    assert!(pipe.symlink_metadata().unwrap().file_type().is_fifo());
}

#[cfg(unix)]
#[test]
fn a_link_in_a_folder_that_leads_nowhere_is_named() {
    let folder = Folder::with(&[("d/x.json", "{\"a\":1}\n")]);
    std::os::unix::fs::symlink("nowhere", folder.path().join("d/y.json")).unwrap();
    let ran = folder.run(&["d"]).expect(1);
    assert!(ran.err.contains("d/y.json: cannot be read: No such file"), "{ran:#?}");
    assert!(folder.path().join("d/x.h5").exists());
}

#[test]
fn what_is_cut_off_says_so() {
    let whole = b"{\"a\":1}\n".repeat(1000);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &whole).unwrap();
    let packed = packed.finish().unwrap();
    let folder = Folder::new();
    folder.write("a.json.gz", &packed[..packed.len() - 6]);
    let ran = folder.run(&["a.json.gz"]).expect(1);
    assert!(ran.err.contains("its gzip data are damaged or cut off"), "{ran:#?}");
    let level = ruzstd::encoding::CompressionLevel::Fastest;
    let packed = ruzstd::encoding::compress_to_vec(&whole[..], level);
    for length in [5, packed.len() - 6] {
        folder.write("a.json.zst", &packed[..length]);
        let ran = folder.run(&["a.json.zst"]).expect(1);
        assert!(ran.err.contains("its zstd data are damaged or cut off\n"), "{ran:#?}");
    }
}

#[test]
fn a_zip_archive_with_two_members_of_one_name_is_refused() {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for name in ["x.json", "y.json"] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, b"{\"a\":1}\n").unwrap();
    }
    let mut bytes = zip.finish().unwrap().into_inner();
    let folder = Folder::new();
    folder.write("a.zip", &bytes);
    folder.run(&["a.zip"]).expect(0);
    for at in 0..bytes.len() - 6 {
        if bytes[at..].starts_with(b"y.json") {
            bytes[at] = b'x';
        }
    }
    folder.write("b.zip", &bytes);
    let ran = folder.run(&["b.zip", "--out", "out"]).expect(1);
    assert!(ran.err.contains("two of its members have one name"), "{ran:#?}");
}

#[test]
fn the_standard_input_is_taken_once() {
    let folder = Folder::new();
    let input = std::fs::File::open(folder.write("in", b"{\"a\":1}\n")).unwrap();
    let output = folder.command(&["-", "-"]).stdin(input).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(folder.names(), ["in", "stdin.h5"]);
}
