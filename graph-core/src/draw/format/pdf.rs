//! Writes a scene as a PDF page: vector shapes, and text that can be searched and copied.
//!
//! The file contains the embedded font. A character that the font does not have is drawn as a
//! hollow box, but a search still finds it. There is no date and no random identifier in the file,
//! so the same scene gives the same bytes.

use std::collections::BTreeMap;

use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect as PageRect, Ref, Str, TextStr};

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
use crate::draw::style::font::{FONT, Font};
use crate::draw::style::palette::BACKGROUND;
use crate::graph::dot::paint::{CRITICAL, Colour, EDGE};

/// A pixel of the other formats is 1/96 of an inch, a point 1/72.
const POINTS_PER_PX: f64 = 0.75;
/// The longest side that all readers accept.
const MOST_POINTS_A_SIDE: f64 = 14_400.0;
const FONT_NAME: Name<'static> = Name(b"DejaVuSans");
/// The name of the font on the page.
const FONT_KEY: Name<'static> = Name(b"F");
const SYSTEM: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
/// The level of compression, from 1 to 10. A higher one saves little.
const COMPRESSION: u8 = 6;

const CATALOG: Ref = Ref::new(1);
const PAGES: Ref = Ref::new(2);
const PAGE: Ref = Ref::new(3);
const CONTENT: Ref = Ref::new(4);
const TYPE0_FONT: Ref = Ref::new(5);
const CID_FONT: Ref = Ref::new(6);
const DESCRIPTOR: Ref = Ref::new(7);
const FONT_FILE: Ref = Ref::new(8);
const TO_UNICODE: Ref = Ref::new(9);
const INFORMATION: Ref = Ref::new(10);

/// Writes the scene as a document of one page of its size.
pub(crate) fn write(scene: &Scene) -> Vec<u8> {
    let mut page = Page::new(scene.size);
    page.draw(scene);
    let Page { content, size, used, font, .. } = page;
    let mut pdf = Pdf::new();
    pdf.catalog(CATALOG).pages(PAGES);
    pdf.pages(PAGES).kids([PAGE]).count(1);
    let mut object = pdf.page(PAGE);
    object.parent(PAGES).contents(CONTENT);
    object.media_box(PageRect::new(0.0, 0.0, size.width as f32, size.height as f32));
    object.resources().fonts().pair(FONT_KEY, TYPE0_FONT);
    object.finish();
    let content = compress_to_vec_zlib(content.finish().as_slice(), COMPRESSION);
    pdf.stream(CONTENT, &content).filter(Filter::FlateDecode);
    write_font(&mut pdf, &font, &used);
    pdf.document_info(INFORMATION).title(TextStr(&scene.title));
    pdf.finish()
}

fn write_font(pdf: &mut Pdf, font: &Font, used: &BTreeMap<u16, char>) {
    let mut type0 = pdf.type0_font(TYPE0_FONT);
    type0.base_font(FONT_NAME).encoding_predefined(Name(b"Identity-H"));
    type0.descendant_font(CID_FONT).to_unicode(TO_UNICODE);
    type0.finish();
    let mut cid = pdf.cid_font(CID_FONT);
    cid.subtype(CidFontType::Type2).base_font(FONT_NAME).system_info(SYSTEM);
    cid.font_descriptor(DESCRIPTOR).default_width(font.glyph_width(0) as f32);
    cid.cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = cid.widths();
    for &glyph in used.keys() {
        widths.consecutive(glyph, [font.glyph_width(glyph) as f32]);
    }
    widths.finish();
    cid.finish();
    let face = font.face();
    let thousandths = |units: i16| (f64::from(units) * font.scale(1000.0)) as f32;
    let bounds = face.global_bounding_box();
    let mut descriptor = pdf.font_descriptor(DESCRIPTOR);
    descriptor.name(FONT_NAME).flags(FontFlags::NON_SYMBOLIC).italic_angle(0.0).stem_v(90.0);
    descriptor.ascent(thousandths(face.ascender())).descent(thousandths(face.descender()));
    descriptor.cap_height(thousandths(face.capital_height().unwrap_or(face.ascender())));
    descriptor.bbox(PageRect::new(
        thousandths(bounds.x_min),
        thousandths(bounds.y_min),
        thousandths(bounds.x_max),
        thousandths(bounds.y_max),
    ));
    descriptor.font_file2(FONT_FILE);
    descriptor.finish();
    let file = compress_to_vec_zlib(FONT, COMPRESSION);
    let mut stream = pdf.stream(FONT_FILE, &file);
    stream.filter(Filter::FlateDecode);
    stream.pair(Name(b"Length1"), FONT.len() as i32);
    stream.finish();
    let mut unicode = UnicodeCmap::new(Name(b"Unicode"), SYSTEM);
    for (&glyph, &character) in used {
        unicode.pair(glyph, character);
    }
    let unicode = compress_to_vec_zlib(unicode.finish().as_slice(), COMPRESSION);
    pdf.cmap(TO_UNICODE, &unicode).filter(Filter::FlateDecode);
}

