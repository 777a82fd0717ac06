//! Writes times, numbers of bytes and counts for people to read.
//!
//! Pictures, records, reports, the progress bar and the app all write them with these functions. The
//! script of a report does the same in a browser: graph-exec's `report/page/script/time.js`, which a
//! test there compares with this file.

use std::time::Duration;

/// Writes a time with up to three digits and a unit, from a minute on in two units: `850 ns`, `12.3
/// µs`, `4 ms`, `7.89 s`, `1 min 05 s`, `2 h 03 min`.
pub fn time(duration: Duration) -> String {
    let nanoseconds = duration.as_nanos() as f64;
    if duration.is_zero() {
        return "0 s".to_owned();
    }
    if three_digits(nanoseconds / 1e9) < 60.0 {
        return in_units(nanoseconds, 1000.0, &[" ns", " µs", " ms", " s"]);
    }
    let seconds = (nanoseconds / 1e9).round_ties_even() as u64;
    if seconds < 3600 {
        return format!("{} min {:02} s", seconds / 60, seconds % 60);
    }
    let minutes = (nanoseconds / 60e9).round_ties_even() as u64;
    format!("{} h {:02} min", minutes / 60, minutes % 60)
}

/// Writes a number of bytes with up to three digits and a binary unit, four just below the next
/// unit: `12 B`, `3.4 KiB`, `1023 KiB`, `1.25 GiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 7] = [" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"];
    in_units(bytes as f64, 1024.0, &UNITS)
}

/// Writes how often something happens with up to three digits: `0.25/s`, `60/s`, `123 k/s`.
pub fn per_second(rate: f64) -> String {
    in_units(rate, 1000.0, &["/s", " k/s", " M/s", " G/s"])
}

/// Writes a count with its digits in groups of three, separated by narrow no-break spaces: `10
/// 000`.
pub fn grouped(count: impl TryInto<u64>) -> String {
    let digits = count.try_into().unwrap_or(u64::MAX).to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// Writes a count with its noun: `1 task`, `1 200 tasks`, `2 boxes`.
pub fn counted(count: impl TryInto<u64>, noun: &str) -> String {
    let count = count.try_into().unwrap_or(u64::MAX);
    let ending = match count {
        1 => "",
        _ if noun.ends_with('x') => "es",
        _ => "s",
    };
    format!("{} {noun}{ending}", grouped(count))
}

/// Writes a number in the first of `units` in which it is less than `step`, rounding included. Each
/// unit is `step` times the one before, and brings the space before it.
fn in_units(mut number: f64, step: f64, units: &[&str]) -> String {
    let mut unit = 0;
    while three_digits(number) >= step && unit + 1 < units.len() {
        number /= step;
        unit += 1;
    }
    format!("{}{}", three_digits(number), units[unit])
}

/// Rounds to three significant digits; numbers from 1000 on to whole ones.
fn three_digits(number: f64) -> f64 {
    let scale = match number {
        _ if number < 10.0 => 100.0,
        _ if number < 100.0 => 10.0,
        _ => 1.0,
    };
    (number * scale).round_ties_even() / scale
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times<const N: usize>(nanoseconds: [u64; N]) -> [String; N] {
        nanoseconds.map(|nanoseconds| time(Duration::from_nanos(nanoseconds)))
    }

    #[test]
    fn times_have_three_digits_and_a_unit() {
        assert_eq!(
            times([0, 850, 12_340, 4_560_000, 7_000_000_000]),
            ["0 s", "850 ns", "12.3 µs", "4.56 ms", "7 s"]
        );
    }

    #[test]
    fn times_from_a_minute_on_have_two_units() {
        const SECOND: u64 = 1_000_000_000;
        assert_eq!(
            times([60 * SECOND, 75 * SECOND, 3599 * SECOND, 7384 * SECOND, 360_000 * SECOND]),
            ["1 min 00 s", "1 min 15 s", "59 min 59 s", "2 h 03 min", "100 h 00 min"]
        );
    }

    #[test]
    fn bytes_have_three_digits_and_a_binary_unit() {
        assert_eq!(
            [0, 1023, 1536, 3 << 20, 1 << 40, u64::MAX].map(bytes),
            ["0 B", "1023 B", "1.5 KiB", "3 MiB", "1 TiB", "16 EiB"]
        );
    }

    #[test]
    fn rounding_moves_up_a_unit_rather_than_show_a_thousand() {
        assert_eq!(
            times([999_499, 999_500, 999_499_999, 59_940_000_000, 59_960_000_000]),
            ["999 µs", "1 ms", "999 ms", "59.9 s", "1 min 00 s"]
        );
        assert_eq!(times([3_599_500_000_000, 7_199_000_000_000]), ["1 h 00 min", "2 h 00 min"]);
        assert_eq!([(1 << 20) - 600, (1 << 20) - 400].map(bytes), ["1023 KiB", "1 MiB"]);
    }

    #[test]
    fn rates_have_three_digits() {
        assert_eq!(
            [0.25, 45.23, 1234.0, 123_456.0, 4e12].map(per_second),
            ["0.25/s", "45.2/s", "1.23 k/s", "123 k/s", "4000 G/s"]
        );
    }

    #[test]
    fn digits_are_in_groups_of_three() {
        assert_eq!(grouped(1_234_567_usize), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(300_u64), "300");
        assert_eq!(grouped(u64::MAX).chars().filter(|&c| c == '\u{202f}').count(), 6);
    }

    #[test]
    fn nouns_agree_with_their_counts() {
        assert_eq!(counted(1_usize, "box"), "1 box");
        assert_eq!(counted(0_u64, "task"), "0 tasks");
        assert_eq!(counted(1200_usize, "box"), "1\u{202f}200 boxes");
    }
}
