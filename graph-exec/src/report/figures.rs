//! Numbers as people read them.

use std::time::Duration;

/// Three significant figures and a unit.
pub(super) fn short(time: Duration) -> String {
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

/// Decimals that make three figures.
fn decimals(number: f64, unit: &str) -> usize {
    match number {
        _ if unit == "ns" => 0,
        n if n < 9.995 => 2,
        n if n < 99.95 => 1,
        _ => 0,
    }
}

/// Binary units, as memory has them.
pub(super) fn bytes(bytes: u64) -> String {
    let (number, unit) = match bytes as f64 {
        b if b < 1024.0 => return format!("{bytes} B"),
        b if b < 1024.0 * 1024.0 => (b / 1024.0, "KiB"),
        b if b < 1024f64.powi(3) => (b / 1024f64.powi(2), "MiB"),
        b => (b / 1024f64.powi(3), "GiB"),
    };
    format!("{number:.*} {unit}", decimals(number, unit))
}

pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p == 0.0 || p >= 9.95 => format!("{p:.0} %"),
        p if p < 0.1 => "< 0.1 %".replace('<', "&lt;"),
        p => format!("{p:.1} %"),
    }
}

pub(super) fn share_of(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

pub(super) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// Thin spaces between groups of three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 4 {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
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

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(
            [1234, 12_345, 1_234_567].map(grouped),
            ["1234", "12\u{202f}345", "1\u{202f}234\u{202f}567"]
        );
    }

    #[test]
    fn small_shares_are_not_nothing() {
        assert_eq!([0.0, 0.000_1, 0.051, 0.5].map(percent), ["0 %", "&lt; 0.1 %", "5.1 %", "50 %"]);
    }
}
