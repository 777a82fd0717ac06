//! However a file is cut into blocks, and also gzipped, it ends with the same error.

use super::*;

/// What comes of `content`, plain and gzipped, in blocks of each of some sizes; how is the same for all.
fn outcome(content: &str, options: &ReadOptions, storage: Storage) -> Result<u64, String> {
    let folder = tempfile::tempdir().unwrap();
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(content.as_bytes()).unwrap();
    let mut outcomes = Vec::new();
    for (name, bytes) in [("a.json", content.as_bytes()), ("a.json.gz", &encoder.finish().unwrap())]
    {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let conversion =
            Conversion { storage, ..conversion(&path, options.clone(), storage.layout) };
        for block_bytes in (1..content.len() + 10).step_by(7) {
            let sizes = BlockSizes { block_bytes, line_limit: content.len() + 10 };
            let written = convert_in_blocks(&conversion, sizes);
            let written = written.map_err(|error| explain(error, &conversion).to_string());
            let place = format!("{}/a.", folder.path().display());
            let words = |error: String| error.replace(&place, "").replace("json.gz", "json");
            outcomes.push(written.map(|written| written.origin.rows).map_err(words));
        }
    }
    assert!(outcomes.iter().all(|one| *one == outcomes[0]), "{outcomes:#?}");
    outcomes.swap_remove(0)
}

#[test]
fn a_layout_without_a_place_for_texts_says_so_behind_what_is_wrong_with_lines() {
    let storage = Storage { layout: Layout::PandasFixed, ..Storage::default() };
    let skip: ReadOptions = BadLines::Skip.into();
    let mixed = "{\"b\":\"\"}\n{\"c\":\"x\"}\n{\"b\":\"y\"}\n{}\n";
    let error = outcome(mixed, &skip, storage).unwrap_err();
    assert!(error.starts_with("json:3:6: column \"b\": \"y\" is no date"), "{error}");
    let error = outcome("{}\n{\"a\":\"\"}\n", &skip, storage).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"a\": \"\" is no date"), "{error}");
    // Their room is no matter then.
    let small = Storage { max_output: Some(1), ..storage };
    assert_eq!(outcome(mixed, &skip, small), outcome(mixed, &skip, storage));
    let error = outcome(&format!("{mixed}[\n[\n[\n[\n[\n"), &skip, storage).unwrap_err();
    assert!(error.contains("5 of 9 lines cannot become rows"), "{error}");
    // So does one without a place for two columns of one name.
    let rename = vec![("b".to_owned(), "a".to_owned())];
    let columns = ColumnOptions { rename, ..ColumnOptions::default() };
    let options = ReadOptions { columns, ..ReadOptions::default() };
    let content = "{\"b\":1,\"a\":2}\n{\"b\":1}\n{\"c\":[]}\n";
    let error = outcome(content, &options, Storage::default()).unwrap_err();
    assert!(error.starts_with("json:3:6: column \"c\": an array"), "{error}");
    let error = outcome(ROUNDED, &options, Storage::default()).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"a\": 9007199254740993 would be"), "{error}");
}

/// The last line leaves the second no way to be read.
const ROUNDED: &str = "{\"a\":1,\"b\":1}\n{\"a\":9007199254740993}\n{\"b\":1}\n";

#[test]
fn an_integer_that_is_rounded_is_named_before_what_is_wrong_with_the_whole_file() {
    let mostly_bad = format!("{}{ROUNDED}", "x\n".repeat(4));
    let error = outcome(&mostly_bad, &BadLines::Skip.into(), Storage::default()).unwrap_err();
    assert!(error.starts_with("json:6:6: column \"a\": 9007199254740993 would be"), "{error}");
    let refused = format!("[{}[1]]", ROUNDED.replace('\n', ",\n"));
    let error = outcome(&refused, &ReadOptions::default(), Storage::default()).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"a\": 9007199254740993 would be"), "{error}");
}

#[test]
fn a_text_is_too_wide_for_the_rows_that_there_are_and_not_for_those_expected() {
    let short = "{\"a\":\"x\"}\n".repeat(20);
    let long = format!("{{\"a\":\"y\",\"b\":1.{}}}\n", "0".repeat(200)).repeat(3);
    let content = format!("{short}{{\"a\":\"{}\"}}\n{long}", "x".repeat(20));
    let storage = |limit| Storage { max_output: Some(limit), ..Storage::default() };
    let options = ReadOptions::default();
    assert_eq!(outcome(&content, &options, storage(24 * 28)), Ok(24));
    let error = outcome(&content, &options, storage(24 * 28 - 1)).unwrap_err();
    let expected = "json:21:6: column \"a\": a text of 20 B would make 24 rows of that length";
    assert!(error.starts_with(expected), "{error}");
    // How long the texts are that were times at first is known once they are none.
    let times = "{\"date\":\"2013-07-23\",\"b\":\"x\"}\n".repeat(4) + "{\"date\":\"-\"}\n";
    let options = ReadOptions { timestamps: Timestamps::Datetime64, ..options };
    assert_eq!(outcome(&times, &options, storage(5 * 11)), Ok(5));
    for limit in [1, 9, 10, 25, 54] {
        let error = outcome(&times, &options, storage(limit)).unwrap_err();
        assert!(error.contains("a text of 10 B would make 5 rows of that length, 55 B"), "{error}");
    }
}

#[test]
fn lines_that_are_left_out_say_nothing_about_a_column() {
    let (options, storage): (ReadOptions, _) = (BadLines::Skip.into(), Storage::default());
    let mixed = "{\"a\":\"x\",\"b\":[]}\n{\"a\":1}\n{}\n{\"a\":\"y\"}\n";
    let error = outcome(mixed, &options, storage).unwrap_err();
    assert!(error.contains("json:4:6: column \"a\": text in a column of integers"), "{error}");
    assert!(error.contains("texts on 1 line, first \"y\" on line 4"), "{error}");
    let rounded = "{\"a\":9007199254740995,\"b\":[]}\n{\"a\":9007199254740993}\n{}\n";
    let error = outcome(rounded, &options, storage).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"a\": 9007199254740993 would"), "{error}");
}

#[test]
fn what_is_made_a_text_is_named_like_one_that_was_written() {
    let columns =
        ColumnOptions { as_text: vec!["a".to_owned(), "o".to_owned()], ..Default::default() };
    let options = ReadOptions { columns, flatten: true, ..ReadOptions::default() };
    let fixed = Storage { layout: Layout::PandasFixed, ..Storage::default() };
    let error = outcome("{}\n{\"a\":15}\n", &options, fixed).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"a\": \"15\" is no date"), "{error}");
    let error = outcome("{}\n{\"o\":{\"x\":1}}\n", &options, fixed).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"o\": \"{\\\"x\\\":1}\" is no"), "{error}");
    let small = Storage { max_output: Some(10), ..Storage::default() };
    let error = outcome("{}\n{\"o\":{\"x\":123}}\n", &options, small).unwrap_err();
    assert!(error.starts_with("json:2:6: column \"o\": a text of 9 B would"), "{error}");
}
