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

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use crate::error::Error as RunError;

    /// Looks at an error whose cause says "no luck".
    fn check(error: &dyn std::error::Error) {
        let (plain, whole) = (format!("{error}"), format!("{error:#}"));
        assert!(!plain.contains("no luck"), "the cause is `source()`: {plain}");
        assert_eq!(whole, format!("{plain}: no luck"));
        assert_eq!(error.source().unwrap().to_string(), "no luck");
    }

    #[test]
    fn a_cause_stands_in_the_alternate_form_alone() {
        let cause = || Arc::new(io::Error::other("no luck"));
        let threads = RunError::Threads { threads: 3, source: cause() };
        check(&threads);
        assert_eq!(format!("{threads:?}"), format!("{threads:#}"));
        #[cfg(feature = "report")]
        check(&crate::save::SaveError::Write {
            path: "run.html".into(),
            source: io::Error::other("no luck"),
        });
        #[cfg(feature = "cluster")]
        {
            use crate::cluster::ClusterError;
            let errors = [
                ClusterError::Python { python: "python3".into(), source: cause() },
                ClusterError::Unreadable { path: None, source: cause() },
                ClusterError::AdaptorEnded {
                    python: "python3".into(),
                    status: None,
                    source: cause(),
                },
            ];
            errors.into_iter().for_each(|error| check(&RunError::from(error)));
        }
    }
}
