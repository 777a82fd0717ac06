//! How every group and edge of a quotient looks in all formats: colours, outlines and texts.

pub(super) mod colours;
pub(super) mod font;
pub(super) mod legend;
pub(super) mod palette;
pub(super) mod tooltip;
mod totals;

use std::time::Duration;

use crate::format::{self, grouped};
use crate::graph::dot::paint::{self, NEUTRAL, Paint, Palette};
use crate::graph::{Edge, Graph};
use crate::task::state::TaskState;

use super::collapse::group::Group;
use super::collapse::quotient::Quotient;
use super::layout::direction::Direction;
use super::measured::Measured;
use super::options::ColourBy;
use legend::Legend;
use palette::Ramp;
use totals::Totals;

/// A quotient and how its groups and edges look.
#[derive(Debug)]
pub(super) struct Style<'q, 'g> {
    pub(super) quotient: &'q Quotient<'g>,
    pub(super) direction: Direction,
    /// Group → its colours.
    pub(super) paints: Vec<Paint>,
    /// Group → the text that a reader sees when the pointer rests on it.
    pub(super) tooltips: Vec<String>,
    /// Group → the measured time of its tasks as text; `None` where nothing was measured.
    pub(super) times: Vec<Option<String>>,
    /// Group → whether a task of it is on the critical path.
    pub(super) critical_groups: Vec<bool>,
    /// Edge → whether the critical path goes along it.
    pub(super) critical_edges: Vec<bool>,
    /// `None` when the picture has no legend.
    pub(super) legend: Option<Legend>,
}

impl<'q, 'g> Style<'q, 'g> {
    /// Makes the style with a colour per function, nothing measured and no legend.
    pub(super) fn plain(quotient: &'q Quotient<'g>) -> Self {
        let groups = quotient.groups();
        let mut colours = Palette::default();
        Style {
            quotient,
            direction: Direction::Automatic,
            paints: groups.iter().map(|group| colours.paint(group.function())).collect(),
            tooltips: groups.iter().map(tooltip::of_group).collect(),
            times: vec![None; groups.len()],
            critical_groups: vec![false; groups.len()],
            critical_edges: vec![false; quotient.edges().len()],
            legend: None,
        }
    }

    /// Makes the style that the user asked for. `graph` is the one that the quotient was made of.
    pub(super) fn new(
        quotient: &'q Quotient<'g>,
        graph: &Graph,
        colour_by: ColourBy,
        measured: Option<&Measured>,
    ) -> Self {
        let mut style = Style::plain(quotient);
        let totals = measured.map(|measured| totals::per_group(quotient, measured));
        if let Some(totals) = &totals {
            style.add_measured(totals);
        }
        if let Some(measured) = measured {
            style.outline_critical_path(graph, measured);
        }
        let mut legend = style.colour(graph, colour_by, totals.as_deref().unwrap_or_default());
        legend.critical_path = style.critical_groups.contains(&true);
        style.legend = Some(legend);
        style
    }

    /// Adds the measured totals to times and tooltips.
    fn add_measured(&mut self, totals: &[Totals]) {
        for (group, totals) in totals.iter().enumerate() {
            let lines = totals.lines();
            self.times[group] = totals.time.map(format::time);
            for line in lines {
                self.tooltips[group].push('\n');
                self.tooltips[group].push_str(&line);
            }
        }
    }

    /// Marks the groups and edges on the critical path.
    ///
    /// The path goes from each of its tasks to the next one, so an edge between two of its tasks
    /// that skips a third one is not on it.
    fn outline_critical_path(&mut self, graph: &Graph, measured: &Measured) {
        let on_path = |node: usize| measured.get(node).is_some_and(|task| task.on_critical_path);
        let group_of = self.quotient.groups_of_tasks();
        let mut step = vec![0usize; graph.len()];
        let mut place = vec![0; graph.len()];
        for (number, node) in graph.order().into_iter().enumerate() {
            place[node] = number;
        }
        let mut edges: Vec<&Edge> =
            graph.edges().iter().filter(|edge| on_path(edge.from) && on_path(edge.to)).collect();
        edges.sort_by_key(|edge| place[edge.from]);
        for edge in &edges {
            step[edge.to] = step[edge.to].max(step[edge.from] + 1);
        }
        for node in (0..graph.len()).filter(|&node| on_path(node)) {
            let group = group_of[node];
            if !std::mem::replace(&mut self.critical_groups[group], true) {
                self.tooltips[group].push_str("\non the critical path");
            }
        }
        for edge in edges.into_iter().filter(|edge| step[edge.to] == step[edge.from] + 1) {
            let (from, to) = (group_of[edge.from], group_of[edge.to]);
            // The quotient's edges are sorted by dependent, then by dependency.
            let place = self
                .quotient
                .edges()
                .binary_search_by_key(&(to, from), |edge| (edge.to, edge.from));
            if let Ok(place) = place {
                self.critical_edges[place] = true;
            }
        }
    }

