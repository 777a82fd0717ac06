//! oneTBB's flow graph: a small C++ program, compiled here with the user's own compiler.

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    sync::OnceLock,
};

use crate::overhead::process::{Program, Unavailable};

const SOURCE: &str = include_str!("onetbb.cpp");
const COMPILER: &str = "c++";

/// The program that measures oneTBB, compiled into the target folder beside the running one.
///
/// # Errors
/// When there is no compiler, or the compiler does not find the library.
pub fn program() -> Result<Program, Unavailable> {
    static COMPILED: OnceLock<Result<PathBuf, Unavailable>> = OnceLock::new();
    COMPILED.get_or_init(compile).clone().map(|path| Program::new(path, &[]))
}

fn compile() -> Result<PathBuf, Unavailable> {
    let folder = env::current_exe().map_err(|error| Unavailable::new(error.to_string()))?;
    let program = folder.with_file_name("overhead-onetbb");
    // Another process may run the program, or compile it, at this moment.
    let unfinished = folder.with_file_name(format!("overhead-onetbb-{}", process::id()));
    let compiled = compile_to(&unfinished);
    let compiled = compiled.and_then(|()| {
        fs::rename(&unfinished, &program).map_err(|error| Unavailable::new(error.to_string()))
    });
    if compiled.is_err() {
        // There may be nothing to remove.
        let _ = fs::remove_file(&unfinished);
    }
    compiled.map(|()| program)
}

fn compile_to(program: &Path) -> Result<(), Unavailable> {
    let missing =
        |error: io::Error| Unavailable::new(format!("no C++ compiler `{COMPILER}`: {error}"));
    let mut compiler = Command::new(COMPILER)
        .args(["-O3", "-std=c++17", "-x", "c++", "-", "-o"])
        .arg(program)
        .arg("-ltbb")
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(missing)?;
    if let Some(mut source) = compiler.stdin.take() {
        // A compiler that ends early says why on its error output.
        let _ = source.write_all(SOURCE.as_bytes());
    }
    let ended = compiler.wait_with_output().map_err(missing)?;
    if ended.status.success() {
        return Ok(());
    }
    let messages = String::from_utf8_lossy(&ended.stderr);
    let error = messages.lines().find(|line| line.contains("error") || line.contains("-ltbb"));
    let error = error.unwrap_or("it does not say why").trim();
    Err(Unavailable::new(format!(
        "{COMPILER} cannot build it, oneTBB (libtbb-dev) is missing? {error}"
    )))
}
