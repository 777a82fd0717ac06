//! Dates and times as text to nanoseconds since 1970-01-01, for layouts that store them so.
//!
//! Only what means the same everywhere: `2013-07-23`, `2013-07-23 09:30`, `2013-07-23T09:30:00.25`.
//! No time zone, no other order of day and month, and nothing before 1677 or after 2262, which
//! nanoseconds in 64 bits cannot say.

use crate::frame::Texts;

/// What pandas calls NaT.
pub(super) const MISSING: i64 = i64::MIN;

const SECONDS_A_DAY: i64 = 86_400;
const NANOS_A_SECOND: i64 = 1_000_000_000;

/// Whether each text is a time or empty, and at least one is a time.
pub(super) fn are_all_moments(texts: &Texts) -> bool {
    let mut any = false;
    texts.iter().all(|text| {
        any |= !text.is_empty();
        text.is_empty() || nanoseconds(text).is_some()
    }) && any
}

/// The nanoseconds from 1970-01-01 to the time that `text` says.
pub(super) fn nanoseconds(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (date, time) = bytes.split_at_checked(10)?;
    if date[4] != b'-' || date[7] != b'-' {
        return None;
    }
    let (year, month, day) = (number(&date[..4])?, number(&date[5..7])?, number(&date[8..])?);
    if !(1..=12).contains(&month) || day < 1 || day > days_in(year, month) {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * SECONDS_A_DAY;
    let (of_day, nanos) = match time.split_first() {
        None => (0, 0),
        Some((b' ' | b'T', time)) => time_of_day(time)?,
        Some(_) => return None,
    };
    let nanos = i128::from(seconds + of_day) * i128::from(NANOS_A_SECOND) + i128::from(nanos);
    i64::try_from(nanos).ok().filter(|&nanos| nanos != MISSING)
}

/// `09:30`, `09:30:15` or `09:30:15.123456789` to seconds and nanoseconds.
fn time_of_day(time: &[u8]) -> Option<(i64, i64)> {
    let (clock, fraction) = match time.iter().position(|&byte| byte == b'.') {
        Some(point) => (&time[..point], Some(&time[point + 1..])),
        None => (time, None),
    };
    let (hour, minute, second) = match *clock {
        [h, i, b':', m, n] if fraction.is_none() => (number(&[h, i])?, number(&[m, n])?, 0),
        [h, i, b':', m, n, b':', s, t] => (number(&[h, i])?, number(&[m, n])?, number(&[s, t])?),
        _ => return None,
    };
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanos = match fraction {
        None => 0,
        Some(digits) if (1..=9).contains(&digits.len()) => {
            number(digits)? * 10_i64.pow(9 - digits.len() as u32)
        }
        Some(_) => return None,
    };
    Some((hour * 3600 + minute * 60 + second, nanos))
}

/// Digits and nothing else.
fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
    })
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    era * 146_097 + of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_are_nanoseconds() {
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970-01-01 00:01", 60_000_000_000),
            ("1969-12-31T23:59:59.5", -500_000_000),
            ("2000-02-29", 951_782_400_000_000_000),
            ("2013-07-23 09:30:15.000000001", 1_374_571_815_000_000_001),
            ("2262-04-11 23:47:16.854775807", i64::MAX),
        ] {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in [
            "",
            "IBM",
            "2013",
            "2013-7-23",
            "2013-02-29",
            "1900-02-29",
            "2013-13-01",
            "2013-00-01",
            "2013-01-00",
            "23-07-2013",
            "2013-07-23 ",
            "2013-07-23 9:30",
            "2013-07-23 24:00",
            "2013-07-23 09:60",
            "2013-07-23 09:30:00Z",
            "2013-07-23 09:30:00+01:00",
            "2013-07-23 09:30:00.",
            "2013-07-23 09:30.5",
            "2013-07-23 09:30:00.1234567890",
            "1677-01-01",
            "2262-04-12",
            "２０１３-07-23",
            "2013-07-2é",
        ] {
            assert_eq!(nanoseconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_is_one_of_times_when_all_are_and_some_is() {
        let column = |texts: &[&str]| {
            let mut column = Texts::default();
            texts.iter().for_each(|text| column.push(text));
            are_all_moments(&column)
        };
        assert!(column(&["2013-07-23", "", "2013-07-24 10:00"]));
        assert!(!column(&["2013-07-23", "IBM"]));
        assert!(!column(&["", ""]) && !column(&[]));
    }
}
