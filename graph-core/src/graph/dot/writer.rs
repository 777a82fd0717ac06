//! The parts of a document in Graphviz's DOT language.
//!
//! Source of the quoting rules: "DOT Language", "escString" and "Character encodings" in the
//! Graphviz documentation.

use std::fmt::{self, Display, Write};

use super::paint::{self, Paint};
use crate::escape::is_printable;
use crate::graph::{Edge, EdgeKind};
use crate::task::state::TaskState;

/// A node as it is written.
pub(crate) struct DotNode<'a> {
    pub(crate) label: &'a str,
    pub(crate) tooltip: &'a str,
    pub(crate) paint: Paint,
    pub(crate) state: TaskState,
    /// Whether its result was asked for.
    pub(crate) output: bool,
    /// Whether it is on the critical path of a run.
    pub(crate) critical: bool,
}

/// Writes what comes before the nodes. Without `rankdir` Graphviz draws from top to bottom.
pub(crate) fn begin(out: &mut String, rankdir: Option<&str>) -> fmt::Result {
    writeln!(out, "digraph tasks {{")?;
    if let Some(rankdir) = rankdir {
        writeln!(out, "  rankdir={rankdir};")?;
    }
    writeln!(
        out,
        "  node [shape=box, style=\"rounded,filled\", fontname=\"DejaVu Sans\", fontsize=12];"
    )?;
    writeln!(out, "  edge [color=\"{}\", arrowsize=0.7];", paint::EDGE)
}

/// Writes the node with this index.
pub(crate) fn node(out: &mut String, index: usize, node: &DotNode<'_>) -> fmt::Result {
    let border = match node.state {
        _ if node.critical => paint::CRITICAL,
        TaskState::Failed => paint::FAILED,
        _ => node.paint.border,
    };
    write!(
        out,
        "  t{index} [label=\"{}\", tooltip=\"{}\", fillcolor=\"{}\", color=\"{border}\"",
        Quoted(node.label),
        Quoted(node.tooltip),
        node.paint.fill,
    )?;
    if node.state != TaskState::Waiting {
        write!(out, ", class=\"{}\"", node.state.name())?;
    }
    if node.critical {
        write!(out, ", penwidth=3")?;
    } else if node.output {
        write!(out, ", penwidth=2")?;
    }
    writeln!(out, "];")
}

/// Writes an edge.
pub(crate) fn edge(out: &mut String, edge: &Edge, critical: bool) -> fmt::Result {
    write!(out, "  t{} -> t{}", edge.from, edge.to)?;
    let critical = critical.then(|| format!("color=\"{}\", penwidth=2.6", paint::CRITICAL));
    let dashed = (edge.kind == EdgeKind::Order).then(|| "style=dashed".to_owned());
    let attributes: Vec<String> = dashed.into_iter().chain(critical).collect();
    if !attributes.is_empty() {
        write!(out, " [{}]", attributes.join(", "))?;
    }
    writeln!(out, ";")
}

/// Writes the end of the document.
pub(crate) fn end(out: &mut String) -> fmt::Result {
    writeln!(out, "}}")
}

/// Text for the inside of a quoted escString.
///
/// A backslash would start an escape sequence, and an HTML entity would become the character that
/// it names, so both are escaped. Angle brackets are not: only an unquoted `<…>` is HTML.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

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
