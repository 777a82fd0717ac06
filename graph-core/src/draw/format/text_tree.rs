//! A graph as lines of text: a tree from the outputs down to what they need.
//!
//! ```text
//! total
//! ├─ convert aapl.h5
//! │  read aapl.json          an only dependency stands below without a step to the right
//! └─ convert aig.h5
//!    read aig.json [1]       numbered, for it is needed again
//! ```

use crate::draw::style::Dressing;
use crate::draw::style::font::Font;
use crate::draw::style::printable::printable;
use crate::draw::style::tooltip;
use crate::format::grouped;
use crate::graph::EdgeKind;
use crate::state::TaskState;

/// Columns of a line.
const MOST_COLUMNS: usize = 100;
/// A tree that goes further to the right goes on at the left, under a number.
const MOST_INDENT: usize = 45;

/// Writes the groups as a tree, each with what it needs once.
pub(crate) fn write(dressing: &Dressing<'_, '_>) -> String {
    Tree::new(dressing).write()
}

struct Tree<'d, 'q, 'g> {
    dressing: &'d Dressing<'q, 'g>,
    font: Font,
    /// Group → its dependencies and whether they only order.
    needs: Vec<Vec<(usize, bool)>>,
    needed_by: Vec<usize>,
    /// Group → the number by which later lines call it.
    number: Vec<Option<usize>>,
    numbers: usize,
    written: Vec<bool>,
    lines: Vec<String>,
}

/// A line that is still to be written.
struct Branch {
    group: usize,
    /// What stands before it, and before the lines below it.
    first: String,
    below: String,
    order_only: bool,
}

impl<'d, 'q, 'g> Tree<'d, 'q, 'g> {
    fn new(dressing: &'d Dressing<'q, 'g>) -> Self {
        let groups = dressing.quotient.groups().len();
        let mut tree = Tree {
            dressing,
            font: Font::embedded(),
            needs: vec![Vec::new(); groups],
            needed_by: vec![0; groups],
            number: vec![None; groups],
            numbers: 0,
            written: vec![false; groups],
            lines: Vec::new(),
        };
        for edge in dressing.quotient.edges() {
            tree.needs[edge.to].push((edge.from, edge.kind == EdgeKind::Order));
            tree.needed_by[edge.from] += 1;
        }
        tree
    }

    fn write(mut self) -> String {
        let groups = self.needs.len();
        let roots: Vec<usize> = (0..groups).filter(|&group| self.needed_by[group] == 0).collect();
        for root in roots {
            self.write_below(root);
        }
        let quotient = self.dressing.quotient;
        let plural = |count: usize, one: &str, many: &str| {
            format!("{} {}", grouped(count), if count == 1 { one } else { many })
        };
        let mut head = match quotient.tasks() {
            0 => "an empty task graph".to_owned(),
            tasks => plural(tasks, "task", "tasks"),
        };
        if quotient.is_collapsed() {
            head += &format!(", drawn as {}", plural(groups, "line", "lines"));
        }
        if groups > 0 {
            head += "; below each what it needs";
        }
        let mut text = head + "\n";
        if self.dressing.critical_groups.contains(&true) {
            text += "* on the critical path\n";
        }
        for line in self.lines {
            text += line.trim_end();
            text.push('\n');
        }
        text
    }

    /// Writes the tree of `root`, and then those that were too far to the right.
    fn write_below(&mut self, root: usize) {
        let mut later = std::collections::VecDeque::from([root]);
        while let Some(root) = later.pop_front() {
            if self.written[root] {
                continue;
            }
            let top = Branch {
                group: root,
                first: String::new(),
                below: String::new(),
                order_only: false,
            };
            let mut pending = vec![top];
            while let Some(branch) = pending.pop() {
                let deep = branch.below.chars().count() >= MOST_INDENT;
                let postponed = deep && !self.needs[branch.group].is_empty();
                let seen = self.written[branch.group];
                if postponed && !seen && !later.contains(&branch.group) {
                    later.push_back(branch.group);
                }
                self.write_line(&branch, seen, postponed);
                if !seen && !postponed {
                    self.written[branch.group] = true;
                    self.push_dependencies(&branch, &mut pending);
                }
            }
        }
    }

    fn push_dependencies(&self, branch: &Branch, pending: &mut Vec<Branch>) {
        let needs = &self.needs[branch.group];
        let below = &branch.below;
        if let [(group, order_only)] = needs[..] {
            let (first, below) = (below.clone(), below.clone());
            pending.push(Branch { group, first, below, order_only });
            return;
        }
        // The last is pushed first: what was pushed last is written next.
        for (place, &(group, order_only)) in needs.iter().enumerate().rev() {
            let last = place + 1 == needs.len();
            let (fork, bar) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let (first, below) = (format!("{below}{fork}"), format!("{below}{bar}"));
            pending.push(Branch { group, first, below, order_only });
        }
    }

    fn write_line(&mut self, branch: &Branch, seen: bool, postponed: bool) {
        let index = branch.group;
        let group = &self.dressing.quotient.groups()[index];
        let mut text = printable(&group.name());
        if group.tasks() > 1 {
            text += &format!(" ×{}", grouped(group.tasks()));
        }
        if let Some(detail) = group.detail().map(printable).filter(|detail| !detail.is_empty()) {
            text += &format!(" {detail}");
        }
        let mut marks = String::new();
        if branch.order_only {
            marks += " (only waits for it)";
        }
        if let Some(note) = &self.dressing.notes[index] {
            marks += &format!(", {note}");
        }
        if !matches!(group.state(), TaskState::Waiting) {
            marks += &format!(", {}", tooltip::name(group.state()));
        }
        if self.dressing.critical_groups[index] {
            marks += " *";
        }
        if self.needed_by[index] > 1 || postponed || self.number[index].is_some() {
            let next = self.numbers + 1;
            let number = *self.number[index].get_or_insert(next);
            self.numbers = self.numbers.max(number);
            marks += &format!(" [{number}]");
        }
        if seen && !self.needs[index].is_empty() {
            marks += " see above";
        } else if postponed {
            marks += " see below";
        }
        let room =
            MOST_COLUMNS.saturating_sub(branch.first.chars().count() + marks.chars().count());
        self.lines.push(format!("{}{}{marks}", branch.first, self.cut(&text, room)));
    }

    /// The beginning of `text` that fits so many columns. A character outside the embedded font
    /// may be as wide as two.
    fn cut(&self, text: &str, columns: usize) -> String {
        let width = |character: char| if self.font.glyph(character).is_some() { 1 } else { 2 };
        if text.chars().map(width).sum::<usize>() <= columns {
            return text.to_owned();
        }
        let mut room = columns.saturating_sub(1);
        let fitting = text.chars().take_while(|&character| {
            let fits = width(character) <= room;
            room = room.saturating_sub(width(character));
            fits
        });
        fitting.chain(['…']).collect()
    }
}
