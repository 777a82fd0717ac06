//! Points in time as ISO 8601 writes them, in nanoseconds.
//!
//! ```text
//! 2013-07-23   2013-07-23 09:00   2013-07-23T09:00:00   2013-07-23 09:00:00.123456
//! ```
//! There are no time zones: a text that names one is no timestamp.

use jiff::civil::Date;

use crate::frame::{NOT_A_TIME, Texts};

const EPOCH: Date = Date::constant(1970, 1, 1);
const SECOND_NANOSECONDS: i64 = 1_000_000_000;

/// Points in time, each with the text that names it: a later line may hold something else, which makes
/// texts of all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Times {
    /// Nanoseconds since 1970-01-01T00:00.
    times: Vec<i64>,
    texts: Texts,
}

impl Times {
    /// Makes `count` missing times.
    pub(crate) fn missing(count: usize) -> Self {
        let mut times = Self::default();
        (0..count).for_each(|_| times.push_missing());
        times
    }

    /// Appends the time that `text` names; an empty text names a missing one. Appends nothing and gives
    /// false where `text` is no timestamp.
    #[inline]
    pub(crate) fn push(&mut self, text: &str) -> bool {
        let time = if text.is_empty() { Some(NOT_A_TIME) } else { nanoseconds_of(text) };
        if let Some(time) = time {
            self.times.push(time);
            self.texts.push(text);
        }
        time.is_some()
    }

    pub(crate) fn push_missing(&mut self) {
        self.push("");
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.times.truncate(len);
        self.texts.truncate(len);
    }

    pub(crate) fn into_nanoseconds(self) -> Vec<i64> {
        self.times
    }

    /// The texts that the times were parsed from; empty for missing ones.
    pub(crate) fn into_texts(self) -> Texts {
        self.texts
    }
}

/// Whether each text names a point in time or is empty, and at least one is not empty.
pub(crate) fn are_all_times(texts: &Texts) -> bool {
    let mut any = false;
    texts.iter().all(|text| {
        any |= !text.is_empty();
        text.is_empty() || nanoseconds_of(text).is_some()
    }) && any
}

/// Whether `text` would be a point in time, but for the zone that it names.
pub(crate) fn names_a_zone(text: &str) -> bool {
    let zone = text.char_indices().skip(16).find(|(_, c)| matches!(c, 'Z' | 'z' | '+' | '-' | ' '));
    zone.is_some_and(|(at, _)| nanoseconds_of(&text[..at]).is_some())
}

/// The point in time that `text` names, in nanoseconds since 1970-01-01T00:00.
///
/// None for any other text, and outside the years 1677 to 2262, which 64 bits cannot count.
pub(crate) fn nanoseconds_of(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let (date, time) = bytes.split_at_checked(10)?;
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = date else { return None };
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, date) = (two(m0, m1)?, two(d0, d1)?);
    // Only the date is the library's: it takes at most 2 ns more than the calendar's formulas, where a
    // whole row takes 65.
    let date = Date::new(year as i16, month as i8, date as i8).ok()?;
    let midnight = date.duration_since(EPOCH).as_secs();
    let Some((&separator, time)) = time.split_first() else {
        return nanoseconds(midnight, 0);
    };
    if separator != b' ' && separator != b'T' {
        return None;
    }
    let (&[h0, h1, b':', m0, m1], time) = time.split_first_chunk()? else { return None };
    let (hour, minute) = (two(h0, h1)?, two(m0, m1)?);
    let (mut second, mut fraction) = (0, 0);
    if let Some((&[b':', s0, s1], time)) = time.split_first_chunk() {
        second = two(s0, s1)?;
        if let Some((&b'.', digits)) = time.split_first() {
            if digits.is_empty() || digits.len() > 9 {
                return None;
            }
            for place in 0..9 {
                fraction = fraction * 10 + digits.get(place).map_or(Some(0), |&d| digit(d))?;
            }
        } else if !time.is_empty() {
            return None;
        }
    } else if !time.is_empty() {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = midnight + hour * 3600 + minute * 60 + second;
    nanoseconds(seconds, fraction)
}

