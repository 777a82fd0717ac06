//! Strings without escapes, where what JSON writes is the text itself.

const EACH: u64 = 0x0101_0101_0101_0101;
const TOP: u64 = 0x80 * EACH;

/// The text whose opening quote is at `at`, and the place after its closing quote.
///
/// None where no text begins, and for a text with an escape or a control character, which is left to
/// the general path.
#[inline]
pub(super) fn plain(line: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = line.as_bytes();
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let start = at + 1;
    let end = end_of_plain(bytes, start);
    (bytes.get(end) == Some(&b'"')).then(|| (&line[start..end], end + 1))
}

/// The place of the first quote, backslash or control character from `at` on.
#[inline]
fn end_of_plain(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk()) {
        let word = u64::from_le_bytes(*word);
        // In each of these the lowest bit is right; wrong ones can only lie above it.
        let quote = zeros(word ^ (u64::from(b'"') * EACH));
        let backslash = zeros(word ^ (u64::from(b'\\') * EACH));
        let control = word.wrapping_sub(0x20 * EACH) & !word & TOP;
        let special = quote | backslash | control;
        if special != 0 {
            return at + (special.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(|&byte| byte >= 0x20 && byte != b'"' && byte != b'\\') {
        at += 1;
    }
    at
}

/// The top bit of each byte that is zero; above the lowest such byte perhaps also of others.
///
/// Source: A. Mycroft, comp.lang.c, 1987; in H. S. Warren, "Hacker's Delight", section 6-1.
#[inline]
fn zeros(word: u64) -> u64 {
    word.wrapping_sub(EACH) & !word & TOP
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
