//! Prints what a task costs: time to build, run and drop a graph, and memory, next to others.
//!
//! Each row is measured in a process of its own, so that peaks of memory do not mix.

use std::{collections::HashMap, io};

use benches::{
    overhead::{
        library::Who,
        measure,
        pairs::{Competitor, PairRow},
        process::Program,
        row::{Key, Measurement, Row, Setting},
        shapes::Shape,
    },
    peers,
};
use clap::{Parser, ValueEnum};
use serde::Serialize;

/// The smallest size at which every shape differs from the others.
const SMALLEST: usize = 4;
/// The sizes of the whole table.
const SIZES: [usize; 7] = [10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Measures the overhead per task.
///
/// oneTBB is compiled with `c++` when its headers are there (`libtbb-dev`), and Dask is run by the
/// `python3` on the path when that can import it; otherwise their rows say why they are skipped. A
/// row is stopped at 20 s or 8 GiB, and that library is not tried on larger graphs of the shape.
#[derive(Parser)]
struct Options {
    /// The whole table: 10 to 10 000 000 tasks, on 1 and on 2 threads; takes a quarter of an hour.
    #[arg(long, conflicts_with_all = ["tasks", "threads"])]
    all: bool,
    /// Size of the graphs, in nodes; may be given several times.
    #[arg(long, value_name = "N", default_values_t = [100_000], value_parser = at_least::<SMALLEST>)]
    tasks: Vec<usize>,
    /// Number of workers; may be given several times.
    #[arg(long, value_name = "N", default_values_t = [1, 2], value_parser = at_least::<1>)]
    threads: Vec<usize>,
    /// Only this library; may be given several times.
    #[arg(long, value_name = "NAME")]
    who: Vec<Who>,
    /// Only this shape; may be given several times.
    #[arg(long, value_name = "NAME")]
    shape: Vec<Shape>,
    /// Repetitions that the medians are of; with `--against` the number of pairs.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = at_least::<1>)]
    repeat: usize,
    /// Ratios instead of costs: `--who` (if not said, `ours`) and this one take turns; may be
    /// given several times.
    ///
    /// It is a library's name, or a command that is called with `--shape NAME --tasks N --threads N
    /// --repeat N` and prints a row as `--json` does, for instance another version of this program:
    /// `--against '../before/target/release/overhead --who ours --json'`. The fields that count
    /// are `tasks`, `build_ns`, `run_ns`, `drop_ns`, `bytes_per_task` and `rounds`; a field
    /// `result`, the last node's, is checked when it is there.
    #[arg(long, value_name = "NAME|COMMAND")]
    against: Vec<String>,
    /// One JSON object a row instead of a table.
    #[arg(long)]
    json: bool,
    /// Measures the first row in this very process, and prints it as JSON.
    #[arg(long, hide = true)]
    row: bool,
}

fn at_least<const LEAST: usize>(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if number >= LEAST => Ok(number),
        Ok(_) => Err(format!("the least is {LEAST}")),
        Err(error) => Err(format!("{error}")),
    }
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    if options.row {
        measure_here(&options)
    } else if options.against.is_empty() {
        print_costs(&options)
    } else {
        print_ratios(&options)
    }
}

impl Options {
    /// The shapes that were chosen, or all.
    fn shapes(&self) -> &[Shape] {
        if self.shape.is_empty() { &Shape::ALL } else { &self.shape }
    }

    /// The libraries that were chosen, or `otherwise`.
    fn who<'a>(&'a self, otherwise: &'a [Who]) -> &'a [Who] {
        if self.who.is_empty() { otherwise } else { &self.who }
    }

    /// The graphs to measure: each shape in each size.
    fn graphs(&self) -> impl Iterator<Item = (Shape, usize)> {
        let sizes = if self.all { &SIZES } else { &self.tasks[..] };
        sizes.iter().flat_map(|&size| self.shapes().iter().map(move |&shape| (shape, size)))
    }

    fn threads(&self, who: Who) -> &[usize] {
        if who.is_serial() { &[1] } else { &self.threads }
    }

    fn print(&self, row: &(impl Serialize + std::fmt::Display)) -> io::Result<()> {
        if self.json {
            print_json(row)?;
        } else {
            println!("{row}");
        }
        Ok(())
    }
}

