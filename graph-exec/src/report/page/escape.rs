//! Makes the texts of users safe inside HTML and inside scripts.

use std::fmt::{self, Display};

use graph_core::__run::escape::{InAttribute, printable};

/// Text for the content of an element or for an attribute in double quotes, on one line. A
/// replacement character stands for each that is invisible or changes the direction of text.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        InAttribute(&printable(self.0)).fmt(f)
    }
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
