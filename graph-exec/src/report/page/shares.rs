//! Shares of a whole, and how a page writes them.

/// A share from 0 to 1 in percent, as HTML.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p == 0.0 || p >= 9.95 => format!("{p:.0} %"),
        p if p < 0.1 => "< 0.1 %".replace('<', "&lt;"),
        p => format!("{p:.1} %"),
    }
}

/// `part` ÷ `whole`; 0 when there is no whole.
pub(super) fn share_of(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_shares_are_not_nothing() {
        assert_eq!([0.0, 0.000_1, 0.051, 0.5].map(percent), ["0 %", "&lt; 0.1 %", "5.1 %", "50 %"]);
    }
}