/// The drawing operations of the page.
struct Page {
    content: Content,
    /// The size of the page in points.
    size: Size,
    font: Font,
    /// Glyph on the page → the first character that it is used for.
    used: BTreeMap<u16, char>,
}

impl Page {
    /// Makes a page for a picture of this size in pixels. A very large one is scaled down.
    fn new(picture: Size) -> Self {
        let longest = picture.width.max(picture.height);
        let scale = POINTS_PER_PX.min(MOST_POINTS_A_SIDE / longest);
        let size = Size { width: picture.width * scale, height: picture.height * scale };
        let mut content = Content::new();
        // After this, units are pixels and y grows downwards, as in the scene.
        let scale = scale as f32;
        content.transform([scale, 0.0, 0.0, -scale, 0.0, size.height as f32]);
        content.set_line_join(pdf_writer::types::LineJoinStyle::RoundJoin);
        Page { content, size, font: Font::embedded(), used: BTreeMap::new() }
    }

    fn draw(&mut self, scene: &Scene) {
        for arrow in &scene.arrows {
            self.draw_arrow(arrow);
        }
        for task_box in &scene.boxes {
            self.draw_box(task_box);
        }
        for swatch in &scene.legend.swatches {
            self.draw_swatch(swatch);
        }
        for text in scene.legend.texts.iter().chain(&scene.caption) {
            self.draw_text(text);
        }
    }

    fn draw_arrow(&mut self, arrow: &Arrow) {
        let (colour, width_px) =
            if arrow.critical { (CRITICAL, CRITICAL_LINE_PX) } else { (EDGE, LINE_PX) };
        self.set_stroke(colour, width_px, arrow.dashed);
        self.add_route(&arrow.line);
        self.content.stroke();
        if let Some(head) = &arrow.head {
            self.set_fill(colour);
            self.add_polyline(head);
            self.content.close_path().fill_nonzero();
        }
    }

    fn draw_box(&mut self, task_box: &TaskBox) {
        self.set_fill(task_box.paint.fill);
        self.set_stroke(task_box.paint.border, task_box.border_px, task_box.dashed);
        self.add_rounded(task_box.rect, CORNER_PX);
        self.content.fill_nonzero_and_stroke();
        for text in &task_box.texts {
            self.draw_text(text);
        }
        if let Some(badge) = &task_box.badge {
            self.draw_badge(badge);
        }
    }

    fn draw_badge(&mut self, badge: &Badge) {
        self.set_fill(badge.colour);
        self.set_stroke(BACKGROUND, 1.0, false);
        let size = Size { width: 2.0 * BADGE_PX, height: 2.0 * BADGE_PX };
        self.add_rounded(Rect::around(badge.centre, size), BADGE_PX);
        self.content.fill_nonzero_and_stroke();
        self.set_stroke(BACKGROUND, BADGE_STROKE_PX, false);
        for stroke in &badge.strokes {
            self.add_polyline(stroke);
            self.content.stroke();
        }
    }

    fn draw_swatch(&mut self, swatch: &Swatch) {
        let border_px = if swatch.critical { CRITICAL_LINE_PX } else { SWATCH_BORDER_PX };
        self.set_fill(swatch.paint.fill);
        self.set_stroke(swatch.paint.border, border_px, false);
        self.add_rounded(swatch.rect, SWATCH_CORNER_PX);
        self.content.fill_nonzero_and_stroke();
    }

