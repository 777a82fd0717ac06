//! The colours of pictures, beside those that DOT has too.

use crate::graph::dot::paint::{Colour, NEUTRAL, PAINTS, Paint, colour};
use crate::task::state::TaskState;

pub(crate) const BACKGROUND: Colour = colour(0xff_ff_ff);
pub(crate) const NAME: Colour = colour(0x0f_17_2a);
pub(crate) const DETAIL: Colour = colour(0x47_55_69);
pub(crate) const DONE: Colour = colour(0x15_80_3d);
pub(crate) const RUNNING: Colour = colour(0xd9_77_06);

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

#[cfg(test)]
mod tests {
    use super::*;

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
}
