//! The colours of pictures.

use std::collections::HashMap;

use crate::task::state::TaskState;

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

const fn colour(rgb: u32) -> Colour {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Colour(red, green, blue)
}

pub(crate) const BACKGROUND: Colour = colour(0xff_ff_ff);
pub(crate) const NAME: Colour = colour(0x0f_17_2a);
pub(crate) const DETAIL: Colour = colour(0x47_55_69);
pub(crate) const EDGE: Colour = colour(0x64_74_8b);
pub(crate) const DONE: Colour = colour(0x15_80_3d);
pub(crate) const FAILED: Colour = colour(0xdc_26_26);
pub(crate) const RUNNING: Colour = colour(0xd9_77_06);

/// For groups without a colour of their own, because of several functions or no measurement.
pub(crate) const NEUTRAL: Paint = paint(0xf1_f5_f9, 0x64_74_8b);
/// For the borders of boxes on the critical path, and the arrows between them.
pub(crate) const CRITICAL: Colour = colour(0x0f_17_2a);

/// Light fills with a high contrast to dark text, and borders in hues that readers with any kind of
/// colour blindness can tell apart.
///
/// Source: M. Okabe, K. Ito, "Color Universal Design" (2008), with the yellow darkened and every
/// fill lightened.
const PAINTS: [Paint; 8] = [
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

/// The number of categories that have a paint of their own.
pub(crate) const CATEGORIES: usize = PAINTS.len();

/// Returns the paint of a state.
pub(crate) fn state(state: TaskState) -> Paint {
    match state {
        TaskState::Waiting => NEUTRAL,
        TaskState::Ready => PAINTS[5],
        TaskState::Running => PAINTS[1],
        TaskState::Done => PAINTS[2],
        TaskState::Failed => PAINTS[6],
        TaskState::Cancelled => Paint { fill: BACKGROUND, border: NEUTRAL.border },
    }
}

/// A range of fills from light to dark in one hue, so that every reader sees their order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ramp {
    light: Colour,
    dark: Colour,
    border: Colour,
}

pub(crate) const ORDER: Ramp =
    Ramp { light: colour(0xfd_f4_f9), dark: colour(0xd9_9c_c2), border: colour(0x9c_53_80) };
pub(crate) const TIME: Ramp =
    Ramp { light: colour(0xff_f8_e6), dark: colour(0xf0_a8_50), border: colour(0xa8_65_08) };
pub(crate) const BYTES: Ramp =
    Ramp { light: colour(0xee_f6_fc), dark: colour(0x79_bb_e6), border: colour(0x00_72_b2) };

impl Ramp {
    /// Returns the paint for `share`, from 0 for light to 1 for dark.
    pub(crate) fn at(&self, share: f64) -> Paint {
        let mix = |light: u8, dark: u8| {
            (f64::from(light) + (f64::from(dark) - f64::from(light)) * share.clamp(0.0, 1.0)) as u8
        };
        let (Colour(a, b, c), Colour(x, y, z)) = (self.light, self.dark);
        Paint { fill: Colour(mix(a, x), mix(b, y), mix(c, z)), border: self.border }
    }
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

    /// Relative luminance. Source: Web Content Accessibility Guidelines 2.2.
    fn luminance(Colour(red, green, blue): Colour) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    #[test]
    fn names_have_a_high_contrast_on_every_fill() {
        let ramps = [ORDER, TIME, BYTES].map(|ramp| ramp.at(1.0));
        for paint in PAINTS.into_iter().chain(ramps) {
            let contrast = (luminance(paint.fill) + 0.05) / (luminance(NAME) + 0.05);
            assert!(contrast > 7.0, "{} on {}: {contrast}", NAME, paint.fill);
        }
    }

    #[test]
    fn a_ramp_gets_darker_all_the_way() {
        for ramp in [ORDER, TIME, BYTES] {
            let steps: Vec<f64> =
                (0..=10).map(|step| luminance(ramp.at(f64::from(step) / 10.0).fill)).collect();
            assert!(steps.is_sorted_by(|a, b| a > b), "{steps:?}");
        }
    }

    #[test]
    fn colours_are_written_as_in_css() {
        assert_eq!(EDGE.to_string(), "#64748b");
    }
}