    fn draw_text(&mut self, text: &Text) {
        let width = self.font.width_px(&text.content, text.size_px);
        let left = (text.anchor.x - width / 2.0) as f32;
        let known = text.content.chars().all(|character| self.font.glyph(character).is_some());
        if !known {
            let mut span = self.content.begin_marked_content_with_properties(Name(b"Span"));
            span.properties().actual_text(TextStr(&text.content));
        }
        self.set_fill(text.colour);
        self.content.begin_text().set_font(FONT_KEY, text.size_px as f32);
        // The y axis points down, so without this the letters would be upside down.
        self.content.set_text_matrix([1.0, 0.0, 0.0, -1.0, left, text.anchor.y as f32]);
        let mut line = self.content.show_positioned();
        let mut items = line.items();
        let mut run = Vec::new();
        for character in text.content.chars() {
            let glyph = self.font.glyph(character).map_or(0, |glyph| glyph.0);
            run.extend(glyph.to_be_bytes());
            if glyph == 0 {
                // A character that the font does not have counts as one em; the hollow box is
                // narrower.
                items.show(Str(&std::mem::take(&mut run)));
                items.adjust((self.font.glyph_width(0) - 1000.0) as f32);
            } else {
                self.used.entry(glyph).or_insert(character);
            }
        }
        if !run.is_empty() {
            items.show(Str(&run));
        }
        items.finish();
        line.finish();
        self.content.end_text();
        if !known {
            self.content.end_marked_content();
        }
    }

    fn set_fill(&mut self, colour: Colour) {
        let [red, green, blue] = parts(colour);
        self.content.set_fill_rgb(red, green, blue);
    }

    fn set_stroke(&mut self, colour: Colour, width_px: f64, dashed: bool) {
        let [red, green, blue] = parts(colour);
        self.content.set_stroke_rgb(red, green, blue);
        self.content.set_line_width(width_px as f32);
        let dashes = DASH_PX.map(|length| length as f32);
        self.content.set_dash_pattern(dashes.into_iter().filter(|_| dashed), 0.0);
    }

    fn move_to(&mut self, point: Point) {
        self.content.move_to(point.x as f32, point.y as f32);
    }

    fn line_to(&mut self, point: Point) {
        self.content.line_to(point.x as f32, point.y as f32);
    }

    fn cubic_to(&mut self, first: Point, second: Point, end: Point) {
        let [a, b, c, d, e, f] = [first.x, first.y, second.x, second.y, end.x, end.y];
        self.content.cubic_to(a as f32, b as f32, c as f32, d as f32, e as f32, f as f32);
    }

    fn add_route(&mut self, route: &Route) {
        self.move_to(route.start);
        for segment in &route.segments {
            match *segment {
                Segment::Line(end) => self.line_to(end),
                Segment::Cubic(first, second, end) => self.cubic_to(first, second, end),
            }
        }
    }

    fn add_polyline(&mut self, points: &[Point]) {
        for (index, &point) in points.iter().enumerate() {
            if index == 0 { self.move_to(point) } else { self.line_to(point) }
        }
    }

    /// Adds a rectangle with quarter circles for corners.
    fn add_rounded(&mut self, rect: Rect, radius: f64) {
        let Rect { left, top, right, bottom } = rect;
        let near = radius * ROUND;
        let at = |x: f64, y: f64| Point { x, y };
        self.move_to(at(left + radius, top));
        self.line_to(at(right - radius, top));
        self.cubic_to(at(right - near, top), at(right, top + near), at(right, top + radius));
        self.line_to(at(right, bottom - radius));
        self.cubic_to(
            at(right, bottom - near),
            at(right - near, bottom),
            at(right - radius, bottom),
        );
        self.line_to(at(left + radius, bottom));
        self.cubic_to(at(left + near, bottom), at(left, bottom - near), at(left, bottom - radius));
        self.line_to(at(left, top + radius));
        self.cubic_to(at(left, top + near), at(left + near, top), at(left + radius, top));
        self.content.close_path();
    }
}

fn parts(Colour(red, green, blue): Colour) -> [f32; 3] {
    [red, green, blue].map(|part| f32::from(part) / 255.0)
}
