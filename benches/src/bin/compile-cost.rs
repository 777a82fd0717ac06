//! What does `#[delayed]` cost the compiler? Writes a crate of functions, builds it plain and delayed, and
//! prints what a function costs: user CPU of check, debug and optimised build, and bytes of the program.

use std::{
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use benches::overhead::measure::median;
use clap::Parser;

/// Measures what `#[delayed]` costs to compile.
#[derive(Parser)]
struct Options {
    /// Number of functions, of three parameters each; all of them are used.
    #[arg(long, value_name = "N", default_value_t = 200)]
    functions: usize,
    /// How often each thing is measured; medians are printed.
    #[arg(long, value_name = "N", default_value_t = 3)]
    repeat: usize,
}

/// Returns the source of a program whose functions are tasks, or are called at once.
fn source(functions: usize, delayed: bool) -> String {
    let mut text = String::new();
    let (attribute, result) = if delayed {
        text.push_str("use graph_exec::prelude::*;\n");
        ("#[delayed]\n", "Delayed<f64>")
    } else {
        ("", "f64")
    };
    let mut calls = String::new();
    for n in 0..functions {
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            text,
            "{attribute}fn f{n}(x: i64, text: &str, rows: Vec<f64>) -> f64 {{ \
             x as f64 + {n}.0 * text.len() as f64 + rows.iter().sum::<f64>() }}"
        );
        let _ = writeln!(calls, "all.push(f{n}({n}, \"text\", vec![{n}.0]));");
    }
    let sum = if delayed { "all.compute().unwrap()" } else { "all" };
    let _ = writeln!(
        text,
        "fn main() {{ let mut all: Vec<{result}> = Vec::new();\n{calls}\
         println!(\"{{}}\", {sum}.iter().sum::<f64>()); }}"
    );
    text
}

/// The user CPU time of this process's children that have ended, in seconds.
fn cpu_of_children() -> Result<f64, Box<dyn Error>> {
    // In clock ticks, of which Linux has 100 a second; the name in parentheses may hold anything.
    let stat = fs::read_to_string("/proc/self/stat")?;
    let (_, fields) = stat.rsplit_once(')').ok_or("an unknown format of /proc/self/stat")?;
    let ticks = fields.split_whitespace().nth(13).ok_or("too few fields in /proc/self/stat")?;
    Ok(ticks.parse::<f64>()? / 100.0)
}

/// A crate that is built again and again.
struct Program {
    folder: PathBuf,
    target: PathBuf,
}

impl Program {
    /// Writes the crate; it depends on the graph-exec beside this crate.
    fn new(folder: &Path, delayed: bool, functions: usize) -> Result<Self, Box<dyn Error>> {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
        let name = format!("{}-{functions}", if delayed { "delayed" } else { "plain" });
        let folder = folder.join(&name);
        fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\ngraph-exec = {{ path = {:?}, default-features = false }}\n",
            workspace.join("graph-exec")
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        fs::write(folder.join("src/main.rs"), source(functions, delayed))?;
        Ok(Program { folder, target: workspace.join("target/compile-cost") })
    }

    /// Compiles the crate, its dependencies being there, and returns the user CPU seconds.
    fn compile(&self, command: &[&str], repeat: usize) -> Result<f64, Box<dyn Error>> {
        let run = || -> Result<f64, Box<dyn Error>> {
            let main = self.folder.join("src/main.rs");
            // A newer file is compiled again.
            fs::write(&main, fs::read(&main)?)?;
            let before = cpu_of_children()?;
            let status = Command::new("cargo")
                .args(command)
                .args(["--quiet", "--offline", "--target-dir"])
                .arg(&self.target)
                .current_dir(&self.folder)
                .env("CARGO_INCREMENTAL", "0")
                .status()?;
            if !status.success() {
                return Err(format!("cargo {} failed", command.join(" ")).into());
            }
            Ok(cpu_of_children()? - before)
        };
        run()?;
        let mut seconds = (0..repeat).map(|_| run()).collect::<Result<Vec<f64>, _>>()?;
        Ok(median(&mut seconds))
    }

    /// The size of the built program without symbols.
    fn stripped(&self, profile: &str) -> Result<u64, Box<dyn Error>> {
        let name = self.folder.file_name().ok_or("a folder has a name")?;
        let program = self.target.join(profile).join(name);
        let stripped = self.folder.join("stripped");
        let status = Command::new("strip").arg("-o").arg(&stripped).arg(&program).status()?;
        if !status.success() {
            return Err("strip failed".into());
        }
        Ok(fs::metadata(&stripped)?.len())
    }
}

/// A crate of many functions and one of a single function: what they differ by is the functions' own, and
/// not what every program that runs a graph costs.
struct Pair {
    one: Program,
    many: Program,
}

impl Pair {
    fn new(folder: &Path, delayed: bool, functions: usize) -> Result<Self, Box<dyn Error>> {
        let one = Program::new(folder, delayed, 1)?;
        Ok(Pair { one, many: Program::new(folder, delayed, functions)? })
    }

    /// The value of both, `one` first.
    fn both<T>(
        &self,
        of: impl Fn(&Program) -> Result<T, Box<dyn Error>>,
    ) -> Result<(T, T), Box<dyn Error>> {
        Ok((of(&self.one)?, of(&self.many)?))
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let (functions, repeat) = (options.functions.max(2), options.repeat.max(1));
    let folder = tempfile::tempdir()?;
    let plain = Pair::new(folder.path(), false, functions)?;
    let delayed = Pair::new(folder.path(), true, functions)?;
    let further = (functions - 1) as f64;
    println!("{functions} functions of three parameters, user CPU (median of {repeat})");
    println!(
        "{:<16} {:>10} {:>10} {:>11} {:>15}",
        "", "plain", "delayed", "… of one", "a function more"
    );
    let commands: [(&str, &[&str], Option<&str>); 3] = [
        ("check", &["check"], None),
        ("debug build", &["build"], Some("debug")),
        ("optimised build", &["build", "--release"], Some("release")),
    ];
    for (name, command, profile) in commands {
        let (plain_one, plain_many) = plain.both(|program| program.compile(command, repeat))?;
        let (one, many) = delayed.both(|program| program.compile(command, repeat))?;
        let each = 1000.0 * ((many - one) - (plain_many - plain_one)) / further;
        println!("{name:<16} {plain_many:>8.2} s {many:>8.2} s {one:>9.2} s {each:>12.2} ms");
        if let Some(profile) = profile {
            let (plain_one, plain_many) = plain.both(|program| program.stripped(profile))?;
            let (one, many) = delayed.both(|program| program.stripped(profile))?;
            let [plain_one, plain_many, one, many] =
                [plain_one, plain_many, one, many].map(|bytes| bytes as f64);
            let each = ((many - one) - (plain_many - plain_one)) / further;
            let kib = |bytes: f64| bytes / 1024.0;
            println!(
                "{:<16} {:>6.0} KiB {:>6.0} KiB {:>7.0} KiB {each:>13.0} B",
                "  stripped",
                kib(plain_many),
                kib(many),
                kib(one)
            );
        }
    }
    Ok(())
}
