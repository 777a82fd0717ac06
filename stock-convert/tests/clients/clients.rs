//! Programs of others: they are found, or installed where that is possible; what is missing is reported.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock};

/// The name of each Python environment → what is installed there.
const NEWEST: (&str, &str) = ("clients", include_str!("requirements.txt"));
const BEFORE: (&str, &str) = ("clients-pandas2", include_str!("requirements-pandas2.txt"));

/// A Python with pandas, PyTables and h5py.
pub(crate) struct Python(PathBuf);

/// The newest pandas.
pub(crate) fn python() -> Option<&'static Python> {
    static NEWEST_PYTHON: OnceLock<Result<Python, String>> = OnceLock::new();
    found(NEWEST_PYTHON.get_or_init(|| Python::prepare(NEWEST)))
}

/// Two major versions of pandas.
pub(crate) fn pythons() -> impl Iterator<Item = &'static Python> {
    static PYTHON_BEFORE: OnceLock<Result<Python, String>> = OnceLock::new();
    let before = || found(PYTHON_BEFORE.get_or_init(|| Python::prepare(BEFORE)));
    python().into_iter().chain(before())
}

fn found(python: &'static Result<Python, String>) -> Option<&'static Python> {
    match python {
        Ok(python) => Some(python),
        Err(reason) => skip("pandas and h5py", reason),
    }
}

/// What `h5dump -H` says about a file.
pub(crate) fn h5dump(file: &Path) -> Option<String> {
    match Command::new("h5dump").arg("-H").arg(file).output() {
        Err(error) => skip("h5dump", &format!("{error}; the package hdf5-tools has it")),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let err = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && err.is_empty(), "h5dump {file:?}: {err}{said}");
            Some(said)
        }
    }
}

/// Says once in this program that a client is missing. Past the test harness, which keeps to itself
/// what a test that passes prints.
pub(crate) fn skip<T>(what: &str, reason: &str) -> Option<T> {
    let message = format!("SKIPPED: no check with {what}: {reason}");
    assert!(std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(), "{message}");
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap().insert(what.to_owned()) {
        let _ = writeln!(std::io::stderr().lock(), "{message}");
    }
    None
}

impl Python {
    /// Installs what is required on first use, into a virtual environment below the target folder.
    fn prepare((name, required): (&str, &str)) -> Result<Self, String> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let broken = |error: std::io::Error| format!("{}: {error}", folder.display());
        fs::create_dir_all(&folder).map_err(broken)?;
        // Tests run at the same time, in this process and in others.
        let lock = File::create(folder.join("lock")).map_err(broken)?;
        lock.lock().map_err(broken)?;
        let environment = folder.join("venv");
        let python =
            environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let ready = folder.join("ready");
        if fs::read_to_string(&ready).is_ok_and(|text| text == required) && python.exists() {
            return Ok(Self(python));
        }
        let _ = fs::remove_file(&ready);
        let system = if cfg!(windows) { "python" } else { "python3" };
        execute(Command::new(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let requirements = folder.join("requirements.txt");
        fs::write(&requirements, required).map_err(broken)?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
        execute(Command::new(&python).args(pip).arg(&requirements))?;
        fs::write(&ready, required).map_err(broken)?;
        Ok(Self(python))
    }

    /// Runs a script; gives what it printed, and fails the test when it fails.
    pub(crate) fn run(
        &self,
        script: &Path,
        arguments: impl IntoIterator<Item: AsRef<OsStr>>,
    ) -> String {
        let mut command = Command::new(&self.0);
        match execute(command.arg(script).args(arguments)) {
            Ok(said) => said,
            Err(said) => panic!("{said}"),
        }
    }
}

/// What a command printed, or how it failed.
pub(crate) fn execute(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    match output.status.success() {
        true => Ok(said.into_owned()),
        false => {
            let err = String::from_utf8_lossy(&output.stderr);
            Err(format!("{command:?}: {}\n{said}{err}", output.status))
        }
    }
}
