//! Measures, cuts and cleans text with the metrics of the embedded font.

use ttf_parser::{Face, GlyphId};

/// The font that measures all pictures and draws the text of PNG and PDF: DejaVu Sans, cut down.
pub(super) const FONT: &[u8] = include_bytes!("../../fonts/DejaVuSans-subset.ttf");

/// The embedded font.
pub(super) struct Font {
    face: Face<'static>,
}

/// Which end of a text survives when it is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Keep {
    Start,
    End,
}

impl Font {
    pub(super) fn embedded() -> Self {
        let face = Face::parse(FONT, 0).expect("the embedded font is a font");
        Font { face }
    }

    /// The width of `text` at `size_px` per em.
    pub(super) fn width_px(&self, text: &str, size_px: f64) -> f64 {
        text.chars().map(|character| self.advance_px(character, size_px)).sum()
    }

    /// How far the pen moves for `character`. A character outside the font counts as one em, the
    /// width of an ideogram: another font will draw it, or a replacement box will.
    pub(super) fn advance_px(&self, character: char, size_px: f64) -> f64 {
        let advance = self.glyph(character).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        advance.map_or(size_px, |advance| f64::from(advance) * self.scale(size_px))
    }

    /// The longest beginning or end of `text` that fits `most_px`, with … for what is missing.
    pub(super) fn cut(&self, text: &str, size_px: f64, most_px: f64, keep: Keep) -> String {
        if self.width_px(text, size_px) <= most_px {
            return text.to_owned();
        }
        let mut room = most_px - self.advance_px('…', size_px);
        let mut fits = |character: &char| {
            room -= self.advance_px(*character, size_px);
            room >= 0.0
        };
        match keep {
            Keep::Start => {
                let kept: String = text.chars().take_while(&mut fits).collect();
                format!("{}…", kept.trim_end())
            }
            Keep::End => {
                let kept: Vec<char> = text.chars().rev().take_while(&mut fits).collect();
                let kept: String = kept.into_iter().rev().collect();
                format!("…{}", kept.trim_start())
            }
        }
    }

    /// Font units to pixels.
    pub(super) fn scale(&self, size_px: f64) -> f64 {
        size_px / f64::from(self.face.units_per_em())
    }

    pub(super) fn glyph(&self, character: char) -> Option<GlyphId> {
        self.face.glyph_index(character)
    }

    /// How far the pen moves for a glyph, in thousandths of an em.
    #[cfg(feature = "pdf")]
    pub(super) fn glyph_width(&self, glyph: u16) -> f64 {
        let advance = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
        f64::from(advance) * self.scale(1000.0)
    }

    /// The outlines and metrics.
    #[cfg(any(feature = "pdf", feature = "png"))]
    pub(super) fn face(&self) -> &Face<'static> {
        &self.face
    }
}

/// The text on one line, with a visible sign for every character that would be invisible, turn
/// the text round or not be allowed in a file: controls, direction marks, non-characters.
pub(super) fn printable(text: &str) -> String {
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .map(|character| if is_printable(character) { character } else { '\u{fffd}' })
        .collect()
}

/// Says whether a character may stand in XML and DOT and leaves its neighbours alone.
pub(super) fn is_printable(character: char) -> bool {
    let turns_text = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_no_character = matches!(u32::from(character) & 0xffff, 0xfffe | 0xffff);
    !character.is_control() && !turns_text && !is_no_character
}

/// `number` with its digits in threes, apart by narrow spaces that do not break.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_text_fits() {
        let font = Font::embedded();
        for keep in [Keep::Start, Keep::End] {
            let cut = font.cut("/data/daily-stock/2018/ibm.json", 11.0, 80.0, keep);
            assert!(font.width_px(&cut, 11.0) <= 80.0, "{cut}");
        }
    }

    #[test]
    fn a_path_keeps_its_end() {
        let cut = Font::embedded().cut("/data/daily-stock/ibm.json", 11.0, 80.0, Keep::End);
        assert!(cut.starts_with('…') && cut.ends_with("ibm.json"), "{cut}");
    }

    #[test]
    fn the_font_has_what_captions_need() {
        let font = Font::embedded();
        assert!("abcé×…–“”→\u{202f}\u{fffd}ŁΩя".chars().all(|c| font.glyph(c).is_some()));
    }

    #[test]
    fn controls_become_visible() {
        assert_eq!(printable("a\n b\u{0}c\u{202e}"), "a b\u{fffd}c\u{fffd}");
    }

    #[test]
    fn digits_stand_in_threes() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(300), "300");
    }
}
