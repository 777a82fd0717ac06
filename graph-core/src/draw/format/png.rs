//! Writes a scene as PNG. It is rasterised without any system library.

use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Mask, Path, PathBuilder, Pixmap, Stroke, StrokeDash,
    Transform,
};
use ttf_parser::OutlineBuilder;

use crate::draw::error::DrawError;
use crate::draw::layout::geometry::{Point, Rect, Route, Segment, Size};
use crate::draw::scene::Scene;
use crate::draw::scene::arrow::Arrow;
use crate::draw::scene::legend::Swatch;
use crate::draw::scene::lengths::{
    BADGE_PX, BADGE_STROKE_PX, CORNER_PX, CRITICAL_LINE_PX, DASH_PX, LINE_PX, ROUND,
    SWATCH_BORDER_PX, SWATCH_CORNER_PX,
};
use crate::draw::scene::task_box::{Badge, TaskBox};
use crate::draw::scene::text::Text;
use crate::draw::style::font::Font;
use crate::draw::style::palette::BACKGROUND;
use crate::graph::dot::paint::{CRITICAL, Colour, EDGE};

/// Pixels per unit of small pictures, which are then sharp on dense screens and in print.
const FINE_SCALE: f64 = 2.0;
/// A picture that would have more pixels than this gets fewer pixels per unit, down to 1.
const FINE_PIXELS: f64 = 24e6;
/// Limits of every picture, even if that makes less than one pixel per unit.
const MOST_PIXELS_A_SIDE: f64 = 16_000.0;
const MOST_PIXELS: f64 = 64e6;

/// Rasterises the scene and encodes it.
pub(crate) fn write(scene: &Scene) -> Result<Vec<u8>, DrawError> {
    let scale = scale(scene.size);
    let side = |px: f64| ((px * scale).round() as u32).max(1);
    let (width, height) = (side(scene.size.width), side(scene.size.height));
    let pixmap = Pixmap::new(width, height).ok_or_else(|| DrawError::Png {
        reason: format!("no memory for {width} × {height} pixels"),
    })?;
    let mut canvas = Canvas {
        pixmap,
        transform: Transform::from_scale(scale as f32, scale as f32),
        font: Font::embedded(),
    };
    canvas.pixmap.fill(to_skia(BACKGROUND));
    for arrow in &scene.arrows {
        canvas.draw_arrow(arrow);
    }
    for task_box in &scene.boxes {
        canvas.draw_box(task_box);
    }
    for swatch in &scene.legend.swatches {
        canvas.draw_swatch(swatch);
    }
    for text in scene.legend.texts.iter().chain(&scene.caption) {
        canvas.draw_text(text);
    }
    canvas.pixmap.encode_png().map_err(|error| DrawError::Png { reason: error.to_string() })
}

/// Returns the pixels per unit for a picture of this size.
fn scale(size: Size) -> f64 {
    let area = size.width * size.height;
    let fine = (FINE_PIXELS / area).sqrt().clamp(1.0, FINE_SCALE);
    fine.min(MOST_PIXELS_A_SIDE / size.width)
        .min(MOST_PIXELS_A_SIDE / size.height)
        .min((MOST_PIXELS / area).sqrt())
}

/// The pixels, and how units of the scene map to them.
struct Canvas {
    pixmap: Pixmap,
    transform: Transform,
    font: Font,
}

impl Canvas {
    fn fill(&mut self, path: Option<Path>, colour: Colour) {
        // There is no path for a text without outlines, such as a space.
        if let Some(path) = path {
            let no_mask: Option<&Mask> = None;
            let paint = to_paint(colour);
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.transform, no_mask);
        }
    }

    fn stroke(&mut self, path: Option<Path>, colour: Colour, width_px: f64, dashed: bool) {
        let Some(path) = path else { return };
        let dash = dashed
            .then(|| StrokeDash::new(DASH_PX.map(|length| length as f32).to_vec(), 0.0))
            .flatten();
        let stroke = Stroke {
            width: width_px as f32,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash,
            ..Stroke::default()
        };
        self.pixmap.stroke_path(&path, &to_paint(colour), &stroke, self.transform, None);
    }

    fn draw_arrow(&mut self, arrow: &Arrow) {
        let (colour, width_px) =
            if arrow.critical { (CRITICAL, CRITICAL_LINE_PX) } else { (EDGE, LINE_PX) };
        self.stroke(route(&arrow.line), colour, width_px, arrow.dashed);
        if let Some(head) = &arrow.head {
            self.fill(polyline(head, true), colour);
        }
    }

    fn draw_swatch(&mut self, swatch: &Swatch) {
        let border_px = if swatch.critical { CRITICAL_LINE_PX } else { SWATCH_BORDER_PX };
        self.fill(rounded(swatch.rect, SWATCH_CORNER_PX), swatch.paint.fill);
        let border = rounded(swatch.rect, SWATCH_CORNER_PX);
        self.stroke(border, swatch.paint.border, border_px, false);
    }

    fn draw_box(&mut self, task_box: &TaskBox) {
        self.fill(rounded(task_box.rect, CORNER_PX), task_box.paint.fill);
        let border = rounded(task_box.rect, CORNER_PX);
        self.stroke(border, task_box.paint.border, task_box.border_px, task_box.dashed);
        for text in &task_box.texts {
            self.draw_text(text);
        }
        if let Some(badge) = &task_box.badge {
            self.draw_badge(badge);
        }
    }

    fn draw_badge(&mut self, badge: &Badge) {
        let size = Size { width: 2.0 * BADGE_PX, height: 2.0 * BADGE_PX };
        let square = Rect::around(badge.centre, size);
        self.fill(rounded(square, BADGE_PX), badge.colour);
        self.stroke(rounded(square, BADGE_PX), BACKGROUND, 1.0, false);
        for stroke in &badge.strokes {
            self.stroke(polyline(stroke, false), BACKGROUND, BADGE_STROKE_PX, false);
        }
    }

    fn draw_text(&mut self, text: &Text) {
        let scale = self.font.scale(text.size_px);
        let width = self.font.width_px(&text.content, text.size_px);
        let mut pen = Point { x: text.anchor.x - width / 2.0, y: text.anchor.y };
        let mut outline = Outline { path: PathBuilder::new(), pen, scale };
        for character in text.content.chars() {
            let advance = self.font.advance_px(character, text.size_px);
            outline.pen = pen;
            match self.font.glyph(character) {
                Some(glyph) => {
                    // A space has no outline.
                    let _bounds = self.font.face().outline_glyph(glyph, &mut outline);
                }
                None => outline.add_replacement_box(advance, text.size_px),
            }
            pen.x += advance;
        }
        self.fill(outline.path.finish(), text.colour);
    }
}