#[inline]
fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<i64> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn nanoseconds(seconds: i64, fraction: i64) -> Option<i64> {
    // In wider integers, because the seconds alone may be out of range where the sum is not.
    let sum = i128::from(seconds) * i128::from(SECOND_NANOSECONDS) + i128::from(fraction);
    i64::try_from(sum).ok().filter(|&sum| sum != NOT_A_TIME)
}

/// Whether pandas takes a column of this name for dates.
///
/// Source: the description of `convert_dates` of `pandas.read_json`, and what pandas 3 does.
pub(crate) fn names_timestamps(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(&*name, "modified" | "date" | "datetime")
        || name.starts_with("timestamp")
        || name.ends_with("_at")
        || name.ends_with("_time")
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_SECONDS: i64 = 24 * 3600;

    #[test]
    fn a_column_is_one_of_times_when_all_are_and_some_is() {
        let column = |texts: &[&str]| {
            let mut column = Texts::default();
            texts.iter().for_each(|text| column.push(text));
            are_all_times(&column)
        };
        assert!(column(&["2013-07-23", "", "2013-07-24 10:00"]));
        assert!(!column(&["2013-07-23", "IBM"]));
        assert!(!column(&["", ""]) && !column(&[]));
    }

    #[test]
    fn the_known_forms_are_read() {
        let day = 15_909 * DAY_SECONDS * SECOND_NANOSECONDS;
        assert_eq!(nanoseconds_of("2013-07-23"), Some(day));
        assert_eq!(nanoseconds_of("2013-07-23 00:01"), Some(day + 60 * SECOND_NANOSECONDS));
        assert_eq!(nanoseconds_of("2013-07-23T00:00:01"), Some(day + SECOND_NANOSECONDS));
        assert_eq!(nanoseconds_of("2013-07-23 00:00:00.5"), Some(day + SECOND_NANOSECONDS / 2));
        assert_eq!(nanoseconds_of("2013-07-23 00:00:00.000000001"), Some(day + 1));
        assert_eq!(nanoseconds_of("1969-12-31 23:59:59.999999999"), Some(-1));
        assert_eq!(nanoseconds_of("2000-02-29"), Some(11_016 * DAY_SECONDS * SECOND_NANOSECONDS));
    }

    #[test]
    fn the_ends_of_64_bits_are_the_ends_of_time() {
        assert_eq!(nanoseconds_of("2262-04-11 23:47:16.854775807"), Some(i64::MAX));
        assert_eq!(nanoseconds_of("2262-04-11 23:47:16.854775808"), None);
        assert_eq!(nanoseconds_of("1677-09-21 00:12:43.145224193"), Some(i64::MIN + 1));
        assert_eq!(
            nanoseconds_of("1677-09-21 00:12:43.145224192"),
            None,
            "that is the missing one"
        );
    }

    #[test]
    fn everything_else_is_text() {
        for text in [
            "",
            "2013",
            "2013-7-23",
            "2013-13-01",
            "2013-02-29",
            "2013-00-10",
            "2013-01-00",
            "2013/07/23",
            "2013-07-23 ",
            "2013-07-23 9:00",
            "2013-07-23 24:00",
            "2013-07-23 09:60",
            "2013-07-23 09:00:60",
            "2013-07-23 09:00:00.",
            "2013-07-23 09:00:00.1234567890",
            "2013-07-23 09:00:00Z",
            "2013-07-23 09:00+02:00",
            "2013-07-23 09:30.5",
            "1900-02-29",
            "23-07-2013",
            "2013-07-23t09:00",
            "２013-07-23",
            "2013-07-2é",
        ] {
            assert_eq!(nanoseconds_of(text), None, "{text:?}");
        }
    }

    #[test]
    fn names_are_those_that_pandas_takes() {
        let names = ["timestamp", "Timestamps", "date", "created_at", "DateTime", "end_time"];
        assert!(names.into_iter().all(names_timestamps));
        assert!(!["day", "dates", "time", "at", "close"].into_iter().any(names_timestamps));
    }
}
