//! Lengths that are the same in every scene.

/// The radius of a box's corners.
pub(crate) const CORNER_PX: f64 = 8.0;
/// The radius of a badge.
pub(crate) const BADGE_PX: f64 = 6.5;
/// The width of an arrow's line, and of one on the critical path.
pub(crate) const LINE_PX: f64 = 1.3;
pub(crate) const CRITICAL_LINE_PX: f64 = 2.6;
/// The radius of the corners of a legend's swatch, and the width of its border.
pub(crate) const SWATCH_CORNER_PX: f64 = 3.0;
pub(crate) const SWATCH_BORDER_PX: f64 = 1.0;
/// The width of the lines on a badge.
pub(crate) const BADGE_STROKE_PX: f64 = 1.6;
/// Distance, in radii, of the control points from the corner of a square, for a cubic that looks
/// like a quarter circle.
#[cfg(any(feature = "pdf", feature = "png"))]
pub(crate) const ROUND: f64 = 1.0 - 0.552_284_75;
/// The lengths of the dashes of a dashed line and of the gaps between them.
pub(crate) const DASH_PX: [f64; 2] = [5.0, 4.0];
