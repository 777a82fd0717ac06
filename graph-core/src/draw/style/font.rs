//! The embedded font: measures and cuts text with its metrics.

use ttf_parser::{Face, GlyphId};

/// A subset of DejaVu Sans. It measures the text of all pictures and draws that of PNG and PDF.
pub(crate) const FONT: &[u8] = include_bytes!("../../../fonts/DejaVuSans-subset.ttf");

/// The embedded font.
pub(crate) struct Font {
    face: Face<'static>,
}

/// Which end of a text is kept when it is cut.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Keep {
    Start,
    End,
}

impl Font {
    /// Reads the embedded font.
    pub(crate) fn embedded() -> Self {
        let face = Face::parse(FONT, 0).expect("the embedded font is a font");
        Font { face }
    }

    /// Returns the width of `text` at `size_px` per em.
    pub(crate) fn width_px(&self, text: &str, size_px: f64) -> f64 {
        text.chars().map(|character| self.advance_px(character, size_px)).sum()
    }

    /// Returns how far the pen moves for `character`. One that the font does not have counts as one
    /// em, the width of an ideogram, for another font or a replacement box.
    pub(crate) fn advance_px(&self, character: char, size_px: f64) -> f64 {
        let advance = self.glyph(character).and_then(|glyph| self.face.glyph_hor_advance(glyph));
        advance.map_or(size_px, |advance| f64::from(advance) * self.scale(size_px))
    }

    /// Returns the longest beginning or end of `text` that fits into `most_px`, with … for the
    /// rest.
    pub(crate) fn cut(&self, text: &str, size_px: f64, most_px: f64, keep: Keep) -> String {
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

    /// Returns the pixels per font unit.
    pub(crate) fn scale(&self, size_px: f64) -> f64 {
        size_px / f64::from(self.face.units_per_em())
    }

    /// Returns the glyph of `character`, if the font has one.
    pub(crate) fn glyph(&self, character: char) -> Option<GlyphId> {
        self.face.glyph_index(character)
    }

    /// Returns how far the pen moves for a glyph, in thousandths of an em.
    #[cfg(feature = "pdf")]
    pub(crate) fn glyph_width(&self, glyph: u16) -> f64 {
        let advance = self.face.glyph_hor_advance(GlyphId(glyph)).unwrap_or(0);
        f64::from(advance) * self.scale(1000.0)
    }

    /// Returns the font file, for outlines and metrics.
    #[cfg(any(feature = "pdf", feature = "png"))]
    pub(crate) fn face(&self) -> &Face<'static> {
        &self.face
    }
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
}
