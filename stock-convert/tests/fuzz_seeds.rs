//! The seeds of the fuzzer through the fuzzer's own check, with every way to read and to cut them.

use std::fs;
use std::path::Path;

#[path = "../fuzz/check.rs"]
mod check;

#[test]
fn no_seed_makes_the_parser_contradict_itself() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/lines");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let seed = fs::read(entry.unwrap().path()).unwrap();
        check::check(&seed);
        for options in 0..8 {
            for cut in 0..8 {
                check::check(&[&[options, cut], &seed[2..]].concat());
            }
        }
        count += 1;
    }
    assert!(count >= 12, "{count} seeds");
}
