//! Files that are larger than the memory that may be used.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use stock_convert::synthetic::write_prices;

use crate::program::Folder;

const MIB: u64 = 1024 * 1024;

/// How large one file is; 6 GiB on demand.
fn file_bytes() -> u64 {
    let wanted = std::env::var("DELAYED_LARGE_MIB").ok().and_then(|mib| mib.parse::<u64>().ok());
    wanted.unwrap_or(320) * MIB
}

/// Writes the same prices again and again; gives the number of rows.
fn generate(path: &Path, bytes: u64) -> u64 {
    const ROWS: u64 = 100_000;
    let mut prices = Vec::new();
    write_prices(&mut prices, ROWS, 1).unwrap();
    let rounds = bytes.div_ceil(prices.len() as u64);
    let mut file = BufWriter::new(File::create(path).unwrap());
    (0..rounds).for_each(|_| file.write_all(&prices).unwrap());
    file.flush().unwrap();
    rounds * ROWS
}

/// The peak memory of a process in bytes, which is asked for until the process ends.
#[cfg(target_os = "linux")]
fn peak_bytes(child: &mut Child) -> u64 {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
        peak = peak.max(kib.unwrap_or(0) * 1024);
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            return peak;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_file_and_a_folder_of_them_go_through_in_little_memory() {
    let folder = Folder::new();
    let one = folder.path().join("one/a.json");
    fs::create_dir_all(folder.path().join("one")).unwrap();
    fs::create_dir_all(folder.path().join("many")).unwrap();
    let bytes = file_bytes();
    let rows = generate(&one, bytes);
    // Hard links to the same bytes take no space.
    let parts = ["b", "c", "d"].map(|name| folder.path().join(format!("many/{name}.json")));
    parts.iter().for_each(|part| fs::hard_link(&one, part).unwrap());

    let limit = if bytes > 1024 * MIB { 256 } else { 64 };
    for (input, files) in [("one", 1), ("many", 3)] {
        for compression in ["none", "deflate"] {
            if compression == "deflate" && (files > 1 || bytes > 1024 * MIB) {
                continue;
            }
            let memory_limit = format!("{limit}MiB");
            let arguments = [
                input,
                "--out",
                "out",
                "--force",
                "--json",
                "--memory-limit",
                &memory_limit,
                "-z",
                compression,
            ];
            let mut child = folder.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
            let peak = peak_bytes(&mut child);
            let summary: serde_json::Value =
                serde_json::from_reader(child.stdout.take().unwrap()).unwrap();
            for file in summary["files"].as_array().unwrap() {
                assert_eq!(file["rows"], rows, "{summary}");
            }
            let said = format!(
                "{files} × {} MiB, {compression}: {} MiB of memory, {} s",
                bytes / MIB,
                peak / MIB,
                summary["seconds"]
            );
            eprintln!("{said}");
            // The program itself and what its allocator keeps come on top of what the tasks declare.
            assert!(peak / MIB <= limit + 44, "{said}");
            if files == 1 {
                let arguments = ["verify", "--source", input, "out/a.h5", "--quiet"];
                let peak = peak_bytes(&mut folder.command(&arguments).spawn().unwrap()) / MIB;
                let said = format!("verified {} MiB with {peak} MiB of memory", bytes / MIB);
                eprintln!("{said}");
                // A block and its rows, a chunk, and the output's index of its chunks.
                assert!(peak <= 44, "{said}");
            }
            fs::remove_dir_all(folder.path().join("out")).unwrap();
        }
    }
}

/// The same prices as one JSON array.
fn generate_array(path: &Path, bytes: u64) -> u64 {
    const ROWS: u64 = 100_000;
    let mut prices = Vec::new();
    write_prices(&mut prices, ROWS, 1).unwrap();
    let records = String::from_utf8(prices).unwrap().trim_end().replace('\n', ",\n");
    let rounds = bytes.div_ceil(records.len() as u64);
    let mut file = BufWriter::new(File::create(path).unwrap());
    for round in 0..rounds {
        file.write_all(if round == 0 { b"[" } else { b",\n" }).unwrap();
        file.write_all(records.as_bytes()).unwrap();
    }
    file.write_all(b"]").unwrap();
    file.flush().unwrap();
    rounds * ROWS
}

#[cfg(target_os = "linux")]
#[test]
fn a_large_array_goes_through_in_little_memory() {
    let folder = Folder::new();
    // A development build reads documents slowly.
    let asked = std::env::var_os("DELAYED_LARGE_MIB").is_some();
    let bytes = if asked { file_bytes() } else { 96 * MIB };
    let rows = generate_array(&folder.path().join("a.json"), bytes);
    let limit = if bytes > 1024 * MIB { 256 } else { 64 };
    let arguments = ["a.json", "--json", "--memory-limit", &format!("{limit}MiB")];
    let mut child = folder.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let peak = peak_bytes(&mut child) / MIB;
    let summary: serde_json::Value = serde_json::from_reader(child.stdout.take().unwrap()).unwrap();
    assert_eq!(
        (&summary["files"][0]["rows"], &summary["files"][0]["read_as"]),
        (&rows.into(), &"a JSON array".into())
    );
    let said =
        format!("an array of {} MiB: {peak} MiB of memory, {} s", bytes / MIB, summary["seconds"]);
    eprintln!("{said}");
    assert!(peak <= limit + 44, "{said}");
}

#[test]
fn a_line_that_contradicts_those_before_starts_the_file_again() {
    let folder = Folder::new();
    let mut lines = Vec::new();
    write_prices(&mut lines, 60_000, 1).unwrap();
    lines.extend_from_slice(
        b"{\"timestamp\": \"a day that is longer than others\", \"volume\": 7}\n",
    );
    folder.write("in/a.json", &lines);
    for (out, how) in [("loop", "--sequential"), ("graph", "--jobs=2")] {
        folder.run(&["in", "--out", out, how]).expect(0);
        let ran = folder.run(&["verify", "--source", "in", &format!("{out}/a.h5")]).expect(0);
        assert!(ran.out.contains("60\u{202f}001 rows"), "{ran:#?}");
    }
    assert!(folder.read("loop/a.h5") == folder.read("graph/a.h5"));
    // The error counts lines from the beginning of the file, whichever block the line is in.
    lines.extend_from_slice(b"{\"volume\": \"many\"}\n");
    folder.write("in/a.json", &lines);
    for how in ["--sequential", "--jobs=2"] {
        let ran = folder.run(&["in", "--out", "out", how]).expect(1);
        assert!(ran.err.contains("in/a.json:60002:12: column \"volume\": text"), "{ran:#?}");
    }
    assert_eq!(folder.names().iter().filter(|name| name.starts_with("out/")).count(), 0);
}

#[test]
fn a_line_longer_than_blocks_goes_through() {
    let folder = Folder::new();
    let long = "x".repeat(3_500_000);
    // Few rows, because in the output each is as long as the longest.
    let blank = "\r\n".repeat(700_000);
    let lines = format!(
        "\u{feff}{{\"n\": 1, \"text\": \"a\"}}\r\n{blank}{{\"n\": 2, \"text\": \"{long}\"}}\n\
         {blank}{{\"n\": 3}}\n{{\"n\": 4, \"text\": \"b\"}}"
    );
    folder.write("in/a.json", lines.as_bytes());
    folder.run(&["in", "--out", "out"]).expect(0);
    let ran = folder.run(&["verify", "--source", "in", "out/a.h5"]).expect(0);
    assert!(ran.out.contains("4 rows"), "{ran:#?}");
}
