//! Writes a scene as SVG: shapes and presentation attributes, no script and no style sheet, so that
//! a page with a strict content policy can contain it.
//!
//! In the SVG inside our own page, shapes also have class names for the script and the style sheet.

use std::fmt::{self, Display, Write};

use crate::draw::layout::geometry::{Point, Rect, Route, Segment};
use crate::draw::scene::Scene;
use crate::draw::scene::arrow::{Arrow, EdgeRoute};
use crate::draw::scene::lengths::{
    BADGE_PX, BADGE_STROKE_PX, CORNER_PX, CRITICAL_LINE_PX, DASH_PX, LINE_PX, SWATCH_BORDER_PX,
    SWATCH_CORNER_PX,
};
use crate::draw::scene::task_box::{Badge, TaskBox};
use crate::draw::scene::text::Text;
use crate::draw::style::palette::BACKGROUND;
use crate::escape::{Escaped, InAttribute};
use crate::graph::dot::paint::{CRITICAL, Colour, EDGE};

/// Verdana has nearly the same widths as DejaVu Sans, and the fonts after it are narrower.
const FONTS: &str = "DejaVu Sans,Verdana,Bitstream Vera Sans,Noto Sans,Arial,sans-serif";

/// What reads the document.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Reader {
    /// Any program. It gets shapes only.
    Anyone,
    /// The script and the style sheet of the page around it. They need class names.
    Page,
}

/// Writes the scene as one SVG document.
pub(crate) fn write(scene: &Scene) -> String {
    let mut svg = String::new();
    write_scene(&mut svg, scene, Reader::Anyone).expect("writing to a string cannot fail");
    svg
}

/// Writes the scene for the inside of a page: with class names and edge routes.
pub(crate) fn write_for_page(scene: &Scene) -> String {
    let mut svg = String::new();
    write_scene(&mut svg, scene, Reader::Page).expect("writing to a string cannot fail");
    svg
}

impl Reader {
    /// Returns `text`, an attribute, if the page reads the document, else nothing.
    fn attribute(self, text: &str) -> &str {
        if self == Reader::Page { text } else { "" }
    }
}

fn write_scene(out: &mut String, scene: &Scene, reader: Reader) -> fmt::Result {
    let (width, height) = (scene.size.width.ceil(), scene.size.height.ceil());
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" text-anchor=\"middle\">"
    )?;
    if reader == Reader::Anyone {
        writeln!(out, "<title>{}</title>", Escaped(&scene.title))?;
    }
    let paper = reader.attribute(" class=\"paper\"");
    writeln!(out, "<rect{paper} width=\"{width}\" height=\"{height}\" fill=\"{BACKGROUND}\"/>")?;
    let first_critical = scene.arrows.partition_point(|arrow| !arrow.critical);
    let (plain, critical) = scene.arrows.split_at(first_critical);
    let plain = ArrowGroup { arrows: plain, colour: EDGE, width_px: LINE_PX, class: "edges" };
    let critical = ArrowGroup {
        arrows: critical,
        colour: CRITICAL,
        width_px: CRITICAL_LINE_PX,
        class: "edges critical",
    };
    write_arrows(out, &plain, reader)?;
    write_arrows(out, &critical, reader)?;
    if reader == Reader::Page {
        write_edge_routes(out, &scene.edge_routes)?;
    }
    for task_box in &scene.boxes {
        write_box(out, task_box, reader)?;
    }
    write_legend(out, scene, reader)?;
    writeln!(out, "</svg>")
}

/// Arrows that are drawn alike.
struct ArrowGroup<'a> {
    arrows: &'a [Arrow],
    colour: Colour,
    width_px: f64,
    /// The class name of their lines.
    class: &'a str,
}

fn write_arrows(out: &mut String, group: &ArrowGroup<'_>, reader: Reader) -> fmt::Result {
    let &ArrowGroup { arrows, colour, width_px, class } = group;
    if arrows.is_empty() {
        return Ok(());
    }
    let class = format!(" class=\"{class}\"");
    let class = reader.attribute(&class);
    writeln!(out, "<g{class} fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width_px}\">")?;
    for arrow in arrows {
        write!(out, "<path d=\"")?;
        write_route(out, &arrow.line)?;
        out.push('"');
        write_dash(out, arrow.dashed)?;
        writeln!(out, "/>")?;
    }
    writeln!(out, "</g>")?;
    let class = class.replace("edges", "heads");
    write!(out, "<path{class} fill=\"{colour}\" d=\"")?;
    for [tip, left, right] in arrows.iter().filter_map(|arrow| arrow.head) {
        write!(out, "M{}L{}L{}Z", At(tip), At(left), At(right))?;
    }
    writeln!(out, "\"/>")
}

/// Writes the edges one by one. The page shows those of the box that the reader points at.
fn write_edge_routes(out: &mut String, routes: &[EdgeRoute]) -> fmt::Result {
    writeln!(out, "<g class=\"ways\" fill=\"none\">")?;
    for edge in routes {
        write!(out, "<path data-ends=\"{} {}\" d=\"", edge.from, edge.to)?;
        write_route(out, &edge.line)?;
        writeln!(out, "\"/>")?;
    }
    writeln!(out, "</g>")
}

