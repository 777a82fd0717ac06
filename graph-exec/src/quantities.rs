//! Writes times, bytes and counts for people, the same in a terminal and on a page.

use std::time::Duration;

pub(crate) use graph_core::__run::grouped;

/// A time with three significant digits and a unit.
pub(crate) fn short(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if time.is_zero() {
        return "0 s".to_owned();
    }
    if seconds >= 120.0 {
        let whole = time.as_secs();
        let (hours, minutes) = (whole / 3600, whole / 60 % 60);
        return if hours > 0 {
            format!("{hours} h {minutes:02} min")
        } else {
            format!("{minutes} min {:02} s", whole % 60)
        };
    }
    let (number, unit) = match seconds {
        s if s >= 0.9995 => (s, "s"),
        s if s >= 0.999_5e-3 => (s * 1e3, "ms"),
        s if s >= 0.999_5e-6 => (s * 1e6, "µs"),
        s => (s * 1e9, "ns"),
    };
    format!("{number:.*} {unit}", decimals(number, unit))
}

/// How many decimals make three significant digits.
fn decimals(number: f64, unit: &str) -> usize {
    match number {
        _ if unit == "ns" => 0,
        n if n < 9.995 => 2,
        n if n < 99.95 => 1,
        _ => 0,
    }
}

/// A number of bytes with three significant digits and a binary unit.
#[cfg(any(feature = "cluster", feature = "report", test))]
pub(crate) fn bytes(bytes: u64) -> String {
    let (number, unit) = match bytes as f64 {
        b if b < 1024.0 => return format!("{bytes} B"),
        b if b < 1024.0 * 1024.0 => (b / 1024.0, "KiB"),
        b if b < 1024f64.powi(3) => (b / 1024f64.powi(2), "MiB"),
        b => (b / 1024f64.powi(3), "GiB"),
    };
    format!("{number:.*} {unit}", decimals(number, unit))
}

/// A count with its noun: `1 task`, `1 200 tasks`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_figures_and_a_unit() {
        let seen = [0, 999, 1_000, 12_340, 999_499, 999_500, 59_900_000_000, 3_725_000_000_000]
            .map(|ns| short(Duration::from_nanos(ns)));
        let wanted =
            ["0 s", "999 ns", "1.00 µs", "12.3 µs", "999 µs", "1.00 ms", "59.9 s", "1 h 02 min"];
        assert_eq!(seen, wanted);
    }

    #[test]
    fn bytes_have_binary_units() {
        assert_eq!(
            [1023, 1024, 3 << 20, 5 << 30].map(bytes),
            ["1023 B", "1.00 KiB", "3.00 MiB", "5.00 GiB"]
        );
    }
}
