//! A graph in Graphviz's DOT language.
//!
//! Source of the quoting rules: "DOT Language", "escString" and "Character encodings" in the
//! Graphviz documentation.

use std::fmt::{self, Display, Write};

use crate::collapse::{Group, Quotient};
use crate::{EdgeKind, TaskState};

use super::hover;
use super::palette::{self, Palette};
use super::text::{grouped, is_printable};

/// Writes every group as a node and every edge, with the colours of the other formats.
pub(super) fn write(quotient: &Quotient<'_>) -> String {
    let mut dot = String::new();
    write_graph(&mut dot, quotient).expect("writing to a string cannot fail");
    dot
}

fn write_graph(out: &mut String, quotient: &Quotient<'_>) -> fmt::Result {
    writeln!(out, "digraph tasks {{")?;
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fontname=\"DejaVu Sans\", fontsize=12];"
    )?;
    writeln!(out, "  edge [color=\"{}\", arrowsize=0.7];", palette::EDGE)?;
    let mut colours = Palette::default();
    for (index, group) in quotient.groups().iter().enumerate() {
        write_group(out, index, group, &mut colours)?;
    }
    for edge in quotient.edges() {
        let dashed = if edge.kind == EdgeKind::Order { " [style=dashed]" } else { "" };
        writeln!(out, "  t{} -> t{}{dashed};", edge.from, edge.to)?;
    }
    writeln!(out, "}}")
}

fn write_group<'g>(
    out: &mut String,
    index: usize,
    group: &Group<'g>,
    colours: &mut Palette<'g>,
) -> fmt::Result {
    let paint = colours.paint(group.function());
    let mut label = group.name().into_owned();
    if group.tasks() > 1 {
        write!(label, " ×{}", grouped(group.tasks()))?;
    }
    if let Some(detail) = group.detail() {
        write!(label, "\n{detail}")?;
    }
    let state = group.state();
    let border = if state == TaskState::Failed { palette::FAILED } else { paint.border };
    write!(
        out,
        "  t{index} [label=\"{}\", tooltip=\"{}\", fillcolor=\"{}\", color=\"{border}\"",
        Quoted(&label),
        Quoted(&hover::text(group)),
        paint.fill,
    )?;
    if state != TaskState::Waiting {
        write!(out, ", class=\"{}\"", hover::name(state))?;
    }
    if group.is_output() {
        write!(out, ", penwidth=2")?;
    }
    writeln!(out, "];")
}

/// Text for the inside of a quoted escString.
///
/// A backslash would start an escape, and what looks like an HTML entity would become the
/// character it names; both are written so that the reader sees the text itself. Angle brackets
/// need nothing: only an unquoted `<…>` is HTML.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, character) in self.0.char_indices() {
            match character {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                '\t' => f.write_char(' ')?,
                '&' if starts_with_entity(&self.0[place..]) => f.write_str("&amp;")?,
                printable if is_printable(printable) => f.write_char(printable)?,
                _ => f.write_char('\u{fffd}')?,
            }
        }
        Ok(())
    }
}

/// Says whether `text` starts with something like `&lt;` or `&#38;`.
fn starts_with_entity(text: &str) -> bool {
    let Some((name, _)) = text[1..].split_once(';') else { return false };
    let name = name.strip_prefix('#').unwrap_or(name);
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_backslashes_and_newlines_are_escaped() {
        assert_eq!(Quoted("a\"b\\c\nd").to_string(), r#"a\"b\\c\nd"#);
    }

    #[test]
    fn only_what_graphviz_would_take_for_an_entity_is_escaped() {
        assert_eq!(Quoted("a & b &lt; &#38;").to_string(), "a & b &amp;lt; &amp;#38;");
    }
}
