//! Lengths that a scene leaves to the formats, the same in all of them.

/// The radius of a box's corners.
pub(crate) const CORNER_PX: f64 = 8.0;
/// The radius of a badge.
pub(crate) const BADGE_PX: f64 = 6.5;
/// The width of a line between two boxes, and on the critical path.
pub(crate) const LINE_PX: f64 = 1.3;
pub(crate) const CRITICAL_LINE_PX: f64 = 2.6;
/// The radius of a legend's swatch, and the width of its border.
pub(crate) const SWATCH_CORNER_PX: f64 = 3.0;
pub(crate) const SWATCH_BORDER_PX: f64 = 1.0;
/// The width of a stroke on a badge.
pub(crate) const BADGE_STROKE_PX: f64 = 1.6;
/// Distance of a quarter circle's control points from its corner, in radii, for a cubic that looks
/// round.
#[cfg(any(feature = "pdf", feature = "png"))]
pub(crate) const ROUND: f64 = 1.0 - 0.552_284_75;
/// Lengths of the dashes of a dashed line, and of the gaps between them.
pub(crate) const DASH_PX: [f64; 2] = [5.0, 4.0];
