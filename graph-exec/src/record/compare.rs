//! Two runs side by side: what became slower, and what became faster.

use std::{collections::HashMap, fmt, time::Duration};

use graph_core::__run::format::time;

use super::{by_function::FunctionRecord, run_record::RunRecord};

/// Two runs side by side. Made by [`RunRecord::compare`].
///
/// ```
/// use graph_exec::{Executor, prelude::*};
/// use std::{thread::sleep, time::Duration};
///
/// #[delayed]
/// fn step(milliseconds: u64) {
///     sleep(Duration::from_millis(milliseconds));
/// }
///
/// let before = Executor::serial().run(step(1))?.into_record();
/// let after = Executor::serial().run(step(20))?.into_record();
/// let comparison = after.compare(&before);
/// let [step] = &comparison.functions[..] else { unreachable!() };
/// assert!(step.change_seconds() > 0.0, "it became slower");
/// assert!(comparison.to_string().contains("step"));
/// # Ok::<(), graph_exec::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Comparison {
    /// Wall time of the earlier and of the later run.
    pub wall: [Duration; 2],
    /// Each function of either run, the one whose tasks together became slower by most first.
    pub functions: Vec<FunctionChange>,
}

/// A function in two runs.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FunctionChange {
    /// Path of the function.
    pub function: String,
    /// What its tasks took in the earlier run; `None` when none ran.
    pub before: Option<FunctionRecord>,
    /// What its tasks took in the later run; `None` when none ran.
    pub after: Option<FunctionRecord>,
}

impl FunctionChange {
    /// By how many seconds its tasks together became slower; negative when they became faster.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert_eq!(record.compare(&record).functions[0].change_seconds(), 0.0);
    /// ```
    pub fn change_seconds(&self) -> f64 {
        let total =
            |row: &Option<FunctionRecord>| row.as_ref().map_or(0.0, |row| row.total.as_secs_f64());
        total(&self.after) - total(&self.before)
    }
}

impl RunRecord {
    /// Compares the run with an earlier one: what became slower, function by function.
    ///
    /// Two saved reports can be compared too: open one, and give it the other.
    ///
    /// ```
    /// # use graph_exec::{Executor, prelude::*};
    /// # let record = Executor::serial().run(value(1)).unwrap().into_record();
    /// assert!(record.compare(&record).to_string().contains("value"));
    /// ```
    pub fn compare(&self, before: &RunRecord) -> Comparison {
        let mut changes: HashMap<String, FunctionChange> = HashMap::new();
        let change = |function: &str| FunctionChange {
            function: function.to_owned(),
            before: None,
            after: None,
        };
        for row in before.by_function() {
            let entry = changes.entry(row.function.clone());
            entry.or_insert_with_key(|function| change(function)).before = Some(row);
        }
        for row in self.by_function() {
            let entry = changes.entry(row.function.clone());
            entry.or_insert_with_key(|function| change(function)).after = Some(row);
        }
        let mut functions: Vec<FunctionChange> = changes.into_values().collect();
        functions.sort_by(|a, b| {
            let slower = b.change_seconds().total_cmp(&a.change_seconds());
            slower.then_with(|| a.function.cmp(&b.function))
        });
        Comparison { wall: [before.wall(), self.wall()], functions }
    }
}

impl fmt::Display for Comparison {
    /// A sentence, and a table by function.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [before, after] = self.wall.map(|wall| wall.as_secs_f64());
        let [wall_before, wall_after] = self.wall.map(time);
        write!(f, "{wall_after} instead of {wall_before}")?;
        if before > 0.0 && after > 0.0 {
            let (ratio, what) = match after > before {
                true => (after / before, "slower"),
                false => (before / after, "faster"),
            };
            write!(f, ": {ratio:.2}× {what}")?;
        }
        let widths = self.functions.iter().map(|row| row.function.chars().count());
        let width = widths.max().unwrap_or(0).max(8);
        write!(
            f,
            "\n{:width$} {:>11} {:>9} {:>9} {:>10} {:>10} {:>10} {:>10}",
            "function", "change", "tasks", "before", "total", "before", "median", "before"
        )?;
        for row in &self.functions {
            let seconds = row.change_seconds();
            let sign = if seconds < 0.0 { "−" } else { "+" };
            let change = format!("{sign}{}", time(Duration::from_secs_f64(seconds.abs())));
            let cell = |record: &Option<FunctionRecord>, text: fn(&FunctionRecord) -> String| {
                record.as_ref().map_or_else(|| "–".to_owned(), text)
            };
            let (now, then) = (&row.after, &row.before);
            write!(
                f,
                "\n{:width$} {change:>11} {:>9} {:>9} {:>10} {:>10} {:>10} {:>10}",
                row.function,
                cell(now, |row| row.count.to_string()),
                cell(then, |row| row.count.to_string()),
                cell(now, |row| time(row.total)),
                cell(then, |row| time(row.total)),
                cell(now, |row| time(row.median)),
                cell(then, |row| time(row.median)),
            )?;
        }
        Ok(())
    }
}
