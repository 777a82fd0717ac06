//! Writes a graph as a Mermaid flowchart, which GitHub, GitLab and many editors draw in Markdown.
//!
//! Source of the escapes: "Entity codes to escape characters" in the Mermaid documentation of
//! flowcharts.

use std::fmt::{self, Display, Write};

use crate::draw::style::Style;
use crate::draw::style::legend::Legend;
use crate::draw::style::palette;
use crate::escape::printable;
use crate::format::grouped;
use crate::graph::EdgeKind;
use crate::graph::dot::paint::{self, Paint};
use crate::task::state::TaskState;

/// Longer lines of a box are cut.
const MOST_CHARACTERS: usize = 40;

/// Writes every group as a node, every edge and the legend.
pub(crate) fn write(style: &Style<'_, '_>) -> String {
    let mut mermaid = String::new();
    write_graph(&mut mermaid, style).expect("writing to a string cannot fail");
    mermaid
}

fn write_graph(out: &mut String, style: &Style<'_, '_>) -> fmt::Result {
    writeln!(out, "flowchart {}", style.direction.letters())?;
    for index in 0..style.quotient.groups().len() {
        write_group(out, index, style)?;
    }
    for edge in style.quotient.edges() {
        let arrow = if edge.kind == EdgeKind::Order { "-.->" } else { "-->" };
        writeln!(out, "  t{} {arrow} t{}", edge.from, edge.to)?;
    }
    if let Some(legend) = &style.legend {
        write_legend(out, legend)?;
    }
    write_classes(out, style)?;
    let critical: Vec<String> = (0..style.critical_edges.len())
        .filter(|&edge| style.critical_edges[edge])
        .map(|edge| edge.to_string())
        .collect();
    if !critical.is_empty() {
        let colour = paint::CRITICAL;
        writeln!(out, "  linkStyle {} stroke:{colour},stroke-width:3px", critical.join(","))?;
    }
    Ok(())
}

fn write_group(out: &mut String, index: usize, style: &Style<'_, '_>) -> fmt::Result {
    let group = &style.quotient.groups()[index];
    let mut lines = vec![shortened(&group.name())];
    if group.tasks() > 1 {
        lines[0] += &format!(" ×{}", grouped(group.tasks()));
    }
    lines.extend(group.detail().map(shortened).filter(|detail| !detail.is_empty()));
    lines.extend(style.times[index].clone());
    let sign = match group.state() {
        TaskState::Done => "✓ ",
        TaskState::Failed => "✗ ",
        TaskState::Running => "▶ ",
        TaskState::Waiting | TaskState::Ready | TaskState::Cancelled => "",
    };
    let lines: Vec<String> = lines.iter().map(|line| Quoted(line).to_string()).collect();
    writeln!(out, "  t{index}(\"{sign}{}\")", lines.join("<br>"))
}

fn shortened(text: &str) -> String {
    let text = printable(text);
    if text.chars().count() <= MOST_CHARACTERS {
        return text;
    }
    text.chars().take(MOST_CHARACTERS - 1).chain(['…']).collect()
}

fn write_legend(out: &mut String, legend: &Legend) -> fmt::Result {
    writeln!(out, "  subgraph legend [\"{}\"]", Quoted(legend.title()))?;
    for (index, (label, ..)) in legend.colours().enumerate() {
        writeln!(out, "    legend{index}[\"{}\"]", Quoted(&label))?;
    }
    writeln!(out, "  end")?;
    for (index, (_, paint, critical)) in legend.colours().enumerate() {
        writeln!(out, "  style legend{index} {}", ClassDef { paint, critical, dashed: false })?;
    }
    Ok(())
}

/// Writes one class for all groups that look the same.
fn write_classes(out: &mut String, style: &Style<'_, '_>) -> fmt::Result {
    let groups = style.quotient.groups();
    let mut classes: Vec<(ClassDef, Vec<usize>)> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let critical = style.critical_groups[index];
        let dashed = group.state() == TaskState::Cancelled;
        let mut paint = style.paints[index];
        if group.state() == TaskState::Failed {
            paint.border = paint::FAILED;
        }
        let class_def = ClassDef { paint, critical, dashed };
        match classes.iter_mut().find(|(known, _)| *known == class_def) {
            Some((_, members)) => members.push(index),
            None => classes.push((class_def, vec![index])),
        }
    }
    for (number, (class_def, members)) in classes.iter().enumerate() {
        let members: Vec<String> = members.iter().map(|index| format!("t{index}")).collect();
        writeln!(out, "  classDef c{number} {class_def}")?;
        writeln!(out, "  class {} c{number}", members.join(","))?;
    }
    Ok(())
}

/// How the boxes of a class are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct ClassDef {
    paint: Paint,
    critical: bool,
    dashed: bool,
}

impl Display for ClassDef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let border = if self.critical { paint::CRITICAL } else { self.paint.border };
        write!(f, "fill:{},stroke:{border},color:{}", self.paint.fill, palette::NAME)?;
        if self.critical {
            f.write_str(",stroke-width:3px")?;
        }
        if self.dashed {
            f.write_str(",stroke-dasharray:5 4")?;
        }
        Ok(())
    }
}

/// Text for a label in quotes. Every character that has a meaning in Mermaid, Markdown or HTML
/// becomes an entity code.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            let plain = character.is_alphanumeric()
                || matches!(character, ' ' | '.' | ',' | '/' | '+' | '=' | '×' | '…' | '\u{202f}')
                || (!character.is_ascii() && !character.is_control());
            if plain {
                f.write_char(character)?;
            } else {
                write!(f, "#{};", u32::from(character))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_markup_becomes_an_entity_code() {
        let text = Quoted("a\"b <c> `d` #e; f\\n");
        assert_eq!(text.to_string(), "a#34;b #60;c#62; #96;d#96; #35;e#59; f#92;n");
    }
}
