//! Compares two programs on a noisy machine: they take turns, and each measurement of the one is
//! compared with the measurement of the other that follows it.

use std::{fmt, io};

use serde::Serialize;

use crate::overhead::{
    measure::median,
    process::{Program, Unavailable},
    row::{Cost, Measurement, Setting},
    shapes::Shape,
};

/// How many rounds a program is asked for each time that it is its turn.
const ROUNDS: usize = 3;

/// The times and memory of two programs, as medians of all pairs, and their ratio.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Ratio {
    /// Nanoseconds per task that the first program takes to build, run and drop the graph.
    pub total_ns: f64,
    /// The same time of the second program.
    pub against_total_ns: f64,
    /// Bytes per task by which the first program grows.
    pub bytes_per_task: f64,
    /// The same growth of the second program.
    pub against_bytes_per_task: f64,
    /// Median of the ratios of the pairs: time of the first program ÷ time of the second.
    pub ratio: f64,
    /// Ratio of the pair that was best for the first program.
    pub ratio_min: f64,
    /// Ratio of the pair that was worst for the first program.
    pub ratio_max: f64,
    /// Number of pairs.
    pub pairs: usize,
}

/// The result of a comparison.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Compared {
    /// Both programs were measured.
    Measured(Ratio),
    /// One of the two could not be measured.
    Stopped {
        /// Which program, and why.
        stopped: String,
    },
}

/// One row of ratios; its [`Display`](fmt::Display) is aligned under [`PairRow::HEADER`].
#[derive(Debug, Clone, Serialize)]
pub struct PairRow {
    /// The name of the first program.
    pub who: String,
    /// The name of the second program.
    pub against: String,
    /// The shape of the graph.
    pub shape: Shape,
    /// The number of nodes that the shape has.
    pub tasks: usize,
    /// The number of workers.
    pub threads: usize,
    /// The result, or why there is none.
    #[serde(flatten)]
    pub compared: Compared,
}

/// A program under its name in the table.
#[derive(Debug)]
pub struct Competitor {
    /// The name.
    pub name: String,
    /// The program that measures, or why there is none.
    pub program: Result<Program, Unavailable>,
}

impl PairRow {
    /// The head of the table: what the columns mean, and their names.
    pub const HEADER: &str = "\
# Build + run + drop, nanoseconds per task, in turns and in new processes. The ratio is the
# median of the ratios of the pairs, `min` and `max` are the best and the worst pair.
who           shape          tasks threads    total  against    ratio      min      max pairs against";

    /// Measures the two programs in turns, `pairs` times each.
    ///
    /// # Errors
    /// When a program cannot be started or watched.
    pub fn measure(
        one: &Competitor,
        other: &Competitor,
        setting: &Setting,
        pairs: usize,
    ) -> io::Result<Self> {
        let mut costs = Vec::with_capacity(pairs);
        let mut stopped = None;
        while costs.len() < pairs && stopped.is_none() {
            match (one.measure(setting)?, other.measure(setting)?) {
                (Ok(one), Ok(other)) => costs.push((one, other)),
                (Err(reason), _) | (_, Err(reason)) => stopped = Some(reason),
            }
        }
        let compared = match stopped {
            Some(stopped) => Compared::Stopped { stopped },
            None => Compared::Measured(Ratio::from_pairs(&costs)),
        };
        let Setting { shape, size, threads } = *setting;
        let (who, against) = (one.name.clone(), other.name.clone());
        Ok(PairRow { who, against, shape, tasks: shape.tasks(size), threads, compared })
    }
}

impl Competitor {
    fn measure(&self, setting: &Setting) -> io::Result<Result<Cost, String>> {
        let measurement = match &self.program {
            Ok(program) => program.measure(setting, ROUNDS)?,
            Err(unavailable) => Measurement::skipped(unavailable),
        };
        Ok(match measurement {
            Measurement::Measured(cost) => Ok(cost),
            Measurement::Stopped { stopped: reason } | Measurement::Skipped { skipped: reason } => {
                Err(format!("{}: {reason}", self.name))
            }
        })
    }
}

