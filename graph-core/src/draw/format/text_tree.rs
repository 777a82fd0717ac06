//! Writes a graph as lines of text: a tree for each output, from it down to its dependencies.
//!
//! ```text
//! total
//! ├─ convert aapl.h5
//! │  ↑ read aapl.json        a single dependency is not indented: a chain goes straight down
//! └─ convert aig.h5
//!    ↑ read aig.json [1]     numbered, because another line refers to it
//!                            an empty line before the next tree
//! check
//! ↑ read aig.json [1]
//! ```

use crate::draw::style::Style;
use crate::draw::style::font::Font;
use crate::escape::printable;
use crate::format::{counted, grouped};
use crate::graph::EdgeKind;
use crate::task::state::TaskState;

/// The most columns of a line.
const MOST_COLUMNS: usize = 100;
/// The most columns before a text. Dependencies further to the right are written later, from the
/// left edge, and referred to by a number.
const MOST_INDENT: usize = 45;

/// Writes the groups as a tree. The dependencies of each group are written once.
pub(crate) fn write(style: &Style<'_, '_>) -> String {
    Tree::new(style).write()
}

struct Tree<'d, 'q, 'g> {
    style: &'d Style<'q, 'g>,
    font: Font,
    /// Group → its dependencies, and whether the edge is an order edge.
    dependencies: Vec<Vec<(usize, bool)>>,
    /// Group → the number of its dependents.
    dependents: Vec<usize>,
    /// Group → the number by which lines refer to it.
    number: Vec<Option<usize>>,
    /// The greatest of these numbers.
    numbers: usize,
    /// Group → whether it is written with its dependencies.
    written: Vec<bool>,
    /// The trees as lines of text; none is empty.
    trees: Vec<Vec<String>>,
}

/// A line that is still to be written.
struct Branch {
    group: usize,
    /// The text before the group on its line.
    first: String,
    /// The text before the groups on the lines below it.
    below: String,
    /// Whether it is reached by an order edge.
    order_only: bool,
}

impl<'d, 'q, 'g> Tree<'d, 'q, 'g> {
    fn new(style: &'d Style<'q, 'g>) -> Self {
        let groups = style.quotient.groups().len();
        let mut tree = Tree {
            style,
            font: Font::embedded(),
            dependencies: vec![Vec::new(); groups],
            dependents: vec![0; groups],
            number: vec![None; groups],
            numbers: 0,
            written: vec![false; groups],
            trees: Vec::new(),
        };
        for edge in style.quotient.edges() {
            tree.dependencies[edge.to].push((edge.from, edge.kind == EdgeKind::Order));
            tree.dependents[edge.from] += 1;
        }
        tree
    }

    fn write(mut self) -> String {
        let groups = self.dependencies.len();
        let roots: Vec<usize> = (0..groups).filter(|&group| self.dependents[group] == 0).collect();
        for root in roots {
            self.write_below(root);
        }
        let quotient = self.style.quotient;
        let mut head = match quotient.tasks() {
            0 => "an empty task graph".to_owned(),
            tasks => counted(tasks, "task"),
        };
        if quotient.is_collapsed() {
            head += &format!(", drawn as {}", counted(groups, "line"));
        }
        if groups > 0 {
            head += "; below each what it needs";
        }
        let mut text = head + "\n";
        if self.style.critical_groups.contains(&true) {
            text += "* on the critical path\n";
        }
        let mut was_long = false;
        for (place, tree) in self.trees.iter().enumerate() {
            // Only outputs that need nothing stand line below line.
            let is_long = tree.len() > 1;
            if place > 0 && (was_long || is_long) {
                text.push('\n');
            }
            was_long = is_long;
            for line in tree {
                text += line.trim_end();
                text.push('\n');
            }
        }
        text
    }

    /// Writes the tree of `root`, and then, as trees of their own, what was too far to the right.
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
            self.trees.push(Vec::new());
            let mut pending = vec![top];
            while let Some(branch) = pending.pop() {
                let deep = branch.below.chars().count() >= MOST_INDENT;
                let postponed = deep && !self.dependencies[branch.group].is_empty();
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

    /// Adds the branches of the dependencies to `pending`.
    fn push_dependencies(&self, branch: &Branch, pending: &mut Vec<Branch>) {
        let dependencies = &self.dependencies[branch.group];
        let below = &branch.below;
        if let [(group, order_only)] = dependencies[..] {
            let (first, below) = (format!("{below}↑ "), below.clone());
            pending.push(Branch { group, first, below, order_only });
            return;
        }
        // The last one is pushed first, because the one that is pushed last is written next.
        for (place, &(group, order_only)) in dependencies.iter().enumerate().rev() {
            let last = place + 1 == dependencies.len();
            let (fork, bar) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
            let (first, below) = (format!("{below}{fork}"), format!("{below}{bar}"));
            pending.push(Branch { group, first, below, order_only });
        }
    }

    fn write_line(&mut self, branch: &Branch, seen: bool, postponed: bool) {
        let index = branch.group;
        let group = &self.style.quotient.groups()[index];
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
        if group.is_output() && self.dependents[index] > 0 {
            marks += " (an output)";
        }
        if let Some(time) = &self.style.times[index] {
            marks += &format!(", {time}");
        }
        if !matches!(group.state(), TaskState::Waiting) {
            marks += &format!(", {}", group.state().name());
        }
        if self.style.critical_groups[index] {
            marks += " *";
        }
        if self.dependents[index] > 1 || postponed || self.number[index].is_some() {
            let next = self.numbers + 1;
            let number = *self.number[index].get_or_insert(next);
            self.numbers = self.numbers.max(number);
            marks += &format!(" [{number}]");
        }
        if seen && !self.dependencies[index].is_empty() {
            marks += " see above";
        } else if postponed {
            marks += " see below";
        }
        let room =
            MOST_COLUMNS.saturating_sub(branch.first.chars().count() + marks.chars().count());
        let line = format!("{}{}{marks}", branch.first, self.cut(&text, room));
        self.trees.last_mut().expect("a line is part of a tree").push(line);
    }

    /// Returns the beginning of `text` that fits into so many columns. A character that the
    /// embedded font does not have counts as two columns.
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
