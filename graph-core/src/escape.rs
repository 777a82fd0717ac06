//! Makes texts of users safe in pictures and pages: no markup, and nothing invisible that does harm.

use std::fmt::{self, Display, Write};

/// Returns the text on one line. A replacement character stands for every one that is not
/// [printable](is_printable). Groups of digits stay together.
pub fn printable(text: &str) -> String {
    text.split(|character: char| character.is_whitespace() && character != '\u{202f}')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|character| if is_printable(character) { character } else { '\u{fffd}' })
        .collect()
}

/// Says whether a character is visible, allowed in XML and DOT, and does not change the direction
/// of its neighbours: no control, no direction mark and no non-character.
pub fn is_printable(character: char) -> bool {
    let is_direction_mark = matches!(character,
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_non_character = matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    !character.is_control() && !is_direction_mark && !is_non_character
}

/// Text for the content of an element of XML or HTML. It must not contain characters that are not
/// printable.
#[derive(Debug)]
pub struct Escaped<'a>(pub &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Text for an attribute in double quotes, or for the content of an element; it keeps its line ends.
#[derive(Debug)]
pub struct InAttribute<'a>(pub &'a str);

impl Display for InAttribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.0.split('"').enumerate() {
            if place > 0 {
                f.write_str("&quot;")?;
            }
            for (place, line) in part.split('\n').enumerate() {
                if place > 0 {
                    f.write_str("&#10;")?;
                }
                Escaped(line).fmt(f)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\n b\u{0}c\u{202e}"), "a b\u{fffd}c\u{fffd}");
    }

    #[test]
    fn groups_of_digits_stay_together() {
        assert_eq!(printable(" 10\u{202f}000\ttasks "), "10\u{202f}000 tasks");
    }

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(Escaped("a<b>&c").to_string(), "a&lt;b&gt;&amp;c");
        assert_eq!(InAttribute("a<b>\n\"c\"").to_string(), "a&lt;b&gt;&#10;&quot;c&quot;");
    }
}
