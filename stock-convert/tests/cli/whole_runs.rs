//! Runs without an error.

use std::fs;

use crate::program::Folder;

#[test]
fn without_an_argument_the_prices_inside_are_converted_and_again() {
    let folder = Folder::new();
    let ran = folder.run(&[]).expect(0);
    for name in ["aapl", "fb", "goog", "ibm", "msft"] {
        assert!(ran.out.contains(&format!("{name}.json")), "{ran:#?}");
        assert!(ran.out.contains(&format!("data/daily-stock/{name}.h5")), "{ran:#?}");
        assert!(folder.path().join(format!("data/daily-stock/{name}.h5")).exists());
    }
    assert!(ran.out.contains("12\u{202f}154"), "all rows: {ran:#?}");
    assert!(ran.out.contains("Is it really faster? "), "{ran:#?}");
    assert!(ran.out.contains("The best possible was "), "{ran:#?}");
    let picture = String::from_utf8(folder.read("data/conversion.svg")).unwrap();
    assert!(picture.contains("a task graph of 20 tasks"), "one chain a file: {picture}");
    assert!(
        ["read", "parse", "begin", "finish", "ibm.json", "ibm.h5"]
            .iter()
            .all(|word| picture.contains(word))
    );
    assert_eq!(ran.err, "");
    let before = folder.files();
    let ran = folder.run(&[]).expect(0);
    assert!(ran.out.contains("up to date"), "{ran:#?}");
    assert!(
        before.iter().all(|(name, bytes)| name.ends_with(".svg") || folder.read(name) == *bytes)
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let lines = "{\"x\":1,\"y\":\"é\"}\n{\"z\":true}\n";
    let folder = Folder::with(&[("a.json", lines), ("b/a.json", lines)]);
    folder.run(&["."]).expect(0);
    assert_eq!(folder.read("a.h5"), folder.read("b/a.h5"));
}

#[test]
fn outputs_keep_the_order_and_folders_of_inputs() {
    let line = "{\"x\":1}\n";
    let folder = Folder::with(&[("p/b.json", line), ("p/q/a.json", line), ("c.json", line)]);
    let ran = folder.run(&["c.json", "p", "--out", "o/o"]).expect(0);
    let lines: Vec<&str> = ran.out.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    assert_eq!(lines, ["o/o/c.h5", "o/o/b.h5", "o/o/q/a.h5"]);
    assert!(!folder.path().join("c.h5").exists());
}

#[test]
fn a_loop_one_worker_and_many_give_the_same_bytes() {
    let folder = Folder::new();
    for seed in 0..5 {
        let mut lines = Vec::new();
        // Some files have several blocks.
        stock_convert::synthetic::write_prices(&mut lines, 3000 + 20_000 * (seed % 2), seed)
            .unwrap();
        folder.write(&format!("in/{seed}.json"), &lines);
    }
    for compression in ["none", "deflate"] {
        let run = |out, how: &[&str]| {
            let arguments = ["in", "-o", out, "--force", "-z", compression];
            folder.run(&[&arguments[..], how].concat()).expect(0);
        };
        run("loop", &["--sequential"]);
        run("one", &["--jobs", "1"]);
        run("many", &["--jobs", "7"]);
        run("little", &["--jobs", "7", "--memory-limit", "2MiB"]);
        for seed in 0..5 {
            let one = folder.read(&format!("one/{seed}.h5"));
            for others in ["loop", "many", "little"] {
                assert!(folder.read(&format!("{others}/{seed}.h5")) == one, "{others}");
            }
        }
    }
}

#[test]
fn the_graph_is_drawn_where_it_is_wanted() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("b.json", "{\"x\":1}\n")]);
    folder.run(&["."]).expect(0);
    let ran = folder.run(&[".", "--graph", "graph.dot"]).expect(0);
    assert!(ran.out.contains("drawn in graph.dot"), "{ran:#?}");
    let dot = String::from_utf8(folder.read("graph.dot")).unwrap();
    assert_eq!(dot.matches("->").count(), 6, "also what is up to date: {dot}");
    let ran = folder.run(&[".", "--graph", "graph.bmp"]).expect(2);
    assert!(ran.err.contains(".svg"), "the known formats: {ran:#?}");
    folder.run(&[".", "--graph", "no/such/folder.svg"]).expect(2);
}

#[test]
fn comparing_leaves_outputs_alone() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("bad.json", "{")]);
    folder.run(&["."]).expect(1);
    let before = folder.files();
    let ran = folder.run(&[".", "--compare"]).expect(1);
    assert!(ran.out.contains("Is it really faster? "), "{ran:#?}");
    assert!(folder.files() == before);
}

#[test]
fn an_output_is_replaced_only_on_demand() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("b.json", "{\"x\":1}\n")]);
    folder.run(&["."]).expect(0);
    let old = folder.read("a.h5");
    folder.write("a.json", b"{\"x\":2}\n");
    let ran = folder.run(&["."]).expect(1);
    assert!(ran.err.contains("./a.h5: exists already"), "{ran:#?}");
    assert!(ran.err.contains("--force"), "{ran:#?}");
    assert!(ran.out.contains("up to date"), "the other one: {ran:#?}");
    assert_eq!(folder.read("a.h5"), old);
    folder.run(&[".", "--force"]).expect(0);
    assert_ne!(folder.read("a.h5"), old);
    folder.run(&["."]).expect(0);
}

#[test]
fn a_file_of_another_program_is_not_lost() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n"), ("a.h5", "somebody's notes")]);
    folder.run(&["a.json"]).expect(1);
    assert_eq!(folder.read("a.h5"), b"somebody's notes");
}

#[test]
fn a_new_time_alone_does_not_make_an_output_old() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n")]);
    folder.run(&["a.json"]).expect(0);
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
    let file = fs::File::options().append(true).open(folder.path().join("a.json")).unwrap();
    file.set_modified(later).unwrap();
    folder.run(&["a.json"]).expect(0);
}

#[cfg(unix)]
#[test]
fn outputs_have_the_permissions_of_any_new_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n")]);
    folder.run(&["a.json"]).expect(0);
    let mode = |name| fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("a.h5"), mode("a.json"));
}

#[test]
fn a_pipe_that_closes_is_no_failure() {
    let folder = Folder::with(&[("a.json", "{\"x\":1}\n")]);
    let mut child =
        folder.command(&["a.json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(folder.path().join("a.h5").exists());
}
