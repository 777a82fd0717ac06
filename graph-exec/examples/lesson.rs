//! The lesson, cell by cell: Dask's `delayed` notebook, in Rust.
//!
//! `cargo run -p graph-exec --example lesson` prints what each cell gives and how long it took,
//! beside what the notebook printed. The pictures are written to `target/lesson/`.

use std::{
    error::Error,
    fs,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, Instant},
};

use graph_exec::prelude::*;

/// What the notebook calls `inc`: slow, so that the difference can be seen.
fn inc(x: i64) -> i64 {
    sleep(Duration::from_secs(1));
    x + 1
}

fn add(x: i64, y: i64) -> i64 {
    sleep(Duration::from_secs(1));
    x + y
}

/// The same as decorated functions (cell 1.5).
#[delayed]
fn slowinc(x: i64) -> i64 {
    inc(x)
}

#[delayed]
fn slowadd(x: i64, y: i64) -> i64 {
    add(x, y)
}

#[delayed]
fn total(parts: &[i64]) -> i64 {
    parts.iter().sum()
}

#[delayed]
fn half(x: i64) -> i64 {
    sleep(Duration::from_secs(1));
    x / 2
}

#[delayed]
fn odd_process(x: i64) -> i64 {
    sleep(Duration::from_secs(1));
    2 * x + 10
}

fn is_even(x: i64) -> bool {
    x % 2 == 0
}

/// Runs a cell and prints its row.
fn cell<T>(
    name: &str,
    notebook: &str,
    run: impl FnOnce() -> Result<T, Box<dyn Error>>,
) -> Result<T, Box<dyn Error>>
where
    T: std::fmt::Display,
{
    let begin = Instant::now();
    let result = run()?;
    let wall = begin.elapsed();
    println!("{name:<34}  {notebook:<34}  {:>6.2} s  {result}", wall.as_secs_f64());
    Ok(result)
}

fn main() -> Result<(), Box<dyn Error>> {
    let pictures = Path::new("target/lesson");
    fs::create_dir_all(pictures)?;
    let two = Executor::builder().threads(2).build()?;
    let eight = Executor::builder().threads(8).build()?;
    println!("{:<34}  {:<34}  {:>8}  result", "cell", "in the notebook", "here");

    cell("1.1  plain calls", "3 s", || {
        let x = inc(1);
        let y = inc(2);
        Ok(add(x, y))
    })?;

    let three_calls = || {
        let x = defer!(inc(1));
        let y = defer!(inc(2));
        defer!(add(x, y))
    };
    let z = cell("1.2  delayed, on 2 threads", "2 s", || Ok(two.compute(three_calls())?))?;
    assert_eq!(z, 5);

    cell("1.3  visualize", "crashed: no Graphviz", || {
        let picture = pictures.join("three-calls.svg");
        three_calls().visualize(&picture)?;
        Ok(picture.display().to_string())
    })?;

    let data = 1..=8;
    cell("1.4  a loop of eight, plainly", "8 s", || Ok(data.clone().map(inc).sum::<i64>()))?;
    let eight_calls = || total((1..=8).map(slowinc).collect::<Vec<_>>());
    cell("8.1  the same, delayed, 2 threads", "4 s on two workers", || {
        eight_calls().visualize(pictures.join("eight-calls.svg"))?;
        Ok(two.compute(eight_calls())?)
    })?;
    cell("     on 8 threads", "", || Ok(eight.compute(eight_calls())?))?;
    cell("     what the run says, 2 threads", "", || {
        Ok(two.run(eight_calls())?.record().verdict())
    })?;

    cell("1.5  decorated functions", "2 s", || Ok(two.compute(slowadd(slowinc(1), slowinc(2)))?))?;

    let branches = || {
        let parts: Vec<Delayed<i64>> =
            (1..=8).map(|x| if is_even(x) { half(x) } else { odd_process(x) }).collect();
        total(parts)
    };
    let plainly: i64 = (1..=8).map(|x| if is_even(x) { x / 2 } else { 2 * x + 10 }).sum();
    let sum = cell("1.6, 8.2  branches while building", "", || {
        branches().visualize(pictures.join("branches.svg"))?;
        Ok(two.compute(branches())?)
    })?;
    assert_eq!(sum, plainly);

    println!("8.3  stock data: JSON to HDF5         9.99 s wall for 11.1 s CPU: not really faster");
    // The converter is an application of its own, built on this library.
    let converted = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "stock-convert", "--", "--force"])
        .status()?;
    if !converted.success() {
        return Err(format!("the conversion ended with {converted}").into());
    }
    Ok(())
}