/// Collects the outlines of glyphs, in font units with y upwards, as paths in units of the scene.
struct Outline {
    path: PathBuilder,
    pen: Point,
    scale: f64,
}

impl Outline {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let x = self.pen.x + f64::from(x) * self.scale;
        let y = self.pen.y - f64::from(y) * self.scale;
        (x as f32, y as f32)
    }

    /// Adds a hollow box for a character that the font does not have.
    fn add_replacement_box(&mut self, advance_px: f64, size_px: f64) {
        let mut frame = |inset: f64, clockwise: bool| {
            let left = (self.pen.x + advance_px * 0.12 + inset) as f32;
            let right = (self.pen.x + advance_px * 0.88 - inset) as f32;
            let top = (self.pen.y - size_px * 0.74 + inset) as f32;
            let bottom = (self.pen.y - inset) as f32;
            let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
            self.path.move_to(left, top);
            for step in 1..4 {
                let (x, y) = corners[if clockwise { step } else { 4 - step }];
                self.path.line_to(x, y);
            }
            self.path.close();
        };
        // The two frames run in opposite directions, so the inside is not filled.
        frame(0.0, true);
        frame(size_px * 0.08, false);
    }
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}

fn to_skia(Colour(red, green, blue): Colour) -> Color {
    Color::from_rgba8(red, green, blue, u8::MAX)
}

fn to_paint(colour: Colour) -> tiny_skia::Paint<'static> {
    let mut paint = tiny_skia::Paint { anti_alias: true, ..tiny_skia::Paint::default() };
    paint.set_color(to_skia(colour));
    paint
}

fn route(route: &Route) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.move_to(route.start.x as f32, route.start.y as f32);
    for segment in &route.segments {
        match *segment {
            Segment::Line(end) => path.line_to(end.x as f32, end.y as f32),
            Segment::Cubic(first, second, end) => path.cubic_to(
                first.x as f32,
                first.y as f32,
                second.x as f32,
                second.y as f32,
                end.x as f32,
                end.y as f32,
            ),
        }
    }
    path.finish()
}

fn polyline(points: &[Point], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (index, point) in points.iter().enumerate() {
        let (x, y) = (point.x as f32, point.y as f32);
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    if closed {
        path.close();
    }
    path.finish()
}

/// Makes a rectangle with quarter circles for corners.
fn rounded(rect: Rect, radius: f64) -> Option<Path> {
    let (left, top) = (rect.left as f32, rect.top as f32);
    let (right, bottom) = (rect.right as f32, rect.bottom as f32);
    let (far, near) = (radius as f32, (radius * ROUND) as f32);
    let mut path = PathBuilder::new();
    path.move_to(left + far, top);
    path.line_to(right - far, top);
    path.cubic_to(right - near, top, right, top + near, right, top + far);
    path.line_to(right, bottom - far);
    path.cubic_to(right, bottom - near, right - near, bottom, right - far, bottom);
    path.line_to(left + far, bottom);
    path.cubic_to(left + near, bottom, left, bottom - near, left, bottom - far);
    path.line_to(left, top + far);
    path.cubic_to(left, top + near, left + near, top, left + far, top);
    path.close();
    path.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_huge_picture_is_scaled_down_to_its_bounds() {
        for (width, height) in [(1e6, 100.0), (100.0, 1e6), (5e5, 5e5)] {
            let scale = scale(Size { width, height });
            assert!(width * scale <= MOST_PIXELS_A_SIDE + 1.0);
            assert!(height * scale <= MOST_PIXELS_A_SIDE + 1.0);
            assert!(width * height * scale * scale <= MOST_PIXELS * 1.01);
        }
    }

    #[test]
    fn a_small_picture_is_drawn_finely() {
        assert_eq!(scale(Size { width: 300.0, height: 200.0 }), FINE_SCALE);
    }
}
