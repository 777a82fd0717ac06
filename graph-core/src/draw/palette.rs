//! A colour per function, and the few fixed colours of a picture.

use std::collections::HashMap;

/// Red, green, blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Colour(pub(super) u8, pub(super) u8, pub(super) u8);

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// A box's fill and its border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paint {
    pub(super) fill: Colour,
    pub(super) border: Colour,
}

const fn paint(fill: u32, border: u32) -> Paint {
    Paint { fill: colour(fill), border: colour(border) }
}

const fn colour(rgb: u32) -> Colour {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Colour(red, green, blue)
}

pub(super) const BACKGROUND: Colour = colour(0xff_ff_ff);
pub(super) const NAME: Colour = colour(0x0f_17_2a);
pub(super) const DETAIL: Colour = colour(0x47_55_69);
pub(super) const EDGE: Colour = colour(0x64_74_8b);
pub(super) const DONE: Colour = colour(0x15_80_3d);
pub(super) const FAILED: Colour = colour(0xdc_26_26);
pub(super) const RUNNING: Colour = colour(0xd9_77_06);

/// Groups of several functions, and cancelled tasks.
const NEUTRAL: Paint = paint(0xf1_f5_f9, 0x64_74_8b);

/// Light fills that dark text stands out on, neighbours far apart in hue.
const PAINTS: [Paint; 10] = [
    paint(0xdb_ea_fe, 0x25_63_eb), // blue
    paint(0xdc_fc_e7, 0x16_a3_4a), // green
    paint(0xfe_f3_c7, 0xd9_77_06), // amber
    paint(0xfa_e8_ff, 0xc0_26_d3), // fuchsia
    paint(0xff_e4_e6, 0xe1_1d_48), // rose
    paint(0xcf_fa_fe, 0x08_91_b2), // cyan
    paint(0xed_e9_fe, 0x7c_3a_ed), // violet
    paint(0xec_fc_cb, 0x65_a3_0d), // lime
    paint(0xff_ed_d5, 0xea_58_0c), // orange
    paint(0xcc_fb_f1, 0x0d_94_88), // teal
];

/// Hands out paints to functions by first occurrence, and starts again when it runs out.
#[derive(Debug, Default)]
pub(super) struct Palette<'g> {
    known: HashMap<&'g str, Paint>,
}

impl<'g> Palette<'g> {
    /// The function's paint; `None` stands for several functions at once.
    pub(super) fn paint(&mut self, function: Option<&'g str>) -> Paint {
        let Some(function) = function else { return NEUTRAL };
        let next = PAINTS[self.known.len() % PAINTS.len()];
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
