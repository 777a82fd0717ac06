//! Killed at any moment, the program leaves whole outputs, or none, under their names.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Instant;

use crate::program::Folder;

/// How often the program is killed; `DELAYED_KILLS` sets it.
fn kills() -> u32 {
    std::env::var("DELAYED_KILLS").ok().and_then(|count| count.parse().ok()).unwrap_or(10)
}

#[test]
fn killed_at_any_moment_it_leaves_old_or_new_outputs_and_the_next_run_completes() {
    let folder = Folder::new();
    for version in ["old", "new"] {
        for number in 0..4 {
            // One long text makes every row long, so that most of the time goes into writing.
            let mut lines =
                format!("{{\"{version}\":{number},\"text\":\"{}\"}}\n", "x".repeat(4000));
            (0..4000)
                .for_each(|n| lines.push_str(&format!("{{\"{version}\":{n},\"text\":\"y\"}}\n")));
            folder.write(&format!("{version}/{number}.json"), lines.as_bytes());
        }
    }
    folder.run(&["old", "--out", "whole-old"]).expect(0);
    let started = Instant::now();
    folder.run(&["new", "--out", "whole-new"]).expect(0);
    let whole_run = started.elapsed();
    let whole = ["old", "new"].map(|version| outputs(&folder, &format!("whole-{version}/")));
    assert_eq!(whole[0].len(), 4);

    let kills = kills();
    let mut with_leftovers = 0;
    for kill in 0..kills {
        let version = ["new", "old"][kill as usize % 2];
        // Each run replaces all outputs of the one before.
        let mut child = folder
            .command(&[version, "--out", "out", "--force"])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(whole_run.mul_f64(f64::from(kill) / f64::from(kills)));
        child.kill().unwrap();
        child.wait().unwrap();
        let mut left = false;
        for (name, bytes) in outputs(&folder, "out/") {
            if name.starts_with('.') {
                left = true;
            } else {
                let known = whole.iter().any(|whole| whole[&name] == bytes);
                assert!(known, "kill {kill} left half of {name}");
            }
        }
        with_leftovers += u32::from(left);
        // Between these, leftovers stay for the next run to find.
        if kill % 4 == 1 {
            folder.run(&[version, "--out", "out", "--resume"]).expect(0);
            assert!(outputs(&folder, "out/") == whole[usize::from(version == "new")]);
        }
    }
    eprintln!("{with_leftovers} of {kills} kills hit a file that was being written");
    folder.run(&["new", "--out", "out", "--resume"]).expect(0);
    assert!(outputs(&folder, "out/") == whole[1], "leftovers stayed, or outputs are not whole");
}

fn outputs(folder: &Folder, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let files = folder.files().into_iter();
    files.filter_map(|(name, bytes)| Some((name.strip_prefix(prefix)?.to_owned(), bytes))).collect()
}

#[test]
fn a_run_clears_what_a_killed_one_left_and_nothing_else() {
    let folder = Folder::with(&[
        ("a.json", "{\"x\":1}\n"),
        (".b.h5.x1y2z3.unfinished", "half"),
        ("c.unfinished", "mine"),
    ]);
    folder.run(&["a.json"]).expect(0);
    assert_eq!(folder.names(), ["a.h5", "a.json", "c.unfinished"]);
}
