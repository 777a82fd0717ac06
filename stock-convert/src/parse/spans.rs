//! Where in a line of valid JSON each value is: for messages, and for templates of lines.

use std::ops::Range;

use crate::options::NESTED;

/// The values of the object on `line`, in order: key → range of bytes.
///
/// An object gives its own values instead, with all its keys in the name, where `takes_apart` says so of the
/// key that it has. None where the line holds no object.
pub(crate) fn value_spans(
    line: &str,
    takes_apart: impl Fn(&str) -> bool,
) -> Option<Vec<(String, Range<usize>)>> {
    spans(line, takes_apart, false)
}

/// The values of the object that `text` begins with, as far as `text` has them: the last one may be cut.
pub(crate) fn first_spans(text: &str) -> Vec<(String, Range<usize>)> {
    spans(text, |_| false, true).unwrap_or_default()
}

fn spans(
    line: &str,
    takes_apart: impl Fn(&str) -> bool,
    may_be_cut: bool,
) -> Option<Vec<(String, Range<usize>)>> {
    let bytes = line.as_bytes();
    let mut values = Vec::new();
    // The prefix of the keys of each object that is open.
    let mut open = vec![String::new()];
    let mut at = skip_space(bytes, 0);
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    at = skip_space(bytes, at + 1);
    while let Some(prefix) = open.last() {
        if may_be_cut && at >= bytes.len() {
            break;
        }
        match bytes.get(at)? {
            b'"' => {
                let key_end = end_of_string(bytes, at);
                let name = line.get(at..key_end).and_then(|key| serde_json::from_str(key).ok());
                let name: String = match name {
                    None if may_be_cut => break,
                    name => name?,
                };
                let name = format!("{prefix}{name}");
                at = skip_space(bytes, key_end);
                at = skip_space(bytes, at + 1); // the colon
                if bytes.get(at) == Some(&b'{') && takes_apart(&name) {
                    open.push(format!("{name}{NESTED}"));
                    at += 1;
                } else {
                    let start = at.min(bytes.len());
                    let end = end_of_value(bytes, start);
                    values.push((name, start..end));
                    at = end;
                }
            }
            b'}' => {
                open.pop();
                at += 1;
            }
            b',' => at += 1,
            _ => return None,
        }
        at = skip_space(bytes, at);
    }
    Some(values)
}

/// The range of bytes of the value that the last occurrence of `key` has in the object on `line`.
pub(crate) fn value_span(
    line: &str,
    key: &str,
    takes_apart: impl Fn(&str) -> bool,
) -> Option<Range<usize>> {
    let values = value_spans(line, takes_apart)?;
    values.into_iter().rev().find(|(name, _)| name == key).map(|(_, range)| range)
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    at
}

/// The place after the value that begins at `at`.
pub(crate) fn end_of_value(bytes: &[u8], mut at: usize) -> usize {
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

/// The place after the string whose opening quote is at `at`.
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
    use super::value_span;

    fn text<'a>(line: &'a str, key: &str) -> Option<&'a str> {
        value_span(line, key, |_| false).map(|range| &line[range])
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

    #[test]
    fn objects_are_flattened_on_demand() {
        let line = r#"{"o" : { "a":1,"p":{"b":[2],"c":{}}} , "a":3}"#;
        let names = |flatten| {
            let values = super::value_spans(line, |_| flatten).unwrap().into_iter();
            values.map(|(name, range)| (name, line[range].to_owned())).collect::<Vec<_>>()
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(names(true), [pair("o\0a", "1"), pair("o\0p\0b", "[2]"), pair("a", "3")]);
        assert_eq!(names(false)[1], pair("a", "3"));
        assert_eq!(value_span(line, "o\0p\0b", |_| true).map(|range| &line[range]), Some("[2]"));
    }
}
