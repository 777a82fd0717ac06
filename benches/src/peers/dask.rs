//! Dask's `delayed`, run by the user's own Python on Dask's threaded scheduler.
//!
//! That Python is the `python3` on the path, which may belong to a virtual environment:
//!
//! ```sh
//! python3 -m venv target/dask && target/dask/bin/pip install dask
//! PATH=$PWD/target/dask/bin:$PATH cargo run --release -p benches --bin overhead -- --who dask
//! ```

use std::{
    process::{Command, Stdio},
    sync::OnceLock,
};

use crate::overhead::process::{Program, Unavailable};

const SOURCE: &str = include_str!("dask_delayed.py");
const PYTHON: &str = "python3";

/// The program that measures Dask: Python, with the source as an argument.
///
/// # Errors
/// When there is no Python, or it has no Dask.
pub fn program() -> Result<Program, Unavailable> {
    static FOUND: OnceLock<Result<(), Unavailable>> = OnceLock::new();
    FOUND.get_or_init(find).clone().map(|()| Program::new(PYTHON, &["-c", SOURCE]))
}

fn find() -> Result<(), Unavailable> {
    let python = Command::new(PYTHON).args(["-c", "import dask"]).stderr(Stdio::null()).status();
    match python {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Unavailable::new(format!("{PYTHON} cannot import dask (pip install dask)"))),
        Err(error) => Err(Unavailable::new(format!("no `{PYTHON}`: {error}"))),
    }
}
