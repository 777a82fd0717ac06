//! Converting on a Dask cluster: one task for each file, on machines that share its folder.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use graph_exec::cluster::Cluster;
use graph_exec::{RunRecord, prelude::*};
use serde::{Deserialize, Serialize};

use crate::convert::job::{Conversion, Converted};
use crate::convert::sequential;
use crate::error::ConvertError;
use crate::inputs::Input;
use crate::options::{BadLines, ReadOptions};
use crate::output::provenance::Provenance;
use crate::output::target::{Storage, TargetMode};
use crate::output::written::{Origin, Written};

/// One file to convert, as it is sent to a worker.
#[derive(Serialize, Deserialize)]
struct ConversionRequest {
    input: Input,
    /// All options but the next one, as outputs keep them: the form says which of them are there.
    options: String,
    skip_bad_lines: bool,
    mode: TargetMode,
    storage: Storage,
}

/// What came of it, as it is sent back. A file that cannot be converted is no failure of its task, so
/// that the others go on.
#[derive(Serialize, Deserialize)]
enum ConversionReply {
    Written(Box<Written>),
    Failed {
        message: String,
        remedy: Option<String>,
        /// Whether the worker does not see the input at all.
        unseen: bool,
    },
}

/// What converting on a cluster asks for.
const SHARED: &str = "--cluster needs folders that this machine and all workers share, each under the \
                      same path, for inputs and outputs";
/// How long an output may take to be seen here; network file systems look only now and then.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

/// Converts one file on the machine that this runs on.
#[delayed(remote)]
fn convert_file(request: ConversionRequest) -> ConversionReply {
    let path = request.input.path.clone();
    let written =
        request.into_conversion().and_then(|conversion| sequential::convert_file(&conversion));
    match written {
        Ok(written) => ConversionReply::Written(Box::new(written)),
        Err(error) => ConversionReply::Failed {
            message: error.to_string(),
            remedy: error.remedy(),
            unseen: !path.exists(),
        },
    }
}

/// Converts all files on the cluster. One that fails does not stop the others.
///
/// # Errors
/// Those of the cluster.
pub(crate) fn convert_on(
    cluster: &Cluster,
    conversions: &[Conversion],
) -> Result<(Converted, RunRecord), graph_exec::Error> {
    let started = Instant::now();
    let tasks = conversions.iter().map(|conversion| {
        convert_file(ConversionRequest::from_conversion(conversion)).named(&conversion.input.label)
    });
    let tasks: Vec<Delayed<ConversionReply>> = tasks.collect();
    let attempt = cluster.attempt(tasks);
    let wall = started.elapsed();
    let record = attempt.record().clone();
    let results = match attempt.into_result() {
        Ok(outcomes) => {
            let deadline = Instant::now() + SEEN_WITHIN;
            let result = |(task, outcome): (usize, (ConversionReply, &Conversion))| {
                let worker = record.task(task).worker();
                let worker = worker.and_then(|worker| record.cluster()?.address(worker));
                outcome.0.into_result(outcome.1, worker.unwrap_or("unknown"), deadline)
            };
            outcomes.into_iter().zip(conversions).enumerate().map(result).collect()
        }
        Err(graph_exec::Error::Cancelled { .. }) => {
            let paths = conversions.iter().map(|conversion| conversion.input.path.clone());
            paths.map(|path| Err(ConvertError::Interrupted(path))).collect()
        }
        Err(error) => return Err(error),
    };
    Ok((Converted { results, wall }, record))
}

/// Whether an output is here as the worker says that it has written it: as long, and made of the same
/// input. It is waited for until the deadline.
fn is_here(written: &Written, deadline: Instant) -> bool {
    let looks_right = || {
        let length = fs::metadata(&written.path).map(|metadata| metadata.len());
        length.is_ok_and(|length| length == written.bytes)
            && Provenance::read(&written.path).is_some_and(|made| {
                (made.hash, made.rows) == (written.origin.hash, written.origin.rows)
            })
    };
    loop {
        if looks_right() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

impl ConversionRequest {
    fn from_conversion(conversion: &Conversion) -> Self {
        let Conversion { input: Input { path, output, label }, options, mode, storage } =
            conversion;
        // Other machines have other working folders.
        let absolute = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let (path, output) = (absolute(path), absolute(output));
        Self {
            input: Input { path, output, label: label.clone() },
            options: options.to_string(),
            skip_bad_lines: options.bad_lines == BadLines::Skip,
            mode: *mode,
            storage: *storage,
        }
    }

    fn into_conversion(self) -> Result<Conversion, ConvertError> {
        let Self { input, options, skip_bad_lines, mode, storage } = self;
        let options: Result<ReadOptions, _> = options.parse();
        // Client and worker are the same program.
        let options = options.map_err(|error| {
            let (path, message) = (input.path.clone(), error.to_string());
            ConvertError::Defect { path, message }
        })?;
        let bad_lines = if skip_bad_lines { BadLines::Skip } else { BadLines::Refuse };
        let options = ReadOptions { bad_lines, ..options };
        Ok(Conversion { input, options, mode, storage })
    }
}

impl ConversionReply {
    /// The result of a conversion that ran on `worker`. An output that is not seen here until the
    /// deadline is an error.
    fn into_result(
        self,
        conversion: &Conversion,
        worker: &str,
        deadline: Instant,
    ) -> Result<Written, ConvertError> {
        let not_shared =
            |message| Err(ConvertError::Remote { message, remedy: Some(SHARED.to_owned()) });
        match self {
            ConversionReply::Failed { message, unseen: true, .. } => {
                not_shared(format!("{message} (worker {worker} does not see it)"))
            }
            ConversionReply::Failed { message, remedy, .. } => {
                Err(ConvertError::Remote { message, remedy })
            }
            ConversionReply::Written(written) => {
                let (path, options) = (conversion.input.path.clone(), conversion.options.clone());
                let origin = Origin { path, options, ..written.origin };
                let path = conversion.input.output.clone();
                let written = Written { path, origin, ..*written };
                if is_here(&written, deadline) {
                    return Ok(written);
                }
                not_shared(format!(
                    "{}: worker {worker} has written it, and it is not here",
                    written.path.display()
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::compression::Compression;

    #[test]
    fn a_request_says_all_that_a_conversion_needs() {
        let conversion = Conversion {
            input: Input { path: "/a.json".into(), output: "/a.h5".into(), label: "a".into() },
            options: ReadOptions { flatten: true, ..BadLines::Skip.into() },
            mode: TargetMode::Replace,
            storage: Storage { compression: Compression::Deflate, ..Storage::default() },
        };
        let there = ConversionRequest::from_conversion(&conversion).into_conversion().unwrap();
        assert_eq!(there.input, conversion.input);
        assert_eq!(there.options, conversion.options);
        assert_eq!((there.mode, there.storage), (conversion.mode, conversion.storage));
    }
}
