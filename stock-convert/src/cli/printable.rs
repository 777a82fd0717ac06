//! Output that does nothing to a terminal but show text: the names of files and columns may hold any character.

use std::io::{self, Write};

/// Escapes the control characters of what is written through it, but for tabs and the ends of lines.
pub(super) struct Printable<'a>(pub(super) &'a mut dyn Write);

impl Write for Printable<'_> {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t');
        match text.iter().position(is_control) {
            Some(0) => {
                write!(self.0, "{}", char::from(text[0]).escape_default())?;
                Ok(1)
            }
            Some(first) => self.0.write(&text[..first]),
            None => self.0.write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_all_else_stays() {
        let mut shown = Vec::new();
        let mut printable = Printable(&mut shown);
        write!(printable, "\u{1b}[2Jä\tb\r\n\u{7f}").unwrap();
        printable.flush().unwrap();
        assert_eq!(String::from_utf8(shown).unwrap(), "\\u{1b}[2Jä\tb\\r\n\\u{7f}");
    }
}
