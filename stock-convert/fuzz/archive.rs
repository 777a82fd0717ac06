//! Archives of any bytes: nothing may land outside the folder, and of a refused one nothing at all.
#![no_main]

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use stock_convert::{Archive, ArchiveProblem, Limits, Replace, extract};

fuzz_target!(|bytes: &[u8]| {
    // Half of the inputs are what is inside the compression, where most of the ways to go wrong are.
    let compressed;
    let archive = match bytes.split_first() {
        Some((mode, rest)) if mode % 2 == 0 => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::none());
            encoder.write_all(rest).unwrap();
            compressed = encoder.finish().unwrap();
            &compressed[..]
        }
        Some((_, rest)) => rest,
        None => return,
    };
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("into");
    let limits = Limits { bytes: 1 << 20, ratio: 0, members: 100 };
    let extracted = extract(Archive::Bytes(archive), limits, &folder, Replace::No);
    let others = fs::read_dir(outside.path()).unwrap().flatten();
    assert_eq!(others.filter(|entry| entry.path() != folder).count(), 0, "outside the folder");
    match extracted {
        Ok(paths) => {
            assert!(!paths.is_empty());
            for path in &paths {
                assert!(path.starts_with(&folder) && path.symlink_metadata().unwrap().is_file());
            }
            assert_eq!(files_below(&folder), paths.len());
        }
        // Where a file and a folder of one name are wanted, the disk is what says no.
        Err(ArchiveProblem::Extract { .. } | ArchiveProblem::Exists { .. }) => {}
        Err(_) => assert!(!folder.exists(), "extracted from a refused archive"),
    }
});

fn files_below(folder: &Path) -> usize {
    let entries = fs::read_dir(folder).unwrap().flatten();
    entries
        .map(|entry| match entry.file_type().unwrap().is_dir() {
            true => files_below(&entry.path()),
            false => 1,
        })
        .sum()
}
