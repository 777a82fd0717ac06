//! Text of users inside HTML and inside scripts.

use std::fmt::{self, Display, Write};

/// Text for the content of an element or for an attribute in double quotes. Characters that no
/// page may hold or that nobody can see become U+FFFD, line breaks and tabs become spaces.
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
                other if other.is_control() || turns_text_around(other) => {
                    f.write_char('\u{fffd}')?
                }
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// Characters that set the direction of whatever follows, also of what is not the user's.
fn turns_text_around(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// JSON that can stand inside a script element: nothing in it ends the element or begins a
/// comment. In JSON, `<` is only found inside strings.
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
    fn no_label_turns_the_text_after_it_around() {
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
