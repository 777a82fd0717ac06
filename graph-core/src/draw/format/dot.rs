//! Writes a graph in Graphviz's DOT language.
//!
//! Source of the quoting rules: "DOT Language", "escString" and "Character encodings" in the
//! Graphviz documentation.

use std::fmt::{self, Display, Write};

use crate::draw::layout::direction::Direction;
use crate::draw::style::Style;
use crate::draw::style::legend::Legend;
use crate::draw::style::{palette, tooltip};
use crate::escape::is_printable;
use crate::format::grouped;
use crate::graph::EdgeKind;
use crate::task::state::TaskState;

/// Writes every group as a node, every edge and the legend.
pub(crate) fn write(style: &Style<'_, '_>) -> String {
    let mut dot = String::new();
    write_graph(&mut dot, style).expect("writing to a string cannot fail");
    dot
}

fn write_graph(out: &mut String, style: &Style<'_, '_>) -> fmt::Result {
    writeln!(out, "digraph tasks {{")?;
    if style.direction != Direction::Automatic {
        writeln!(out, "  rankdir={};", style.direction.letters())?;
    }
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fontname=\"DejaVu Sans\", fontsize=12];"
    )?;
    writeln!(out, "  edge [color=\"{}\", arrowsize=0.7];", palette::EDGE)?;
    for index in 0..style.quotient.groups().len() {
        write_group(out, index, style)?;
    }
    for (edge, &critical) in style.quotient.edges().iter().zip(&style.critical_edges) {
        write!(out, "  t{} -> t{}", edge.from, edge.to)?;
        let critical = critical.then(|| format!("color=\"{}\", penwidth=2.6", palette::CRITICAL));
        let dashed = (edge.kind == EdgeKind::Order).then(|| "style=dashed".to_owned());
        let attributes: Vec<String> = dashed.into_iter().chain(critical).collect();
        if !attributes.is_empty() {
            write!(out, " [{}]", attributes.join(", "))?;
        }
        writeln!(out, ";")?;
    }
    if let Some(legend) = &style.legend {
        write_legend(out, legend)?;
    }
    writeln!(out, "}}")
}

fn write_group(out: &mut String, index: usize, style: &Style<'_, '_>) -> fmt::Result {
    let group = &style.quotient.groups()[index];
    let (paint, critical) = (style.paints[index], style.critical_groups[index]);
    let mut label = group.name().into_owned();
    if group.tasks() > 1 {
        write!(label, " ×{}", grouped(group.tasks()))?;
    }
    if let Some(detail) = group.detail() {
        write!(label, "\n{detail}")?;
    }
    let state = group.state();
    let border = match state {
        _ if critical => palette::CRITICAL,
        TaskState::Failed => palette::FAILED,
        _ => paint.border,
    };
    write!(
        out,
        "  t{index} [label=\"{}\", tooltip=\"{}\", fillcolor=\"{}\", color=\"{border}\"",
        Quoted(&label),
        Quoted(&style.tooltips[index]),
        paint.fill,
    )?;
    if state != TaskState::Waiting {
        write!(out, ", class=\"{}\"", tooltip::state_name(state))?;
    }
    if critical {
        write!(out, ", penwidth=3")?;
    } else if group.is_output() {
        write!(out, ", penwidth=2")?;
    }
    writeln!(out, "];")
}

/// Writes the legend as a frame with a box per colour.
fn write_legend(out: &mut String, legend: &Legend) -> fmt::Result {
    writeln!(out, "  subgraph cluster_legend {{")?;
    writeln!(
        out,
        "    label=\"{}\"; fontname=\"DejaVu Sans\"; fontsize=12;",
        Quoted(legend.title())
    )?;
    writeln!(out, "    node [style=filled, height=0.3, fontsize=11];")?;
    for (index, (label, paint, critical)) in legend.colours().enumerate() {
        let width = if critical { ", penwidth=3" } else { "" };
        writeln!(
            out,
            "    legend{index} [label=\"{}\", fillcolor=\"{}\", color=\"{}\"{width}];",
            Quoted(&label),
            paint.fill,
            paint.border
        )?;
    }
    writeln!(out, "  }}")
}

/// Text for the inside of a quoted escString.
///
/// A backslash would start an escape sequence, and an HTML entity would become the character that
/// it names, so both are escaped. Angle brackets are not: only an unquoted `<…>` is HTML.
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

/// Says whether `text` starts with an entity such as `&lt;` or `&#38;`.
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
    fn only_entities_are_escaped() {
        assert_eq!(Quoted("a & b &lt; &#38;").to_string(), "a & b &amp;lt; &amp;#38;");
    }
}
