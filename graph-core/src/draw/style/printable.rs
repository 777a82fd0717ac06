//! Replaces characters that would be invisible or do harm in a picture.

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

/// Says whether a character is visible, allowed in XML and DOT, and does not change the direction
/// of its neighbours: no control, no direction mark and no non-character.
pub(crate) fn is_printable(character: char) -> bool {
    let is_direction_mark = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_non_character = matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    !character.is_control() && !is_direction_mark && !is_non_character
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\n b\u{0}c\u{202e}"), "a b\u{fffd}c\u{fffd}");
    }
}
