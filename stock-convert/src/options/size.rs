//! Sizes as people write them.

/// Parses a size as people write it: `4096`, `1.5GB` (of 1000 each) or `4GiB`, `4Gi` (of 1024 each).
///
/// # Errors
/// A sentence that says what is wrong with it.
pub(crate) fn parse_bytes(text: &str) -> Result<u64, String> {
    let wrong = || format!("{text:?} is no size; write it like 500MB or 4GiB");
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().map_err(|_| wrong())?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let (prefix, step) = match unit.strip_suffix("ib") {
        Some(prefix) => (prefix, 1024),
        None => match unit.strip_suffix('i') {
            Some(prefix) => (prefix, 1024),
            None => (unit.strip_suffix('b').unwrap_or(&unit), 1000),
        },
    };
    let power = ["", "k", "m", "g", "t"].iter().position(|known| *known == prefix);
    let power = power.and_then(|power| i32::try_from(power).ok()).ok_or_else(wrong)?;
    if unit.is_empty() && number < 4096.0 {
        return Err(format!("{text:?} would be bytes; write a unit, like {text}MB or {text}MiB"));
    }
    let bytes = number * f64::from(step).powi(power);
    if bytes < 1.0 || bytes >= u64::MAX as f64 {
        return Err(wrong());
    }
    Ok(bytes as u64)
}

#[cfg(test)]
mod tests {
    use super::parse_bytes;

    #[test]
    fn sizes_are_read_in_either_kind_of_unit() {
        assert_eq!(parse_bytes("500 MB"), Ok(500_000_000));
        assert_eq!(parse_bytes("4GiB"), Ok(4 << 30));
        assert_eq!(parse_bytes("1.5GB"), Ok(1_500_000_000));
        assert_eq!(parse_bytes("1.5 Gi"), Ok(3 << 29));
        assert_eq!(parse_bytes("4096"), Ok(4096));
        for wrong in ["a lot", "12", "0MB", "1.2.3MB", "", ".", "99999999TB"] {
            assert!(parse_bytes(wrong).is_err(), "{wrong}");
        }
    }
}
