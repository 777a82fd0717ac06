//! A graph as a Mermaid flowchart, which GitHub, GitLab and many editors draw inside a text.
//!
//! Source of the escapes: "Entity codes to escape characters" in the Mermaid documentation of
//! flowcharts.

use std::fmt::{self, Display, Write};

use crate::draw::style::Dressing;
use crate::draw::style::legend::Legend;
use crate::draw::style::palette::{self, Paint};
use crate::draw::style::printable::printable;
use crate::format::grouped;
use crate::graph::EdgeKind;
use crate::state::TaskState;

/// A longer line of a box says no more.
const MOST_CHARACTERS: usize = 40;

/// Writes every group as a node and every edge, with the colours of the other formats.
pub(crate) fn write(dressing: &Dressing<'_, '_>) -> String {
    let mut mermaid = String::new();
    write_graph(&mut mermaid, dressing).expect("writing to a string cannot fail");
    mermaid
}

fn write_graph(out: &mut String, dressing: &Dressing<'_, '_>) -> fmt::Result {
    writeln!(out, "flowchart {}", dressing.direction.letters())?;
    for index in 0..dressing.quotient.groups().len() {
        write_group(out, index, dressing)?;
    }
    for edge in dressing.quotient.edges() {
        let arrow = if edge.kind == EdgeKind::Order { "-.->" } else { "-->" };
        writeln!(out, "  t{} {arrow} t{}", edge.from, edge.to)?;
    }
    if let Some(legend) = &dressing.legend {
        write_legend(out, legend)?;
    }
    write_classes(out, dressing)?;
    let critical: Vec<String> = (0..dressing.critical_edges.len())
        .filter(|&edge| dressing.critical_edges[edge])
        .map(|edge| edge.to_string())
        .collect();
    if !critical.is_empty() {
        let colour = palette::CRITICAL;
        writeln!(out, "  linkStyle {} stroke:{colour},stroke-width:3px", critical.join(","))?;
    }
    Ok(())
}

fn write_group(out: &mut String, index: usize, dressing: &Dressing<'_, '_>) -> fmt::Result {
    let group = &dressing.quotient.groups()[index];
    let mut lines = vec![shortened(&group.name())];
    if group.tasks() > 1 {
        lines[0] += &format!(" ×{}", grouped(group.tasks()));
    }
    lines.extend(group.detail().map(shortened).filter(|detail| !detail.is_empty()));
    lines.extend(dressing.notes[index].clone());
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
        writeln!(out, "  style legend{index} {}", Style { paint, critical, dashed: false })?;
    }
    Ok(())
}

/// One class for all groups that look the same.
fn write_classes(out: &mut String, dressing: &Dressing<'_, '_>) -> fmt::Result {
    let groups = dressing.quotient.groups();
    let mut classes: Vec<(Style, Vec<usize>)> = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let critical = dressing.critical_groups[index];
        let dashed = group.state() == TaskState::Cancelled;
        let mut paint = dressing.paints[index];
        if group.state() == TaskState::Failed {
            paint.border = palette::FAILED;
        }
        let style = Style { paint, critical, dashed };
        match classes.iter_mut().find(|(known, _)| *known == style) {
            Some((_, members)) => members.push(index),
            None => classes.push((style, vec![index])),
        }
    }
    for (number, (style, members)) in classes.iter().enumerate() {
        let members: Vec<String> = members.iter().map(|index| format!("t{index}")).collect();
        writeln!(out, "  classDef c{number} {style}")?;
        writeln!(out, "  class {} c{number}", members.join(","))?;
    }
    Ok(())
}

/// How a box is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Style {
    paint: Paint,
    critical: bool,
    dashed: bool,
}

impl Display for Style {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let border = if self.critical { palette::CRITICAL } else { self.paint.border };
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

/// Text for a label in quotes. Everything that Mermaid, its Markdown or HTML could take for more
/// than a character becomes an entity code.
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
