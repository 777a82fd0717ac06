//! Strings without escapes, where what JSON writes is the text itself.

use memchr::memchr2;

/// The text whose opening quote is at `at`, and the place after its closing quote.
///
/// None where no text begins, and for a text with an escape or a control character, which is left to
/// the general path.
#[inline]
pub(super) fn plain(line: &str, at: usize) -> Option<(&str, usize)> {
    let start = at + 1;
    let rest = line.as_bytes().get(at..)?.strip_prefix(b"\"")?;
    let length = memchr2(b'"', b'\\', rest)?;
    let end = start + length;
    let is_plain = rest[length] == b'"' && rest[..length].iter().all(|&byte| byte >= 0x20);
    is_plain.then(|| (&line[start..end], end + 1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::plain;

    #[test]
    fn plain_texts_are_found() {
        assert_eq!(plain("\"a\",", 0), Some(("a", 3)));
        assert_eq!(plain("x\"\"", 1), Some(("", 3)));
        assert_eq!(plain("\"Société Générale\"", 0).unwrap().0, "Société Générale");
        assert_eq!(plain("\"株式会社日本\u{7f}\"", 0).unwrap().0, "株式会社日本\u{7f}");
    }

    #[test]
    fn everything_else_is_refused() {
        for text in
            ["", "x", "\"", "\"abcdefgh", "\"a\\n\"", "\"a\nb\"", "\"12345678\u{1f}\"", "\"a\0\""]
        {
            assert_eq!(plain(text, 0), None, "{text:?}");
        }
        assert_eq!(plain("\"", 9), None);
    }

    proptest! {
        #[test]
        fn they_are_those_of_the_general_path(text in "\"[ -!#-~é株\u{80}\u{1}\\\\\"]{0,40}", behind in "[\",} a]{0,9}") {
            let line = format!("{text}\"{behind}");
            if let Some((found, end)) = plain(&line, 0) {
                let model: String = serde_json::from_str(&line[..end]).unwrap();
                prop_assert_eq!(found, model);
            } else {
                let first = text[1..].find(['"', '\\', '\u{1}']);
                prop_assert!(first.is_some_and(|at| text.as_bytes()[at + 1] != b'"'));
            }
        }
    }
}