impl Ratio {
    fn from_pairs(pairs: &[(Cost, Cost)]) -> Self {
        let median_of = |part: fn(&(Cost, Cost)) -> f64| {
            let mut numbers: Vec<f64> = pairs.iter().map(part).collect();
            median(&mut numbers)
        };
        let ratios = || pairs.iter().map(|(one, other)| one.total_ns() / other.total_ns());
        Ratio {
            total_ns: median_of(|(one, _)| one.total_ns()),
            against_total_ns: median_of(|(_, other)| other.total_ns()),
            bytes_per_task: median_of(|(one, _)| one.bytes_per_task),
            against_bytes_per_task: median_of(|(_, other)| other.bytes_per_task),
            ratio: median(&mut ratios().collect::<Vec<_>>()),
            ratio_min: ratios().fold(f64::INFINITY, f64::min),
            ratio_max: ratios().fold(0.0, f64::max),
            pairs: pairs.len(),
        }
    }
}

impl fmt::Display for PairRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PairRow { who, against, shape, tasks, threads, compared } = self;
        write!(f, "{who:13} {:11} {tasks:8} {threads:7} ", shape.name())?;
        match compared {
            Compared::Measured(ratio) => write!(
                f,
                "{:8.1} {:8.1} {:8.3} {:8.3} {:8.3} {:5} {against}",
                ratio.total_ns,
                ratio.against_total_ns,
                ratio.ratio,
                ratio.ratio_min,
                ratio.ratio_max,
                ratio.pairs,
            ),
            Compared::Stopped { stopped } => write!(f, "stopped: {stopped}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(run_ns: f64) -> Cost {
        Cost { build_ns: 1.0, run_ns, drop_ns: 1.0, bytes_per_task: 100.0, rounds: 3 }
    }

    #[test]
    fn ratio_is_the_median_of_pairs_and_not_the_ratio_of_medians() {
        // Ratios 0.5, 0.25 and 2; the medians are 10 and 12.
        let pairs = [(4.0, 10.0), (8.0, 38.0), (22.0, 10.0)];
        let ratio = Ratio::from_pairs(&pairs.map(|(one, other)| (cost(one), cost(other))));
        assert_eq!((ratio.ratio, ratio.ratio_min, ratio.ratio_max), (0.5, 0.25, 2.0));
        assert_eq!((ratio.total_ns, ratio.against_total_ns, ratio.pairs), (10.0, 12.0, 3));
    }

    fn competitor(name: &str, command: &str) -> Competitor {
        Competitor { name: name.to_owned(), program: Ok(Program::from_shell(command)) }
    }

    #[test]
    fn programs_take_turns_and_the_one_that_stops_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let turns = folder.path().join("turns");
        // Prints `run_ns` and notes its name.
        let program = |name: &str, run_ns: u32| {
            let script = format!(
                r#"sh -c 'printf {name} >> {}; printf "{{\"tasks\":10,\"build_ns\":0,\"run_ns\":{run_ns},\
                   \"drop_ns\":0,\"bytes_per_task\":1,\"rounds\":1}}"'"#,
                turns.display()
            );
            competitor(name, &script)
        };
        let setting = Setting { shape: Shape::Chain, size: 10, threads: 1 };
        let row = PairRow::measure(&program("a", 10), &program("b", 40), &setting, 3).unwrap();
        let Compared::Measured(ratio) = row.compared else { panic!("{row:?}") };
        assert_eq!((ratio.ratio, ratio.pairs), (0.25, 3));
        assert_eq!(std::fs::read_to_string(&turns).unwrap(), "ababab");

        let row = PairRow::measure(&program("a", 10), &competitor("b", "false"), &setting, 3);
        let row = row.unwrap();
        assert!(row.to_string().ends_with("stopped: b: exit status: 1"), "{row}");
    }
}
