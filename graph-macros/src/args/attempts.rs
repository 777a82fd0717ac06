//! The options that say how a task is tried: `retries`, `backoff`, `retry_if`, `resettable`, `timeout`.

use std::{num::NonZeroU8, time::Duration};

use proc_macro2::{Ident, Span};
use syn::{ExprPath, LitInt, LitStr, parse::Parse, parse::ParseStream};

use super::value::{no_value, value};
use crate::errors::Errors;

/// How a task is tried.
#[derive(Default, Clone)]
pub(crate) struct AttemptOptions {
    /// How many further attempts follow a failure; `None` for no retries.
    pub retries: Option<NonZeroU8>,
    /// The shortest and the longest wait before another attempt; `None` for no wait.
    pub backoff: Option<(Duration, Duration)>,
    /// The function that says after which errors the task is tried again; `None` for all.
    pub retry_if: Option<ExprPath>,
    /// How long an attempt may take; `None` for as long as it likes.
    pub timeout: Option<Duration>,
    /// Whether a failed task keeps its inputs.
    pub resettable: bool,
    /// The words `backoff` and `retry_if`, when they were given.
    needs_retries: Vec<Ident>,
}

impl AttemptOptions {
    /// Whether none was given.
    pub(crate) fn is_default(&self) -> bool {
        let AttemptOptions { retries, backoff, retry_if, timeout, resettable, .. } = self;
        retries.is_none()
            && backoff.is_none()
            && retry_if.is_none()
            && timeout.is_none()
            && !resettable
    }

    /// Reads the value of an option. `None` when the option is not one of these.
    pub(super) fn option(
        &mut self,
        name: &Ident,
        input: ParseStream<'_>,
    ) -> Option<syn::Result<()>> {
        Some(match name.to_string().as_str() {
            "retries" => value(
                name,
                input,
                "`retries` takes how often a failed task is tried again, from 1 to 255: write `retries = 3`",
                |input| input.parse::<LitInt>()?.base10_parse(),
            )
            .map(|retries| self.retries = Some(retries)),
            "backoff" => {
                self.needs_retries.push(name.clone());
                backoff(name, input).map(|backoff| self.backoff = Some(backoff))
            }
            "retry_if" => {
                self.needs_retries.push(name.clone());
                value(
                    name,
                    input,
                    "`retry_if` takes the path of a function that borrows the error and returns a `bool`: \
                     write `retry_if = path::to::function`",
                    ExprPath::parse,
                )
                .map(|path| self.retry_if = Some(path))
            }
            "resettable" => no_value("resettable", input).map(|()| self.resettable = true),
            "timeout" => timeout(name, input).map(|timeout| self.timeout = Some(timeout)),
            _ => return None,
        })
    }

    /// Refuses what means nothing without `retries`.
    pub(super) fn check(&self, errors: &mut Errors) {
        if self.retries.is_none() {
            for name in &self.needs_retries {
                errors.at(
                    name,
                    format!(
                        "`{name}` is about further attempts, and there are none: give `retries` too, \
                         `#[delayed(retries = 3, {name} = …)]`"
                    ),
                );
            }
        }
    }
}

/// Reads `= "100ms..10s"`.
fn backoff(name: &Ident, input: ParseStream<'_>) -> syn::Result<(Duration, Duration)> {
    let advice = "`backoff` takes the shortest and the longest wait before another attempt, each a number \
                  with `ns`, `us`, `ms`, `s`, `min` or `h`: write `backoff = \"100ms..10s\"`";
    let text = value(name, input, advice, <LitStr as Parse>::parse)?;
    let error = |message: &str| Err(syn::Error::new(text.span(), message));
    let written = text.value();
    let durations = written
        .split_once("..")
        .and_then(|(first, last)| Some((duration(first)?, duration(last)?)));
    match durations {
        None => error(advice),
        Some((first, _)) if first.is_zero() => error(
            "`backoff` begins with no wait at all, and twice nothing is nothing: write `\"1ms..10s\"`",
        ),
        Some((first, last)) if first > last => error(
            "`backoff` ends before it begins: write the shortest wait first, `backoff = \"100ms..10s\"`",
        ),
        Some(backoff) => Ok(backoff),
    }
}

/// Reads `= "30s"`.
fn timeout(name: &Ident, input: ParseStream<'_>) -> syn::Result<Duration> {
    let advice = "`timeout` takes how long an attempt may take, a number with `ns`, `us`, `ms`, `s`, `min` or \
                  `h`: write `timeout = \"30s\"`";
    let text = value(name, input, advice, <LitStr as Parse>::parse)?;
    let error = |message: &str| Err(syn::Error::new(text.span(), message));
    match duration(&text.value()) {
        None => error(advice),
        Some(timeout) if timeout.is_zero() => error(
            "a `timeout` of zero leaves no time for any attempt: write a longer one, or leave it out",
        ),
        Some(timeout) => Ok(timeout),
    }
}

/// Reads a whole number with a unit behind it; `None` when it is neither, or too long for any clock.
fn duration(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().ok()?;
    let nanoseconds: u64 = match unit.trim_start() {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "min" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    Some(Duration::from_nanos(number.checked_mul(nanoseconds)?))
}

/// Writes a duration as an expression.
pub(crate) fn written(duration: Duration, span: Span) -> proc_macro2::TokenStream {
    // What was read is at most as many nanoseconds as 64 bits hold.
    let nanoseconds = duration.as_nanos() as u64;
    quote::quote_spanned!(span=> ::core::time::Duration::from_nanos(#nanoseconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_numbers_with_a_unit() {
        let read = [
            ("100ms", Duration::from_millis(100)),
            (" 10 s ", Duration::from_secs(10)),
            ("5min", Duration::from_secs(300)),
            ("2h", Duration::from_secs(7200)),
            ("3us", Duration::from_micros(3)),
            ("4µs", Duration::from_micros(4)),
            ("0ns", Duration::ZERO),
        ];
        for (text, expected) in read {
            assert_eq!(duration(text), Some(expected), "{text}");
        }
        for text in [
            "",
            "s",
            "10",
            "1.5s",
            "-1s",
            "1 m",
            "10 seconds",
            "1s2ms",
            "99999999999999999999s",
            "9999999999h",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
