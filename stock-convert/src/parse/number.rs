//! Numbers as JSON writes them, to the nearest float; short ones without a loop.
//!
//! A number of few digits is an integer that a float holds exactly, divided by a power of ten that
//! it holds exactly too; one division then rounds once, which is right to the last bit (W. D.
//! Clinger, "How to Read Floating Point Numbers Accurately", 1990). All other numbers go to the
//! standard library's parser. What is not plainly a number of the wanted kind is refused here and
//! left to the general path.

const EACH: u64 = 0x0101_0101_0101_0101;

/// The powers of ten that a float holds exactly.
const POWERS_OF_TEN: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// All integers up to this one are floats.
const EXACT: u64 = 1 << 53;

/// This many digits always fit 64 bits with a sign.
const INTEGER_DIGITS: usize = 18;

/// This many digits always fit 64 bits without a sign.
const MANTISSA_DIGITS: usize = 19;

/// The number that begins at `at`, as a float, and the place after it.
#[inline(always)]
pub(super) fn float(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let short = match bytes.get(at) {
        Some(b'-') => short_decimal(bytes, at + 1).map(|(value, end)| (-value, end)),
        _ => short_decimal(bytes, at),
    };
    short.or_else(|| any_float(bytes, at))
}

/// The integer that begins at `at`, and the place after it.
#[inline]
pub(super) fn integer(bytes: &[u8], at: usize) -> Option<(i64, usize)> {
    let number = Number::read(bytes, at)?;
    number.integer().map(|value| (value, number.end))
}

/// A number such as `63.899`: up to seven digits with a point between them, and no exponent.
#[inline(always)]
fn short_decimal(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    const POINT: u64 = (b'.' ^ b'0') as u64;
    const POWERS: [f64; 8] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7];
    let word = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    // Each byte is now the value of its digit, or beyond 9.
    let digits = word ^ (u64::from(b'0') * EACH);
    let whole = (beyond_nine(digits).trailing_zeros() / 8) as usize;
    if !(1..=6).contains(&whole) || (digits >> (8 * whole)) & 0xFF != POINT {
        return None;
    }
    // The digits without the point, and at the end a byte that is no digit.
    let before_point = (1u64 << (8 * whole)) - 1;
    let joined = (digits & before_point) | (digits >> 8 & !before_point) | (0xFF << 56);
    let count = (beyond_nine(joined).trailing_zeros() / 8) as usize;
    let end = at + count + 1;
    // A leading zero is not allowed, a digit must follow the point, and eight digits are too many.
    let leading_zero = digits & 0xFF == 0 && whole > 1;
    let next = bytes.get(end).copied().unwrap_or(b' ');
    if leading_zero || count == whole || next.is_ascii_digit() || next | 0x20 == b'e' {
        return None;
    }
    let value = eight_digits(joined << (8 * (8 - count)));
    Some((small_float(value) / POWERS[(count - whole) & 7], end))
}

/// `value` as a float; it is less than 2⁵².
///
/// The processor's own conversion waits for the register that it writes to, and hence for the
/// division before.
#[inline]
fn small_float(value: u64) -> f64 {
    const TWO_TO_52: f64 = 4_503_599_627_370_496.0;
    f64::from_bits(TWO_TO_52.to_bits() | value) - TWO_TO_52
}

/// The top bit of each byte that is greater than 9.
#[inline]
fn beyond_nine(bytes: u64) -> u64 {
    (((bytes & (0x7F * EACH)) + 0x76 * EACH) | bytes) & (0x80 * EACH)
}

/// The number of eight digits, of which the first is in the lowest byte.
///
/// Source: D. Lemire, "Quickly parsing eight digits" (2018).
#[inline]
fn eight_digits(mut digits: u64) -> u64 {
    digits = (digits.wrapping_mul(10) + (digits >> 8)) & 0x00FF_00FF_00FF_00FF;
    digits = (digits.wrapping_mul(100) + (digits >> 16)) & 0x0000_FFFF_0000_FFFF;
    (digits.wrapping_mul(10_000) + (digits >> 32)) & 0xFFFF_FFFF
}

fn any_float(bytes: &[u8], at: usize) -> Option<(f64, usize)> {
    let number = Number::read(bytes, at)?;
    if number.is_integer() {
        let exact = number.integer().filter(|value| value.unsigned_abs() <= EXACT);
        return exact.map(|value| (value as f64, number.end));
    }
    let exact = number.digits <= MANTISSA_DIGITS && number.mantissa <= EXACT;
    let value = match POWERS_OF_TEN.get(number.decimals) {
        Some(power) if exact && !number.has_exponent => {
            let value = number.mantissa as f64 / power;
            if number.negative { -value } else { value }
        }
        _ => std::str::from_utf8(&bytes[at..number.end]).ok()?.parse().ok()?,
    };
    value.is_finite().then_some((value, number.end))
}

/// The parts of a number.
struct Number {
    negative: bool,
    /// All digits before an exponent, as one integer; wrong if there are too many of them.
    mantissa: u64,
    digits: usize,
    /// How many of them come after the point.
    decimals: usize,
    has_exponent: bool,
    end: usize,
}

