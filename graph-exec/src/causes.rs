//! How errors write their causes: `{}` leaves them to `source()`, `{:#}` and `{:?}` add each once.

use std::{error::Error, fmt};

/// Writes all causes of an error behind its `message`, which is written already.
pub(crate) fn write_causes(
    f: &mut fmt::Formatter<'_>,
    message: &str,
    first: Option<&(dyn Error + 'static)>,
) -> fmt::Result {
    let mut before = message.to_owned();
    let mut next = first;
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some errors repeat what their source says.
        if !before.ends_with(&text) {
            write!(f, ": {text}")?;
            before = text;
        }
        next = cause.source();
    }
    Ok(())
}

/// Writes the message, and with `{:#}` all causes behind it.
pub(crate) fn write_with_causes(
    f: &mut fmt::Formatter<'_>,
    message: &str,
    first: &(dyn Error + 'static),
) -> fmt::Result {
    f.write_str(message)?;
    if f.alternate() { write_causes(f, message, Some(first)) } else { Ok(()) }
}