fn print_json(row: &impl Serialize) -> io::Result<()> {
    println!("{}", serde_json::to_string(row)?);
    Ok(())
}

/// Measures one row in this process.
fn measure_here(options: &Options) -> io::Result<()> {
    for (shape, size) in options.graphs().take(1) {
        let who = options.who(&Who::ALL)[0];
        let setting = Setting { shape, size, threads: options.threads(who)[0] };
        let library = peers::start(who, setting.threads);
        let library = library.expect("only libraries of this language are measured here");
        let cost = measure::cost(who, &*library, &setting, options.repeat);
        print_json(&Row {
            key: Key::new(who, &setting),
            measurement: Measurement::Measured(cost),
        })?;
    }
    Ok(())
}

fn print_costs(options: &Options) -> io::Result<()> {
    if !options.json {
        println!("{}", Row::HEADER);
    }
    let mut stopped_rows = StoppedRows::default();
    for (shape, size) in options.graphs() {
        for &who in options.who(&Who::ALL) {
            for &threads in options.threads(who) {
                let setting = Setting { shape, size, threads };
                let measurement =
                    match (stopped_rows.reason_to_skip(who, &setting), peers::program(who)) {
                        (Some(reason), _) => Measurement::skipped(reason),
                        (None, Err(unavailable)) => Measurement::skipped(unavailable),
                        (None, Ok(program)) => program.measure(&setting, options.repeat)?,
                    };
                stopped_rows.add(who, &setting, &measurement);
                options.print(&Row { key: Key::new(who, &setting), measurement })?;
            }
        }
    }
    Ok(())
}

/// Library, shape and number of threads of rows that were stopped → their size, and why.
#[derive(Default)]
struct StoppedRows(HashMap<(Who, Shape, usize), (usize, String)>);

impl StoppedRows {
    fn add(&mut self, who: Who, setting: &Setting, measurement: &Measurement) {
        if let Measurement::Stopped { stopped } = measurement {
            let Setting { shape, size, threads } = *setting;
            self.0.entry((who, shape, threads)).or_insert_with(|| (size, stopped.clone()));
        }
    }

    /// Why a row in this setting is not measured; `None` when it is.
    fn reason_to_skip(&self, who: Who, setting: &Setting) -> Option<String> {
        let (size, reason) = self.0.get(&(who, setting.shape, setting.threads))?;
        (setting.size >= *size).then(|| format!("with {size} tasks it {reason}"))
    }
}

fn print_ratios(options: &Options) -> io::Result<()> {
    if !options.json {
        println!("{}", PairRow::HEADER);
    }
    for other in &options.against {
        let program = match Who::from_str(other, false) {
            Ok(who) => peers::program(who),
            Err(_) => Ok(Program::from_shell(other)),
        };
        let other = Competitor { name: other.clone(), program };
        for (shape, size) in options.graphs() {
            for &who in options.who(&[Who::Ours]) {
                let one = Competitor { name: who.name().to_owned(), program: peers::program(who) };
                for &threads in options.threads(who) {
                    let setting = Setting { shape, size, threads };
                    options.print(&PairRow::measure(&one, &other, &setting, options.repeat)?)?;
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_that_was_stopped_is_not_tried_on_larger_graphs_of_the_shape() {
        let setting = |shape, size, threads| Setting { shape, size, threads };
        let stopped = setting(Shape::Chain, 1000, 2);
        let mut stopped_rows = StoppedRows::default();
        stopped_rows.add(Who::Dask, &stopped, &Measurement::stopped("takes more than 20 s"));
        stopped_rows.add(Who::Ours, &stopped, &Measurement::skipped("not stopped"));

        let larger = setting(Shape::Chain, 10_000, 2);
        let reason = stopped_rows.reason_to_skip(Who::Dask, &larger).unwrap();
        assert_eq!(reason, "with 1000 tasks it takes more than 20 s");
        assert_eq!(stopped_rows.reason_to_skip(Who::Dask, &setting(Shape::Chain, 100, 2)), None);
        assert_eq!(stopped_rows.reason_to_skip(Who::Dask, &setting(Shape::Chain, 10_000, 1)), None);
        assert_eq!(stopped_rows.reason_to_skip(Who::Dask, &setting(Shape::Tree, 10_000, 2)), None);
        assert_eq!(stopped_rows.reason_to_skip(Who::Ours, &larger), None);
    }
}