    /// Colours the groups and returns the legend.
    fn colour(&mut self, graph: &Graph, colour_by: ColourBy, totals: &[Totals]) -> Legend {
        let groups = self.quotient.groups();
        match colour_by {
            ColourBy::Function => {
                let named =
                    |(group, &paint): (&Group<'_>, &Paint)| (group.name().into_owned(), paint);
                Legend::from_categories("function", groups.iter().zip(&self.paints).map(named))
            }
            ColourBy::State => {
                self.paints = groups.iter().map(|group| palette::state(group.state())).collect();
                let mut present: Vec<TaskState> = groups.iter().map(Group::state).collect();
                present.sort_unstable_by_key(|&state| state as u8);
                let named = |state: TaskState| (state.name().to_owned(), palette::state(state));
                Legend::from_categories("state", present.into_iter().map(named))
            }
            ColourBy::Worker => {
                let worker = |group: usize| totals.get(group).and_then(|totals| totals.worker);
                let mut present: Vec<usize> = (0..groups.len()).filter_map(worker).collect();
                self.paints = (0..groups.len())
                    .map(|group| worker(group).map_or(NEUTRAL, paint::category))
                    .collect();
                present.sort_unstable();
                present.dedup();
                Legend::from_workers(&present, self.paints.contains(&NEUTRAL))
            }
            ColourBy::Order => {
                let mut first = vec![usize::MAX; groups.len()];
                for (place, node) in graph.order().into_iter().enumerate() {
                    let first = &mut first[self.quotient.groups_of_tasks()[node]];
                    *first = place.min(*first);
                }
                let values = first.into_iter().map(|place| Some(place as f64)).collect();
                self.scale("order", palette::ORDER, values, |place| grouped(place as usize + 1))
            }
            ColourBy::Time => {
                let seconds = |totals: &Totals| totals.time.map(|time| time.as_secs_f64());
                let values = (0..groups.len()).map(|group| totals.get(group).and_then(seconds));
                let title = self.title("time");
                self.scale(&title, palette::TIME, values.collect(), |seconds| {
                    format::time(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
                })
            }
            ColourBy::Bytes => {
                let size = |totals: &Totals| totals.bytes.map(|bytes| bytes as f64);
                let values = (0..groups.len()).map(|group| totals.get(group).and_then(size));
                let title = self.title("result");
                self.scale(&title, palette::BYTES, values.collect(), |bytes| {
                    format::bytes(bytes as u64)
                })
            }
        }
    }

    /// Returns the title of a legend for values that are added up per group.
    fn title(&self, what: &str) -> String {
        if self.quotient.is_collapsed() {
            format!("{what}, added up per box")
        } else {
            what.to_owned()
        }
    }

    /// Colours the groups from light for 0 to dark for the greatest value, and returns the legend.
    fn scale(
        &mut self,
        title: &str,
        ramp: Ramp,
        values: Vec<Option<f64>>,
        label: impl Fn(f64) -> String,
    ) -> Legend {
        let most = values.iter().flatten().copied().fold(0.0, f64::max);
        let share = |value: f64| if most > 0.0 { value / most } else { 0.0 };
        self.paints = values
            .iter()
            .map(|value| value.map_or(NEUTRAL, |value| ramp.at(share(value))))
            .collect();
        Legend::from_scale(title, ramp, label(0.0), label(most), values.contains(&None))
    }
}
