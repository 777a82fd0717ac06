//! Days since 1970-01-01 to dates and back, in the proleptic Gregorian calendar.
//!
//! Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days` and
//! `days_from_civil`.

/// Days in 400 years.
const ERA: i64 = 146_097;

/// From 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

/// Year, month and date of `day`, counted from 1970-01-01.
pub(crate) fn date_of(day: i64) -> (i64, i64, i64) {
    let shifted = day + EPOCH;
    let of_era = shifted.rem_euclid(ERA);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let date = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = shifted.div_euclid(ERA) * 400 + year_of_era + i64::from(month <= 2);
    (year, month, date)
}

/// The day of a date, counted from 1970-01-01. The month is in `1..=12`.
pub(crate) fn day_of(year: i64, month: i64, date: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let year_of_era = year.rem_euclid(400);
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + date - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    year.div_euclid(400) * ERA + of_era - EPOCH
}

/// The days of a month in `1..=12`.
pub(crate) fn days_in_month(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_their_dates() {
        assert_eq!(date_of(0), (1970, 1, 1));
        assert_eq!(date_of(11_016), (2000, 2, 29));
        assert_eq!(date_of(15_909), (2013, 7, 23));
        assert_eq!(date_of(-1), (1969, 12, 31));
        assert_eq!(day_of(1677, 9, 21), -106_752);
    }

    #[test]
    fn every_day_is_found_again_and_follows_the_one_before() {
        let mut before = date_of(-200_001);
        for day in -200_000..200_000 {
            let (year, month, date) = date_of(day);
            assert_eq!(day_of(year, month, date), day);
            let follows = if before.2 < days_in_month(before.0, before.1) {
                (before.0, before.1, before.2 + 1)
            } else if before.1 < 12 {
                (before.0, before.1 + 1, 1)
            } else {
                (before.0 + 1, 1, 1)
            };
            assert_eq!((year, month, date), follows);
            before = (year, month, date);
        }
    }
}
