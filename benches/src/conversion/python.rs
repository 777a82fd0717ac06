//! Python in a virtual environment that is made on first use, and the converters that it runs.

use std::{
    fs,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Duration,
};

const REQUIREMENTS: &str = include_str!("requirements.txt");
const RIVALS: &str = include_str!("rivals.py");
const EQUAL: &str = include_str!("equal.py");

/// A virtual environment with the packages that the converters need.
#[derive(Debug)]
pub struct Python {
    folder: PathBuf,
}

/// A running Python program that converts all files each time that it is told to.
#[derive(Debug)]
pub struct Rival {
    child: Child,
    tell: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Installs Python's packages into `folder`, unless they are there.
    ///
    /// # Errors
    /// When `python3 -m venv` or pip fails, or the folder cannot be written.
    pub fn prepare(folder: &Path) -> io::Result<Self> {
        let this = Self { folder: folder.to_owned() };
        fs::create_dir_all(folder)?;
        let requirements = folder.join("requirements.txt");
        let ready = fs::read_to_string(&requirements).is_ok_and(|text| text == REQUIREMENTS);
        if !ready {
            eprintln!("Installing pandas, dask and polars into {} …", folder.display());
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
            let wanted = folder.join("wanted.txt");
            fs::write(&wanted, REQUIREMENTS)?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
            run(Command::new(this.program()).args(pip).arg(&wanted))?;
            fs::rename(&wanted, &requirements)?;
        }
        // A file, because the processes of a pool have to find it.
        fs::write(folder.join("rivals.py"), RIVALS)?;
        fs::write(folder.join("equal.py"), EQUAL)?;
        Ok(this)
    }

    fn program(&self) -> PathBuf {
        self.folder.join("venv/bin/python")
    }

    /// Starts a converter, and waits until it has imported all that it needs.
    ///
    /// # Errors
    /// When the program cannot be started, or ends early.
    pub fn start(
        &self,
        variant: &str,
        inputs: &Path,
        outputs: &Path,
        workers: usize,
    ) -> io::Result<Rival> {
        let mut child = Command::new(self.program())
            .arg(self.folder.join("rivals.py"))
            .arg(variant)
            .args([inputs, outputs])
            .arg(workers.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (tell, answers) = (child.stdin.take(), child.stdout.take());
        let answers = answers.ok_or_else(|| io::Error::other("no pipe"))?;
        let mut rival = Rival { child, tell, answers: BufReader::new(answers) };
        rival.answer()?;
        Ok(rival)
    }

    /// Compares the outputs of all converters value by value; says how many files are equal.
    ///
    /// # Errors
    /// When a value differs.
    pub fn compare(&self, folders: [&Path; 4]) -> io::Result<String> {
        run(Command::new(self.program()).arg(self.folder.join("equal.py")).args(folders))
    }
}

impl Rival {
    /// Converts all files; returns the elapsed time by the program's own clock.
    ///
    /// # Errors
    /// When the program has ended.
    pub fn convert(&mut self) -> io::Result<Duration> {
        let tell = self.tell.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        writeln!(tell, "convert")?;
        tell.flush()?;
        let answer = self.answer()?;
        answer.parse().map(Duration::from_secs_f64).map_err(io::Error::other)
    }

    fn answer(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::other("the Python program has ended; see above")),
            _ => Ok(line.trim().to_owned()),
        }
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        drop(self.tell.take());
        let _ = self.child.wait();
    }
}

fn run(command: &mut Command) -> io::Result<String> {
    let output = command.stderr(Stdio::inherit()).output()?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned()),
        false => Err(io::Error::other(format!("{command:?}: {}", output.status))),
    }
}