fn write_legend(out: &mut String, scene: &Scene, reader: Reader) -> fmt::Result {
    if scene.legend.texts.is_empty() && scene.caption.is_none() {
        return Ok(());
    }
    writeln!(out, "<g{}>", reader.attribute(" class=\"legend\""))?;
    for swatch in &scene.legend.swatches {
        let (Rect { left, top, .. }, paint) = (swatch.rect, swatch.paint);
        let border_px = if swatch.critical { CRITICAL_LINE_PX } else { SWATCH_BORDER_PX };
        writeln!(
            out,
            "<rect{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" ry=\"{SWATCH_CORNER_PX}\" \
             fill=\"{}\" stroke=\"{}\" stroke-width=\"{border_px}\"/>",
            if swatch.critical { reader.attribute(" class=\"critical\"") } else { "" },
            Px(left),
            Px(top),
            Px(swatch.rect.width()),
            Px(swatch.rect.height()),
            paint.fill,
            paint.border,
        )?;
    }
    for text in scene.legend.texts.iter().chain(&scene.caption) {
        write_text(out, text)?;
        out.push('\n');
    }
    writeln!(out, "</g>")
}

fn write_route(out: &mut String, route: &Route) -> fmt::Result {
    write!(out, "M{}", At(route.start))?;
    for segment in &route.segments {
        match *segment {
            Segment::Line(end) => write!(out, "L{}", At(end))?,
            Segment::Cubic(first, second, end) => {
                write!(out, "C{} {} {}", At(first), At(second), At(end))?;
            }
        }
    }
    Ok(())
}

fn write_dash(out: &mut String, dashed: bool) -> fmt::Result {
    if dashed {
        let [dash, gap] = DASH_PX;
        write!(out, " stroke-dasharray=\"{dash} {gap}\"")?;
    }
    Ok(())
}

fn write_box(out: &mut String, task_box: &TaskBox, reader: Reader) -> fmt::Result {
    let rect = &task_box.rect;
    // The page shows the tooltip by itself, and a screen reader reads the label.
    let class = if task_box.critical { "task critical" } else { "task" };
    if reader == Reader::Page {
        let text = InAttribute(&task_box.tooltip);
        write!(out, "<g class=\"{class}\" tabindex=\"-1\" role=\"img\" aria-label=\"{text}\">")?;
    } else {
        write!(out, "<g><title>{}</title>", Escaped(&task_box.tooltip))?;
    }
    write!(
        out,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{CORNER_PX}\" fill=\"{}\" \
         stroke=\"{}\" stroke-width=\"{}\"",
        Px(rect.left),
        Px(rect.top),
        Px(rect.width()),
        Px(rect.height()),
        task_box.paint.fill,
        task_box.paint.border,
        task_box.border_px,
    )?;
    write_dash(out, task_box.dashed)?;
    write!(out, "/>")?;
    for text in &task_box.texts {
        write_text(out, text)?;
    }
    if let Some(badge) = &task_box.badge {
        write_badge(out, badge)?;
    }
    writeln!(out, "</g>")
}

fn write_text(out: &mut String, text: &Text) -> fmt::Result {
    write!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\">{}</text>",
        Px(text.anchor.x),
        Px(text.anchor.y),
        text.size_px,
        text.colour,
        Escaped(&text.content)
    )
}

fn write_badge(out: &mut String, badge: &Badge) -> fmt::Result {
    write!(
        out,
        "<circle cx=\"{}\" cy=\"{}\" r=\"{BADGE_PX}\" fill=\"{}\" stroke=\"{BACKGROUND}\"/>",
        Px(badge.centre.x),
        Px(badge.centre.y),
        badge.colour
    )?;
    write!(out, "<path fill=\"none\" stroke=\"{BACKGROUND}\" stroke-width=\"{BADGE_STROKE_PX}\" ")?;
    write!(out, "d=\"")?;
    for stroke in &badge.strokes {
        for (index, &point) in stroke.iter().enumerate() {
            write!(out, "{}{}", if index == 0 { 'M' } else { 'L' }, At(point))?;
        }
    }
    write!(out, "\"/>")
}

/// A coordinate to a tenth of a pixel, without needless zeros.
struct Px(f64);

impl Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A large picture has hundreds of thousands of these, and integers are faster to write.
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let (whole, rest) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
        match rest {
            0 => write!(f, "{sign}{whole}"),
            _ => write!(f, "{sign}{whole}.{rest}"),
        }
    }
}

/// A point in path data.
struct At(Point);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Px(self.0.x), Px(self.0.y))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_have_no_needless_zeros() {
        assert_eq!(At(Point { x: 12.04, y: -0.01 }).to_string(), "12 0");
        assert_eq!(Px(3.27).to_string(), "3.3");
    }
}
