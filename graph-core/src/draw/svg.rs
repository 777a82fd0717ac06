//! A scene as SVG: plain shapes and presentation attributes, no script, no style sheet, so that
//! it can stand inside a page with a strict content policy.

use std::fmt::{self, Display, Write};

use crate::layout::{Point, Route, Segment};

use super::palette::{BACKGROUND, EDGE};
use super::scene::{
    Arrow, BADGE_PX, BADGE_STROKE_PX, Badge, CORNER_PX, DASH_PX, LINE_PX, Scene, TaskBox, Text,
};

/// Verdana has nearly the same widths as DejaVu Sans, and what follows is narrower.
const FONTS: &str = "DejaVu Sans,Verdana,Bitstream Vera Sans,Noto Sans,Arial,sans-serif";

/// Writes the scene as one SVG document.
pub(super) fn write(scene: &Scene) -> String {
    let mut svg = String::new();
    write_scene(&mut svg, scene).expect("writing to a string cannot fail");
    svg
}

fn write_scene(out: &mut String, scene: &Scene) -> fmt::Result {
    let (width, height) = (scene.size.width.ceil(), scene.size.height.ceil());
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"{FONTS}\" text-anchor=\"middle\">"
    )?;
    writeln!(out, "<title>{}</title>", Escaped(&scene.title))?;
    writeln!(out, "<rect width=\"{width}\" height=\"{height}\" fill=\"{BACKGROUND}\"/>")?;
    write_arrows(out, &scene.arrows)?;
    for task_box in &scene.boxes {
        write_box(out, task_box)?;
    }
    if let Some(caption) = &scene.caption {
        write_text(out, caption)?;
        out.push('\n');
    }
    writeln!(out, "</svg>")
}

fn write_arrows(out: &mut String, arrows: &[Arrow]) -> fmt::Result {
    if arrows.is_empty() {
        return Ok(());
    }
    writeln!(out, "<g fill=\"none\" stroke=\"{EDGE}\" stroke-width=\"{LINE_PX}\">")?;
    for arrow in arrows {
        write!(out, "<path d=\"")?;
        write_route(out, &arrow.line)?;
        out.push('"');
        write_dash(out, arrow.dashed)?;
        writeln!(out, "/>")?;
    }
    writeln!(out, "</g>")?;
    write!(out, "<path fill=\"{EDGE}\" d=\"")?;
    for [tip, left, right] in arrows.iter().filter_map(|arrow| arrow.head) {
        write!(out, "M{}L{}L{}Z", At(tip), At(left), At(right))?;
    }
    writeln!(out, "\"/>")
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

fn write_box(out: &mut String, task_box: &TaskBox) -> fmt::Result {
    let rect = &task_box.rect;
    write!(out, "<g><title>{}</title>", Escaped(&task_box.hover))?;
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
        // Adding 0.0 turns a negative zero into a plain one.
        write!(f, "{}", (self.0 * 10.0).round() / 10.0 + 0.0)
    }
}

/// A point as path data has it.
struct At(Point);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", Px(self.0.x), Px(self.0.y))
    }
}

/// Text for XML content. Scenes hold no character that XML forbids.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                other => f.write_char(other)?,
            }
        }
        Ok(())
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

    #[test]
    fn markup_in_a_text_is_text() {
        assert_eq!(Escaped("a<b>&c").to_string(), "a&lt;b&gt;&amp;c");
    }
}
