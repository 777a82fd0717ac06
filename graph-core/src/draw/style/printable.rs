//! Replaces characters that would be invisible or do harm in a picture.

use crate::graph::dot::text::is_printable;

/// Returns the text on one line. A replacement character stands for every one that is not
/// [printable](is_printable).
pub(crate) fn printable(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|character| if is_printable(character) { character } else { '\u{fffd}' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\n b\u{0}c\u{202e}"), "a b\u{fffd}c\u{fffd}");
    }
}
