//! Sizes and times as people read them.

use std::time::Duration;

/// A size in the largest unit that leaves at least one digit before the point.
///
/// ```
/// use stock_convert::units::bytes;
/// assert_eq!(bytes(999), "999 B");
/// assert_eq!(bytes(355_824), "356 kB");
/// assert_eq!(bytes(7_741_775), "7.74 MB");
/// ```
pub fn bytes(bytes: u64) -> String {
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    scaled(bytes as f64, 1e3, &["B", "kB", "MB", "GB", "TB", "PB", "EB"])
}

/// A time with three digits.
///
/// ```
/// use std::time::Duration;
/// use stock_convert::units::time;
/// assert_eq!(time(Duration::from_micros(1234)), "1.23 ms");
/// assert_eq!(time(Duration::from_secs(75)), "1 min 15 s");
/// ```
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds >= 60.0 {
        let seconds = seconds.round() as u64;
        return match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
            (hours, minutes, _) => format!("{hours} h {minutes} min"),
        };
    }
    if seconds >= 0.9995 {
        return scaled(seconds, f64::INFINITY, &["s"]);
    }
    scaled(seconds * 1e9, 1e3, &["ns", "µs", "ms", "s"])
}

/// A number with its thousands apart.
///
/// ```
/// assert_eq!(stock_convert::units::count(1_617_315), "1,617,315");
/// ```
pub fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Three digits of `value` in the unit where it lies below `step`, rounding included.
fn scaled(mut value: f64, step: f64, units: &[&str]) -> String {
    for (index, unit) in units.iter().enumerate() {
        if value < step - 0.5 || index + 1 == units.len() {
            let decimals = match value {
                v if v < 9.995 => 2,
                v if v < 99.95 => 1,
                _ => 0,
            };
            return format!("{value:.decimals$} {unit}");
        }
        value /= step;
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_moves_up_a_unit_rather_than_show_a_thousand() {
        assert_eq!(bytes(999_499), "999 kB");
        assert_eq!(bytes(999_500), "1.00 MB");
        assert_eq!(time(Duration::from_nanos(999_499)), "999 µs");
        assert_eq!(time(Duration::from_nanos(999_500)), "1.00 ms");
        assert_eq!(time(Duration::from_micros(999_500)), "1.00 s");
    }

    #[test]
    fn large_and_small_read_well() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(u64::MAX), "18.4 EB");
        assert_eq!(time(Duration::ZERO), "0.00 ns");
        assert_eq!(time(Duration::from_secs(59)), "59.0 s");
        assert_eq!(time(Duration::from_secs(7384)), "2 h 3 min");
        assert_eq!(count(0), "0");
        assert_eq!(count(1000), "1,000");
    }
}
