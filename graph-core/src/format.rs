//! Writes times, numbers of bytes and counts for people to read.

use std::time::Duration;

/// Writes a time with three digits and a unit: `850 ns`, `12.3 µs`, `4.56 ms`, `7.89 s`, `12 min`.
pub fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    match seconds {
        0.0 => "0 s".to_owned(),
        _ if seconds < 1e-6 => format!("{} ns", duration.as_nanos()),
        _ if seconds < 1e-3 => format!("{} µs", three_digits(seconds * 1e6)),
        _ if seconds < 1.0 => format!("{} ms", three_digits(seconds * 1e3)),
        _ if seconds < 600.0 => format!("{} s", three_digits(seconds)),
        _ => format!("{} min", three_digits(seconds / 60.0)),
    }
}

/// Writes a number of bytes with three digits and a binary unit: `12 B`, `3.4 KiB`, `1.25 GiB`.
pub fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let mut number = bytes as f64;
    let mut unit = 0;
    while number >= 1024.0 && unit + 1 < UNITS.len() {
        number /= 1024.0;
        unit += 1;
    }
    format!("{} {}", three_digits(number), UNITS[unit])
}

/// Writes at most three significant digits, without zeros at the end of the decimals.
fn three_digits(number: f64) -> String {
    let decimals = match number {
        _ if number < 10.0 => 2,
        _ if number < 100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// Writes a count with its digits in groups of three, separated by narrow no-break spaces: `10
/// 000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
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
    fn times_have_three_digits_and_a_unit() {
        let texts = [0, 850, 12_340, 4_560_000, 7_890_000_000, 720_000_000_000]
            .map(|nanoseconds| time(Duration::from_nanos(nanoseconds)));
        assert_eq!(texts, ["0 s", "850 ns", "12.3 µs", "4.56 ms", "7.89 s", "12 min"]);
    }

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        assert_eq!([0, 1023, 1536, 1 << 40].map(bytes), ["0 B", "1023 B", "1.5 KiB", "1 TiB"]);
    }

    #[test]
    fn digits_are_in_groups_of_three() {
        assert_eq!(grouped(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(grouped(300), "300");
    }
}
