//! Time and memory of building, running and dropping a graph.

use std::{
    fs,
    time::{Duration, Instant},
};

use crate::overhead::{
    library::{Library, Round, Who},
    row::{Cost, Setting},
};

/// No repetition of a row begins after this time; a slow library gets fewer of them.
const REPEATING: Duration = Duration::from_secs(5);

/// Small graphs are repeated for so long at least, so that the medians are of a program that has warmed up:
/// the first dozens of rounds take several times as long, whatever the library.
const WARM: Duration = Duration::from_millis(100);

/// Measures one row in this process, which must have measured nothing before: peaks of memory
/// cannot be reset.
///
/// The first round is checked against [`Shape::expected`](super::shapes::Shape::expected) and gives the memory. It also warms up the
/// library, so its times count only when it is so slow that there is no time for a second round.
///
/// # Panics
/// When the library's result is wrong.
///
/// [`Shape::expected`]: crate::overhead::shapes::Shape::expected
pub fn cost(who: Who, library: &dyn Library, setting: &Setting, repeat: usize) -> Cost {
    let Setting { shape, size, .. } = *setting;
    let tasks = shape.tasks(size) as f64;
    let before = resident_bytes();
    let started = Instant::now();
    let first = library.round(shape, size);
    let grown = peak_bytes().saturating_sub(before);
    assert_eq!(first.result, shape.expected(size), "{} is wrong", who.name());

    let mut rounds = Vec::with_capacity(repeat);
    let may_go_on = |rounds: usize| {
        let elapsed = started.elapsed();
        elapsed < WARM || (rounds < repeat && elapsed < REPEATING)
    };
    while may_go_on(rounds.len()) {
        rounds.push(library.round(shape, size));
    }
    if rounds.is_empty() {
        rounds.push(first);
    }
    let per_task = |part: fn(&Round) -> Duration| {
        let mut times: Vec<f64> =
            rounds.iter().map(|round| part(round).as_nanos() as f64).collect();
        tenths(median(&mut times) / tasks)
    };
    Cost {
        build_ns: per_task(|round| round.build),
        run_ns: per_task(|round| round.run),
        drop_ns: per_task(|round| round.drop),
        bytes_per_task: tenths(grown as f64 / tasks),
        rounds: rounds.len(),
    }
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Sorts the numbers; returns the middle one, or the mean of the two in the middle.
pub fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let (low, high) = ((numbers.len() - 1) / 2, numbers.len() / 2);
    (numbers[low] + numbers[high]) / 2.0
}

/// The resident memory of this process now, in bytes.
fn resident_bytes() -> u64 {
    status_bytes("self", "VmRSS:").expect("/proc/self/status says VmRSS")
}

/// The most resident memory that this process has ever had, in bytes.
fn peak_bytes() -> u64 {
    status_bytes("self", "VmHWM:").expect("/proc/self/status says VmHWM")
}

/// The most resident memory that another process has ever had, in bytes; `None` once it has ended.
pub fn peak_bytes_of(process: u32) -> Option<u64> {
    status_bytes(&process.to_string(), "VmHWM:")
}

fn status_bytes(process: &str, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_whatever_the_order() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn peak_is_at_least_what_is_resident() {
        let resident = resident_bytes();
        assert!(resident > 0 && peak_bytes() >= resident);
    }
}
