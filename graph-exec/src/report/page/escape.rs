//! Makes the texts of users safe inside HTML and inside scripts.

use std::fmt::{self, Display, Write};

/// Text for the content of an element or for an attribute in double quotes. Control characters and
/// those that change the direction of text become U+FFFD; line breaks and tabs become spaces.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\n' | '\r' | '\t' => f.write_char(' ')?,
                other if other.is_control() || changes_direction(other) => {
                    f.write_char('\u{fffd}')?;
                }
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Says whether a character changes the direction of the text after it, which is not the user's alone.
fn changes_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Makes JSON safe inside a script element: nothing in it ends the element or begins a comment. In JSON,
/// `<` occurs only inside strings.
pub(super) fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_invisible_characters_become_harmless() {
        let text = Escaped("<a b=\"c\">&\n\0").to_string();
        assert_eq!(text, "&lt;a b=&quot;c&quot;&gt;&amp; \u{fffd}");
    }

    #[test]
    fn no_label_changes_the_direction_of_the_text_after_it() {
        assert_eq!(Escaped("left \u{202e}right").to_string(), "left \u{fffd}right");
    }

    #[test]
    fn json_ends_no_script() {
        let json = serde_json::to_string("</script><!--").unwrap();
        let escaped = json_in_script(&json);
        assert!(!escaped.contains('<'));
        assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), "</script><!--");
    }
}
