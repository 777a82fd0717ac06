//! The colours that every format has: those of functions, failures, edges and the critical path.

use std::collections::HashMap;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A box's fill and its border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Paint {
    pub(crate) fill: Colour,
    pub(crate) border: Colour,
}

const fn paint(fill: u32, border: u32) -> Paint {
    Paint { fill: colour(fill), border: colour(border) }
}

pub(crate) const fn colour(rgb: u32) -> Colour {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Colour(red, green, blue)
}

/// For the lines between boxes.
pub(crate) const EDGE: Colour = colour(0x64_74_8b);
/// For the borders of failed tasks.
pub(crate) const FAILED: Colour = colour(0xdc_26_26);
/// For the borders of boxes on the critical path, and the arrows between them.
pub(crate) const CRITICAL: Colour = colour(0x0f_17_2a);

/// For groups without a colour of their own, because of several functions or no measurement.
pub(crate) const NEUTRAL: Paint = paint(0xf1_f5_f9, 0x64_74_8b);

/// Light fills with a high contrast to dark text, and borders in hues that readers with any kind of
/// colour blindness can tell apart.
///
/// Source: M. Okabe, K. Ito, "Color Universal Design" (2008), with the yellow darkened and every
/// fill lightened.
pub(crate) const PAINTS: [Paint; 8] = [
    paint(0xd6_e8_f5, 0x00_72_b2), // blue
    paint(0xfc_e8_c2, 0xe0_94_00), // orange
    paint(0xc9_ec_e0, 0x00_9e_73), // bluish green
    paint(0xf6_de_ec, 0xcc_79_a7), // reddish purple
    paint(0xfb_f8_c9, 0xb0_a4_00), // yellow
    paint(0xe2_f4_fe, 0x56_b4_e9), // sky blue
    paint(0xfb_d9_c5, 0xd5_5e_00), // vermilion
    paint(0xe2_e8_f0, 0x5a_6d_8a), // slate
];

/// Returns the paint of the category with this number. They repeat.
pub(crate) fn category(number: usize) -> Paint {
    PAINTS[number % PAINTS.len()]
}

/// Gives each function a paint, in the order of first occurrence. The paints repeat.
#[derive(Debug, Default)]
pub(crate) struct Palette<'g> {
    /// Function → its paint.
    known: HashMap<&'g str, Paint>,
}

impl<'g> Palette<'g> {
    /// Returns the function's paint. `None` stands for several functions.
    pub(crate) fn paint(&mut self, function: Option<&'g str>) -> Paint {
        let Some(function) = function else { return NEUTRAL };
        let next = category(self.known.len());
        *self.known.entry(function).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_keeps_its_paint() {
        let mut palette = Palette::default();
        let first = palette.paint(Some("a"));
        assert_ne!(palette.paint(Some("b")), first);
        assert_eq!(palette.paint(Some("a")), first);
    }

    #[test]
    fn colours_are_written_as_in_css() {
        assert_eq!(EDGE.to_string(), "#64748b");
    }
}
