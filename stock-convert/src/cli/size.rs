//! Sizes as people write them.

/// Parses a size as people write it: `4096`, `500MB` (of 1000 each) or `4GiB` (of 1024 each).
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(super) fn parse_bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no size; write it like 500MB or 4GiB");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let (prefix, step) = match unit.strip_suffix("ib") {
        Some(prefix) => (prefix, 1024),
        None => (unit.strip_suffix('b').unwrap_or(&unit), 1000),
    };
    let power = ["", "k", "m", "g", "t"].iter().position(|known| *known == prefix);
    let power = power.and_then(|power| u32::try_from(power).ok()).ok_or_else(wrong)?;
    number.checked_mul(u64::pow(step, power)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn sizes_are_read_in_either_kind_of_unit() {
        assert_eq!(parse_bytes("500 MB"), Ok(500_000_000));
        assert_eq!(parse_bytes("4GiB"), Ok(4 << 30));
        assert!(parse_bytes("a lot").is_err());
    }
}
