//! The lesson, cell by cell: Dask's `delayed` notebook, in Rust.
//!
//! `cargo run -p graph-exec --example lesson` prints the code of each cell, what it gives, how long it
//! took, and how long the notebook took. The pictures are written to `target/lesson/`.
//! `tests/lesson.rs` pins the results.

use std::{
    error::Error,
    fs,
    path::Path,
    process::Command,
    sync::OnceLock,
    thread,
    time::{Duration, Instant},
};

use graph_exec::prelude::*;

/// How long the lesson's slow functions take: a second, so that the difference can be seen.
pub(crate) static SECOND: OnceLock<Duration> = OnceLock::new();

fn sleep() {
    thread::sleep(*SECOND.get_or_init(|| Duration::from_secs(1)));
}

/// The notebook's functions, as another crate might have them: nothing says that they can be delayed.
mod plain {
    pub(super) fn slowinc(x: i64) -> i64 {
        super::sleep();
        x + 1
    }

    pub(super) fn slowadd(x: i64, y: i64) -> i64 {
        super::sleep();
        x + y
    }
}

/// The same functions, decorated (cell 1.5).
#[delayed]
fn slowinc(x: i64) -> i64 {
    sleep();
    x + 1
}

#[delayed]
fn slowadd(x: i64, y: i64) -> i64 {
    sleep();
    x + y
}

#[delayed]
fn half(x: i64) -> i64 {
    sleep();
    x / 2
}

#[delayed]
fn odd_process(x: i64) -> i64 {
    sleep();
    3 * x + 1
}

#[delayed]
fn sum(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

fn is_even(x: i64) -> bool {
    x % 2 == 0
}

/// The numbers of cell 1.6.
const DATA: [i64; 8] = [15, 22, 53, 95, 67, 48, 75, 49];

/// What a cell gave.
pub(crate) struct Row {
    pub(crate) cell: &'static str,
    pub(crate) result: String,
}

/// The cells so far, printed as they end.
#[derive(Default)]
struct Lesson(Vec<Row>);

impl Lesson {
    fn row<T: ToString>(
        &mut self,
        cell: &'static str,
        notebook: &str,
        code: &str,
        run: impl FnOnce() -> Result<T, Box<dyn Error>>,
    ) -> Result<(), Box<dyn Error>> {
        let begin = Instant::now();
        let result = run()?.to_string();
        let wall = begin.elapsed().as_secs_f64();
        println!("\n{cell:<26}{notebook:>26}{wall:>9.2} s   {result}");
        code.lines().for_each(|line| println!("    {}", line.trim()));
        self.0.push(Row { cell, result });
        Ok(())
    }
}

/// Runs a cell, and prints its code beside what it gives.
macro_rules! cell {
    ($lesson:ident, $cell:literal, $notebook:literal, $($code:tt)*) => {
        $lesson.row($cell, $notebook, &code(stringify!($($code)*)), || Ok({ $($code)* }))?
    };
}

/// Code as it was written, a statement a line.
fn code(tokens: &str) -> String {
    let line = tokens.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("; ", ";\n").replace(") } let", ") }\nlet").replace(") } results", ") }\nresults")
}

/// The lesson up to the stock data; pictures go to the folder.
pub(crate) fn cells(pictures: &Path) -> Result<Vec<Row>, Box<dyn Error>> {
    fs::create_dir_all(pictures)?;
    let two = Executor::builder().threads(2).build()?;
    let eight = Executor::builder().threads(8).build()?;
    let mut lesson = Lesson::default();
    println!("{:<26}{:>26}{:>11}   result", "cell", "in the notebook", "here");

    cell!(lesson, "1.1  plain calls", "3 s",
        let x = plain::slowinc(1);
        let y = plain::slowinc(2);
        plain::slowadd(x, y)
    );
    cell!(lesson, "1.2  delayed", "2 s",
        let x = defer!(plain::slowinc(1));
        let y = defer!(plain::slowinc(2));
        let z = defer!(plain::slowadd(x, y));
        two.compute(z)?
    );
    cell!(lesson, "1.3  visualize", "crashed: no Graphviz",
        let z = slowadd(slowinc(1), slowinc(2));
        z.visualize(pictures.join("three-calls.svg"))?;
        pictures.join("three-calls.svg").display().to_string()
    );
    cell!(lesson, "1.4  a loop", "8 s",
        let mut results = Vec::new();
        for x in 0..8 { results.push(plain::slowinc(x)) }
        results.iter().sum::<i64>()
    );
    cell!(lesson, "8.1  the loop, delayed", "4 s",
        let mut results = Vec::new();
        for x in 0..8 { results.push(slowinc(x)) }
        let total = sum(results);
        total.visualize(pictures.join("eight-calls.svg"))?;
        two.compute(total)?
    );
    cell!(lesson, "     on 8 threads", "",
        let total = sum((0..8).map(slowinc).collect::<Vec<_>>());
        eight.compute(total)?
    );
    cell!(lesson, "     what the run says", "",
        let total = sum((0..8).map(slowinc).collect::<Vec<_>>());
        two.run(total)?.record().verdict()
    );
    cell!(lesson, "1.5  decorated functions", "2 s",
        let x = slowinc(1);
        let y = slowinc(2);
        let z = slowadd(x, y);
        two.compute(z)?
    );
    cell!(lesson, "1.6, 8.2  branches", "",
        let branch = |x| if is_even(x) { half(x) } else { odd_process(x) };
        let total = sum(DATA.map(branch));
        total.visualize(pictures.join("branches.svg"))?;
        two.compute(total)?
    );
    Ok(lesson.0)
}

#[allow(dead_code, reason = "the test runs the cells alone")]
fn main() -> Result<(), Box<dyn Error>> {
    let rows = cells(Path::new("target/lesson"))?;
    let result =
        |cell: &str| rows.iter().find(|row| row.cell.starts_with(cell)).map(|row| &row.result);
    assert_eq!(result("1.2"), result("1.1"), "delayed calls give what plain calls give");
    assert_eq!(result("8.1"), result("1.4"), "and so does the loop");
    println!(
        "\n8.3  stock data: JSON to HDF5; in the notebook 9.99 s wall for 11.1 s CPU: not really faster"
    );
    // The converter is an application of its own, built on this library. It lists what it has written, and
    // answers the question.
    let converted = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "stock-convert", "--", "--force"])
        .status()?;
    if !converted.success() {
        return Err(format!("the conversion ended with {converted}").into());
    }
    Ok(())
}
