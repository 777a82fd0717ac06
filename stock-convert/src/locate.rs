//! Where in a line of valid JSON a value stands: for messages, so exact before it is fast.

use std::ops::Range;

/// The value that the last occurrence of `key` has in the object on `line`, as a byte range.
///
/// Looks at the object's own keys only, not at those of objects inside it.
pub(crate) fn value_of(line: &str, key: &str) -> Option<Range<usize>> {
    let bytes = line.as_bytes();
    let mut at = skip_space(bytes, 0);
    let mut found = None;
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(bytes, at + 1);
    while bytes.get(at) == Some(&b'"') {
        let key_end = end_of_value(bytes, at);
        let name: Option<String> = serde_json::from_str(line.get(at..key_end)?).ok();
        at = skip_space(bytes, key_end);
        at = skip_space(bytes, at + 1); // the colon
        let end = end_of_value(bytes, at);
        if name.as_deref() == Some(key) {
            found = Some(at..end);
        }
        at = skip_space(bytes, end);
        at = skip_space(bytes, at + 1); // the comma, or the end
    }
    found
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The byte behind the value that begins at `at`.
fn end_of_value(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ if depth == 0 && byte.is_ascii_whitespace() => return at,
            _ => {}
        }
        at += 1;
    }
    at
}

/// The byte behind the string whose opening quote is at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::value_of;

    fn text<'a>(line: &'a str, key: &str) -> Option<&'a str> {
        value_of(line, key).map(|range| &line[range])
    }

    #[test]
    fn finds_plain_values() {
        let line = r#" { "a": 1 ,"b":"x,\"}" , "c" : -2.5e3}"#;
        assert_eq!(text(line, "a"), Some("1"));
        assert_eq!(text(line, "b"), Some(r#""x,\"}""#));
        assert_eq!(text(line, "c"), Some("-2.5e3"));
        assert_eq!(text(line, "d"), None);
    }

    #[test]
    fn keys_of_inner_objects_do_not_count() {
        let line = r#"{"o":{"a":[1,{"a":"]"}]},"a":true}"#;
        assert_eq!(text(line, "a"), Some("true"));
        assert_eq!(text(line, "o"), Some(r#"{"a":[1,{"a":"]"}]}"#));
    }

    #[test]
    fn the_last_of_equal_keys_counts_however_it_is_escaped() {
        assert_eq!(text(r#"{"a":1,"\u0061":2}"#, "a"), Some("2"));
    }

    #[test]
    fn other_things_than_objects_have_no_values() {
        assert_eq!(text("[1]", "a"), None);
        assert_eq!(text("", "a"), None);
        assert_eq!(text("{}", "a"), None);
    }
}
