//! The tasks of a run in one order for its record: those of the main plan, and those that tasks have
//! made while it ran.

use std::{collections::HashMap, sync::Arc};

use graph_core::{
    __run::{Plan, Signature},
    Adjacency, TaskState,
};

use crate::{
    record::{entries::Entries, recorder::Notebook},
    run::dynamic::SegmentNotes,
    sync::lock,
};

/// The tasks of a run, numbered as in a plan, from the newest down; what a task has made counts as
/// older than the task, because it waits for that.
pub(super) struct RunTasks {
    pub(super) entries: Entries,
    /// Task → the tasks whose results it took.
    pub(super) dependencies: Adjacency,
    /// Edges without data, (before, after).
    pub(super) order_edges: Vec<(u32, u32)>,
    /// Number in the record → place, from the newest down; `None` when they are the same.
    places: Option<Vec<u32>>,
}

impl RunTasks {
    /// `idle` says who a task of the main plan is that has no notes, and its state.
    pub(super) fn new(
        main: &Plan,
        notebooks: Vec<Notebook>,
        segments: &[Arc<SegmentNotes>],
        idle: impl Fn(u32) -> (Signature, TaskState),
    ) -> Self {
        if segments.is_empty() {
            return RunTasks {
                entries: Entries::new(main.len(), notebooks, idle),
                dependencies: main.dependencies().clone(),
                order_edges: main.order_edges().to_vec(),
                places: None,
            };
        }
        let Edges { data, order } = Edges::new(main, segments);
        let ids = segments.iter().flat_map(|segment| &segment.ids);
        let count = ids.max().map_or(0, |&id| id as usize + 1).max(main.len());
        let places = Order::new(count, main.len(), &data, &order);
        let order_edges = places.kept(&order).into_iter().map(|(after, before)| (before, after));
        RunTasks {
            entries: places.entries(main.len(), notebooks, segments, idle),
            dependencies: Adjacency::from_edges(count, places.kept(&data)),
            order_edges: order_edges.collect(),
            places: Some(places.places),
        }
    }

    /// The index that a task has in the record, where the oldest comes first.
    pub(super) fn index(&self, id: u32) -> usize {
        let place = self.places.as_ref().map_or(id, |places| places[id as usize]);
        self.entries.len() - 1 - place as usize
    }
}

/// The edges of a run, as (task, what it waits for), by the numbers that tasks have in the record.
struct Edges {
    data: Vec<(u32, u32)>,
    order: Vec<(u32, u32)>,
}

impl Edges {
    fn new(main: &Plan, segments: &[Arc<SegmentNotes>]) -> Self {
        let mut data: Vec<(u32, u32)> = main.dependencies().edges().collect();
        let swapped = main.order_edges().iter().map(|&(before, after)| (after, before));
        let mut order: Vec<(u32, u32)> = swapped.collect();
        // What a task waited for before it made the tasks of a segment: those are begun after that.
        let mut awaited = HashMap::<u32, Vec<u32>>::new();
        for &(task, dependency) in &data {
            awaited.entry(task).or_default().push(dependency);
        }
        let mut known = main.len() as u32;
        for segment in segments {
            let id = |task: u32| segment.ids[task as usize];
            // The edges of tasks that were in an earlier plan are known.
            let is_new = |&(task, _): &(u32, u32)| task >= known;
            let inner = segment.dependencies.edges().map(|(task, other)| (id(task), id(other)));
            data.extend(inner.filter(is_new));
            let inner = segment.order_edges.iter();
            let inner = inner.map(|&(before, after)| (id(after), id(before)));
            order.extend(inner.filter(is_new));
            let outputs: Vec<u32> = segment.outputs.iter().map(|&output| id(output)).collect();
            let before = awaited.insert(segment.outer, outputs.clone()).unwrap_or_default();
            let is_source = |&task: &u32| segment.dependencies.neighbours(task).is_empty();
            let sources = (0..segment.ids.len() as u32).filter(is_source).map(id);
            for source in sources.filter(|&id| id >= known) {
                order.extend(before.iter().map(|&before| (source, before)));
            }
            data.extend(outputs.iter().map(|&output| (segment.outer, output)));
            for task in (0..segment.ids.len() as u32).filter(|&task| id(task) >= known) {
                let needed = segment.dependencies.neighbours(task);
                awaited.insert(id(task), needed.iter().map(|&other| id(other)).collect());
            }
            known = segment.ids.iter().map(|&id| id + 1).fold(known, u32::max);
        }
        Edges { data, order }
    }
}

/// Where each task of a run comes in the order of its record.
struct Order {
    /// Number in the record → place, from the newest down.
    places: Vec<u32>,
}

impl Order {
    /// Puts every task after those it waits for, and tasks of the main plan in their order.
    fn new(count: usize, main: usize, data: &[(u32, u32)], order: &[(u32, u32)]) -> Self {
        let edges = data.iter().chain(order).copied();
        let waits_for = Adjacency::from_edges(count, edges);
        let mut places = vec![0; count];
        let mut is_met = vec![false; count];
        let mut oldest = count as u32;
        let mut open: Vec<(u32, usize)> = Vec::new();
        // A plan begins with the newest task.
        for start in (0..main as u32).rev().chain(main as u32..count as u32) {
            if std::mem::replace(&mut is_met[start as usize], true) {
                continue;
            }
            open.push((start, 0));
            while let Some((task, next)) = open.last_mut() {
                let Some(&other) = waits_for.neighbours(*task).get(*next) else {
                    oldest -= 1;
                    places[*task as usize] = oldest;
                    open.pop();
                    continue;
                };
                *next += 1;
                if !std::mem::replace(&mut is_met[other as usize], true) {
                    open.push((other, 0));
                }
            }
        }
        Order { places }
    }

    /// Edges by place. One that leads round in a circle, of tasks that never ended, is left out.
    fn kept(&self, edges: &[(u32, u32)]) -> Vec<(u32, u32)> {
        let place = |id: u32| self.places[id as usize];
        let placed = edges.iter().map(|&(task, other)| (place(task), place(other)));
        let mut kept: Vec<(u32, u32)> = placed.filter(|(task, other)| task < other).collect();
        kept.sort_unstable();
        kept
    }

    fn entries(
        &self,
        main: usize,
        mut notebooks: Vec<Notebook>,
        segments: &[Arc<SegmentNotes>],
        idle: impl Fn(u32) -> (Signature, TaskState),
    ) -> Entries {
        for notebook in &mut notebooks {
            for span in notebook.spans.iter_mut().chain(&mut notebook.earlier) {
                span.task = self.places[span.task as usize];
            }
            for (task, _) in &mut notebook.details {
                *task = self.places[*task as usize];
            }
            for (task, _) in &mut notebook.waits {
                *task = self.places[*task as usize];
            }
        }
        let mut ids = vec![0; self.places.len()];
        for (&place, id) in self.places.iter().zip(0..) {
            ids[place as usize] = id;
        }
        // The last note on a task that is in several segments counts.
        let mut notes = HashMap::new();
        for segment in segments {
            notes.extend(segment.ids.iter().zip(0..).map(|(&id, task)| (id, (segment, task))));
        }
        Entries::new(self.places.len(), notebooks, |place| {
            let id = ids[place as usize];
            if (id as usize) < main {
                return idle(id);
            }
            let (segment, task): &(&Arc<SegmentNotes>, usize) = &notes[&id];
            (segment.signatures[*task].clone(), lock(&segment.states)[*task])
        })
    }
}
