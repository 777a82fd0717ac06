//! The options that decide how lines become rows.

use crate::program::Folder;

#[test]
fn nested_objects_are_refused_or_flattened() {
    let folder = Folder::with(&[("a.json", "{\"x\":{\"y\":1,\"z\":{\"w\":2}}}\n")]);
    let ran = folder.run(&["a.json"]).expect(1);
    assert!(ran.err.contains("a.json:1:6: column \"x\": an object"), "{ran:#?}");
    assert!(ran.err.contains("help: --flatten"), "{ran:#?}");
    folder.run(&["a.json", "--flatten"]).expect(0);
    let output = folder.read("a.h5");
    let has = |name: &str| output.windows(name.len()).any(|window| window == name.as_bytes());
    assert!(has("x.y\0") && has("x.z.w\0"), "fields by the names of keys");
    let folder = Folder::with(&[("a.json", "{\"x\":{\"y\":1}}\n{\"x\":{\"y\":[1]}}\n")]);
    let ran = folder.run(&["a.json", "--flatten"]).expect(1);
    assert!(ran.err.contains("a.json:2:11: column \"x.y\": an array"), "{ran:#?}");
}

#[test]
fn an_output_of_other_options_is_not_up_to_date() {
    let folder = Folder::with(&[("a.json", "{\"date\":\"2013-07-23\"}\n")]);
    folder.run(&["a.json"]).expect(0);
    let ran = folder.run(&["a.json", "--timestamps", "datetime64"]).expect(1);
    assert!(ran.err.contains("exists already"), "{ran:#?}");
    folder.run(&["a.json", "--timestamps", "datetime64", "--force"]).expect(0);
    let ran = folder.run(&["a.json", "--timestamps", "datetime64"]).expect(0);
    assert!(ran.out.contains("up to date"), "{ran:#?}");
    folder.run(&["a.json", "--timestamps", "text"]).expect(1);
}

#[test]
fn prices_are_generated_and_converted() {
    let folder = Folder::new();
    let ran = folder.run(&["--generate", "10"]).expect(0);
    assert!(ran.out.contains("210"), "all rows: {ran:#?}");
    assert!(!ran.out.contains("Is it really faster?"), "{ran:#?}");
    let names = folder.names();
    assert_eq!(names.len(), 42, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("data/generated-stock/")), "{names:?}");
    let ran = folder.run(&["--generate", "10"]).expect(0);
    assert!(ran.out.contains("up to date"), "{ran:#?}");
    let ran = folder.run(&["--generate", "11"]).expect(2);
    assert!(ran.err.contains("aet.json") && ran.err.contains("--force"), "{ran:#?}");
    folder.run(&["--generate", "11", "--out", "other"]).expect(0);
    assert_eq!(folder.names().len(), 84);
    folder.run(&["--generate", "1", "some.json"]).expect(2);
}
