//! Replaces the characters that a picture cannot show.

/// The text on one line, with a visible sign for every character that would be invisible, turn
/// the text round or not be allowed in a file: controls, direction marks, non-characters.
pub(crate) fn printable(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|character| if is_printable(character) { character } else { '\u{fffd}' })
        .collect()
}

/// Says whether a character may stand in XML and DOT and leaves its neighbours alone.
pub(crate) fn is_printable(character: char) -> bool {
    let turns_text = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    !character.is_control() && !turns_text && !is_no_character
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\n b\u{0}c\u{202e}"), "a b\u{fffd}c\u{fffd}");
    }
}
