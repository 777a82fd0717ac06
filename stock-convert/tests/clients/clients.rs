//! Programs of others: they are found, or installed where that is possible; what is missing is reported.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, OnceLock};
use std::thread;

use crate::python::Python;

/// The name of each Python environment → what is installed there.
const NEWEST: (&str, &str) = ("clients", include_str!("requirements.txt"));
const BEFORE: (&str, &str) = ("clients-pandas2", include_str!("requirements-pandas2.txt"));

/// The newest pandas.
pub(crate) fn python() -> Option<&'static Python> {
    found(&prepared()[0])
}

/// Two major versions of pandas.
pub(crate) fn pythons() -> impl Iterator<Item = &'static Python> {
    prepared().iter().filter_map(found)
}

/// Both, prepared at the same time.
fn prepared() -> &'static [Result<Python, String>; 2] {
    static PREPARED: OnceLock<[Result<Python, String>; 2]> = OnceLock::new();
    PREPARED.get_or_init(|| {
        thread::scope(|scope| {
            let before = scope.spawn(|| prepare(BEFORE));
            [prepare(NEWEST), before.join().unwrap()]
        })
    })
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

/// Installs what is required on first use, into a virtual environment below the target folder.
fn prepare((name, required): (&str, &str)) -> Result<Python, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let broken = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(broken)?;
    // Tests run at the same time, in this process and in others.
    let lock = File::create(folder.join("lock")).map_err(broken)?;
    lock.lock().map_err(broken)?;
    let environment = folder.join("venv");
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let ready = folder.join("ready");
    if fs::read_to_string(&ready).is_ok_and(|text| text == required) && python.exists() {
        return Ok(Python::new(python));
    }
    let _ = fs::remove_file(&ready);
    let system = if cfg!(windows) { "python" } else { "python3" };
    execute(Command::new(system).args(["-m", "venv", "--clear"]).arg(&environment))?;
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, required).map_err(broken)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    execute(Command::new(&python).args(pip).arg(&requirements))?;
    fs::write(&ready, required).map_err(broken)?;
    Ok(Python::new(python))
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
