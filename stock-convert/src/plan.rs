//! Files to a graph: for each input one chain of two tasks, `read` and `write`.
//!
//! ```text
//! read(aapl.json) ─► write(aapl.h5)
//! read(fb.json)   ─► write(fb.h5)
//! ```

use std::time::{Duration, Instant};

use crate::error::ConvertError;
use crate::inputs::Input;
use crate::parse::BadLines;
use crate::read::read;
use crate::write::{Target, TargetMode, Written, write};

/// What to do with one input.
#[derive(Debug, Clone)]
pub struct Conversion {
    /// The file, and where its table goes.
    pub input: Input,
    /// What becomes of lines that cannot become rows.
    pub bad_lines: BadLines,
    /// What becomes of the output.
    pub mode: TargetMode,
}

/// What came of converting, in the order of the conversions.
#[derive(Debug)]
pub struct Converted {
    /// One result per conversion.
    pub results: Vec<Result<Written, ConvertError>>,
    /// How long it took.
    pub wall: Duration,
}

/// Converts one file after the other in a plain loop: what the graph is measured against.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("ibm.json");
/// # std::fs::write(&path, "{\"close\": 100.25}\n")?;
/// use stock_convert::{BadLines, Conversion, Input, TargetMode, convert_sequentially};
/// let output = path.with_extension("h5");
/// let input = Input { path, output: output.clone(), label: "ibm.json".into() };
/// let conversion =
///     Conversion { input, bad_lines: BadLines::Refuse, mode: TargetMode::Create };
/// let converted = convert_sequentially(&[conversion]);
/// assert_eq!(converted.results[0].as_ref().unwrap().path, output);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn convert_sequentially(conversions: &[Conversion]) -> Converted {
    let started = Instant::now();
    let results = conversions
        .iter()
        .map(|conversion| {
            let loaded = read(&conversion.input.path, conversion.bad_lines)?;
            write(&loaded, &conversion.target())
        })
        .collect();
    Converted { results, wall: started.elapsed() }
}

impl Conversion {
    /// Where the table goes.
    pub fn target(&self) -> Target {
        Target { path: self.input.output.clone(), mode: self.mode }
    }

    /// The same, with an output that is thrown away: for measuring.
    pub fn rehearsal(&self) -> Self {
        Self { mode: TargetMode::Rehearse, ..self.clone() }
    }
}