impl Number {
    /// None where no number in the grammar of JSON begins.
    #[inline]
    fn read(bytes: &[u8], at: usize) -> Option<Self> {
        let negative = bytes.get(at) == Some(&b'-');
        let start = at + usize::from(negative);
        let mut mantissa = 0;
        let point = digits(bytes, start, &mut mantissa);
        if point == start || (bytes[start] == b'0' && point > start + 1) {
            return None;
        }
        let (mut end, mut decimals) = (point, 0);
        if bytes.get(point) == Some(&b'.') {
            end = digits(bytes, point + 1, &mut mantissa);
            decimals = end - point - 1;
            if decimals == 0 {
                return None;
            }
        }
        let has_exponent = matches!(bytes.get(end), Some(b'e' | b'E'));
        if has_exponent {
            let signed = matches!(bytes.get(end + 1), Some(b'+' | b'-'));
            let first = end + 1 + usize::from(signed);
            end = digits(bytes, first, &mut 0);
            if end == first {
                return None;
            }
        }
        let digits = point - start + decimals;
        Some(Self { negative, mantissa, digits, decimals, has_exponent, end })
    }

    fn is_integer(&self) -> bool {
        self.decimals == 0 && !self.has_exponent
    }

    /// None for -0 and for what may not fit, which the general path looks at closely.
    #[inline]
    fn integer(&self) -> Option<i64> {
        let plain = self.is_integer() && self.digits <= INTEGER_DIGITS;
        if !plain || (self.negative && self.mantissa == 0) {
            return None;
        }
        let value = self.mantissa as i64;
        Some(if self.negative { -value } else { value })
    }
}

/// Appends the digits that begin at `at` to `mantissa`; gives the place after them.
#[inline]
fn digits(bytes: &[u8], mut at: usize, mantissa: &mut u64) -> usize {
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&d| d < 10) {
        *mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What serde_json makes of it, where it is a float.
    fn model(text: &str) -> Option<f64> {
        let number: serde_json::Number = serde_json::from_str(text).ok()?;
        number.as_f64()
    }

    fn check(text: &str) {
        for behind in ["", ",", "}", "]  \"other\": 1.5"] {
            let line = format!("{text}{behind}");
            let found = float(line.as_bytes(), 0);
            if let Some((value, end)) = found {
                assert_eq!(end, text.len(), "{line}");
                assert_eq!(Some(value.to_bits()), model(text).map(f64::to_bits), "{line}");
            }
            if let Some((value, end)) = integer(line.as_bytes(), 0) {
                assert_eq!((end, value.to_string().as_str()), (text.len(), text));
            }
        }
    }

    #[test]
    fn every_short_decimal_is_the_float_that_it_names() {
        for whole in 0..1200 {
            for (count, decimals) in [(1, 10), (2, 100), (3, 1000)] {
                for decimal in 0..decimals {
                    let text = format!("{whole}.{decimal:0count$}");
                    let line = format!("{text}, \"next\"");
                    let (value, end) = short_decimal(line.as_bytes(), 0).expect("it is short");
                    assert_eq!(end, text.len());
                    assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits(), "{text}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_of_json_is_refused() {
        for text in [
            "", "-", ".5", "5.", "01", "00.5", "+1", "1e", "1e+", "-.5", "NaN", "inf", "--1",
            "1.e5", "- 1", "٣",
        ] {
            for behind in ["", ",\"bbbbbbbb\"", "                "] {
                let line = format!("{text}{behind}");
                assert_eq!(float(line.as_bytes(), 0), None, "{line}");
                assert_eq!(integer(line.as_bytes(), 0), None, "{line}");
            }
        }
        assert_eq!(float(b"1e400", 0), None, "the general path says what is wrong with it");
        assert_eq!(float(b"-0", 0), None);
        assert_eq!(float(b"9007199254740993", 0), None, "no float is this integer");
        assert_eq!(integer(b"1.0", 0), None);
        assert_eq!(integer(b"1e2", 0), None);
    }

    #[test]
    fn the_hard_ones_are_exact() {
        for text in [
            "9007199254740993.0",
            "9007199254740992.5",
            "2.2250738585072014e-308",
            "2.2250738585072011e-308",
            "5e-324",
            "1.7976931348623157e308",
            "63.899999999999999",
            "0.1234567890123456789",
            "123456789012345678.9",
            "12345678901234567890.5",
            "-0.0",
            "0.0000000000000000000001",
            "0.00000000000000000000001",
            "1e22",
            "1e23",
            "8.5",
            "123456.7",
            "123456.78",
            "1234567.8",
            "9007199254740992",
            "-9007199254740992",
        ] {
            check(text);
            let value = float(text.as_bytes(), 0).map(|(value, _)| value.to_bits());
            assert_eq!(value, Some(text.parse::<f64>().unwrap().to_bits()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn floats_are_those_of_the_general_path(value: f64, short in 0i64..100_000_000, places in 0..9usize) {
            if value.is_finite() {
                check(&format!("{value:?}"));
                check(&format!("{value:e}"));
            }
            check(&format!("{:.places$}", short as f64 / 1000.0));
        }

        #[test]
        fn digits_in_any_arrangement(text in "-?[0-9]{0,21}(\\.[0-9]{0,25})?([eE][+-]?[0-9]{0,3})?") {
            check(&text);
            let found = float(text.as_bytes(), 0).filter(|&(_, end)| end == text.len());
            if let Some((value, _)) = found {
                prop_assert_eq!(value.to_bits(), text.parse::<f64>().unwrap().to_bits());
            }
        }
    }
}
