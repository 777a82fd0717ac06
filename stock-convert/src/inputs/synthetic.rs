//! Generated prices, for tests and measurements: lines of the kind that the lesson converts.
//!
//! ```text
//! {"timestamp": "2013-07-23 09:00:00", "close": 63.9, "high": 63.95, "low": 63.8, "open": 63.85}
//! ```
//! A random walk in steps of a tenth of a percent or so, observed every two minutes from 9 to 16
//! o'clock on weekdays. The same seed always gives the same bytes.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use graph_exec::__atomic_file::{AtomicFile, Replace};
use jiff::civil::{Date, Weekday, date};

use crate::source::digest::commit_new;

/// The companies of the lesson, which its files are named after.
pub const SYMBOLS: [&str; 21] = [
    "aet", "afl", "aig", "al", "amgn", "avy", "b", "bwa", "ge", "hal", "hp", "hpq", "ibm", "jbl",
    "jpm", "luv", "met", "pcg", "tgt", "usb", "xom",
];

/// The rows of each of the lesson's files: 365 days of 211.
pub const ROWS: u64 = 365 * ROWS_A_DAY;

const ROWS_A_DAY: u64 = 7 * 3600 / SECONDS_BETWEEN + 1;
const SECONDS_BETWEEN: u64 = 120;

/// The first day of the lesson's files, a Tuesday.
const FIRST_DAY: Date = date(2013, 7, 23);

/// Writes `rows` lines of prices; another `seed` gives other prices.
///
/// ```
/// let mut lines = Vec::new();
/// stock_convert::synthetic::write_prices(&mut lines, 2, 1)?;
/// let lines = String::from_utf8(lines).unwrap();
/// assert!(lines.starts_with(r#"{"timestamp": "2013-07-23 09:00:00", "close": "#));
/// assert_eq!(lines.lines().count(), 2);
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// Those of `out`.
pub fn write_prices(out: &mut impl Write, rows: u64, seed: u64) -> io::Result<()> {
    let mut walk = Walk::new(seed);
    let mut days = working_days();
    let mut day = FIRST_DAY;
    for row in 0..rows {
        let of_day = row % ROWS_A_DAY;
        if of_day == 0 {
            let too_many = || io::Error::other("more prices than fit into the years up to 9999");
            day = days.next().ok_or_else(too_many)?;
        }
        let (year, month, date) = (day.year(), day.month(), day.day());
        let second = 9 * 3600 + of_day * SECONDS_BETWEEN;
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let ticks: [f64; 5] = std::array::from_fn(|_| walk.step());
        let (open, close) = (ticks[0], ticks[4]);
        let high = ticks.iter().copied().fold(open, f64::max);
        let low = ticks.iter().copied().fold(open, f64::min);
        writeln!(
            out,
            "{{\"timestamp\": \"{year}-{month:02}-{date:02} {hour:02}:{minute:02}:00\", \
             \"close\": {close:?}, \"high\": {high:?}, \"low\": {low:?}, \"open\": {open:?}}}"
        )?;
    }
    Ok(())
}

/// A random walk of a price. The random numbers are those of splitmix64.
struct Walk {
    state: u64,
    price: f64,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut walk = Self { state: seed, price: 0.0 };
        walk.price = 20.0 + 160.0 * walk.random();
        walk
    }

    /// The next random number in `[0, 1)`.
    fn random(&mut self) -> f64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^= bits >> 31;
        (bits >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The next price.
    fn step(&mut self) -> f64 {
        self.price *= 1.0 + 0.001 * (self.random() - 0.5);
        self.price = self.price.clamp(5.0, 900.0);
        (self.price * 1000.0).round() / 1000.0
    }
}

/// The days from the first one on, without Saturdays and Sundays.
fn working_days() -> impl Iterator<Item = Date> {
    std::iter::successors(Some(FIRST_DAY), |day| day.tomorrow().ok())
        .filter(|day| !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday))
}

/// A file of generated prices that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: generated prices cannot be written: {source}", path.display())]
pub struct SyntheticError {
    /// The file.
    pub path: PathBuf,
    /// What the operating system said, or that the file holds something else.
    pub source: io::Error,
}

/// Writes `count` files, up to 21, of `rows` prices into `folder`; gives their paths.
///
/// A file that exists already with the same content is left alone; any other is an error unless it may
/// be replaced.
pub(crate) fn write_files(
    folder: &Path,
    count: usize,
    rows: u64,
    replace: Replace,
) -> Result<Vec<PathBuf>, SyntheticError> {
    let mut paths = Vec::new();
    for (seed, symbol) in (1..).zip(SYMBOLS).take(count) {
        let path = folder.join(symbol).with_extension("json");
        write_file(&path, rows, seed, replace)
            .map_err(|source| SyntheticError { path: path.clone(), source })?;
        paths.push(path);
    }
    Ok(paths)
}

fn write_file(path: &Path, rows: u64, seed: u64, replace: Replace) -> io::Result<()> {
    let mut atomic = AtomicFile::create_with_folder(path)?;
    let mut file = BufWriter::new(atomic.file_mut());
    write_prices(&mut file, rows, seed)?;
    file.flush()?;
    drop(file);
    commit_new(atomic, path, replace).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::new(
            io::ErrorKind::AlreadyExists,
            "it exists already and holds something else; give --force to replace it",
        ),
        _ => error,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn weekends_are_left_out() {
        let dates: Vec<i8> = working_days().map(Date::day).take(6).collect();
        assert_eq!(dates, [23, 24, 25, 26, 29, 30], "of July 2013");
    }

    #[test]
    fn the_same_seed_gives_the_same_lines() {
        let lines = |seed| {
            let mut lines = Vec::new();
            write_prices(&mut lines, 500, seed).unwrap();
            lines
        };
        assert_eq!(lines(1), lines(1));
        assert_ne!(lines(1), lines(2));
    }

    #[test]
    fn high_and_low_enclose_the_rest() {
        let mut lines = Vec::new();
        write_prices(&mut lines, 300, 7).unwrap();
        for line in String::from_utf8(lines).unwrap().lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let [open, close, high, low] =
                ["open", "close", "high", "low"].map(|key| row[key].as_f64().unwrap());
            assert!(low <= open.min(close) && open.max(close) <= high, "{line}");
        }
    }

    #[test]
    fn files_are_left_alone_or_replaced_on_demand() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_files(folder.path(), 21, 3, Replace::No).unwrap();
        assert_eq!(paths.len(), SYMBOLS.len());
        let first = fs::read_to_string(&paths[0]).unwrap();
        assert_eq!(first.lines().count(), 3);
        assert_ne!(first, fs::read_to_string(&paths[1]).unwrap());
        assert_eq!(write_files(folder.path(), 21, 3, Replace::No).unwrap(), paths);
        let error = write_files(folder.path(), 21, 2, Replace::No).unwrap_err().to_string();
        assert!(error.contains("aet.json") && error.contains("--force"), "{error}");
        assert_eq!(fs::read_to_string(&paths[0]).unwrap(), first);
        write_files(folder.path(), 21, 2, Replace::Yes).unwrap();
        assert_eq!(fs::read_to_string(&paths[0]).unwrap().lines().count(), 2);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), SYMBOLS.len());
    }
}
