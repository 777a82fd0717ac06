//! A real cluster on this machine: `dask scheduler` and `dask worker`s, from a virtual environment.

// Another test program includes this file.
#[path = "client.rs"]
mod client;

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, Once, OnceLock, PoisonError},
    thread::sleep,
    time::{Duration, Instant},
};

use self::client::Client;

/// The version of `distributed` that the tests install, unless this variable names another.
const VERSION: &str = "2026.8.0";
const VARIABLE: &str = "DELAYED_DISTRIBUTED";

/// The version of `distributed` that the tests use on both sides.
pub(crate) fn version() -> String {
    std::env::var(VARIABLE).unwrap_or_else(|_| VERSION.to_owned())
}

/// A Python with `distributed`, installed on first use; `None`, with a message, where that is impossible.
pub(crate) fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match PYTHON.get_or_init(prepare) {
        Ok(python) => Some(python),
        Err(reason) => {
            let message = format!("SKIPPED: no check with Dask: {reason}");
            assert!(std::env::var_os("DELAYED_REQUIRE_CLIENTS").is_none(), "{message}");
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                let _ = writeln!(std::io::stderr().lock(), "{message}");
            });
            None
        }
    }
}

fn prepare() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("dask-{}", version()));
    let requirement = format!("distributed=={}", version());
    let broken = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(broken)?;
    // Other test programs install it too.
    let lock = File::create(folder.join("lock")).map_err(broken)?;
    lock.lock().map_err(broken)?;
    let python = folder.join("venv/bin/python");
    let ready = folder.join("ready");
    if fs::read_to_string(&ready).is_ok_and(|text| text == requirement) && python.exists() {
        return Ok(python);
    }
    let _ = fs::remove_file(&ready);
    execute(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder.join("venv")))?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &requirement];
    execute(Command::new(&python).args(pip))?;
    fs::write(&ready, &requirement).map_err(broken)?;
    Ok(python)
}

/// Runs a command and returns what it printed, or how it failed.
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

/// A scheduler and its workers. All processes end when it is dropped.
pub(crate) struct Fleet {
    /// Address of the scheduler.
    pub address: String,
    folder: tempfile::TempDir,
    options: Vec<String>,
    environment: Vec<(String, String)>,
    processes: Vec<Child>,
    /// Empty until somebody asks about the scheduler.
    client: Mutex<Option<Client>>,
}

impl Fleet {
    /// A scheduler with as many workers, each with a nanny and one thread.
    pub(crate) fn with_workers(workers: usize) -> Self {
        let mut fleet = Fleet::scheduler(&[], &[]);
        for _ in 0..workers {
            fleet.add_worker(&[]);
        }
        fleet.wait_for_workers(workers);
        fleet
    }

    /// A scheduler without workers. The options are for it and for all workers that are added.
    pub(crate) fn scheduler(options: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("scheduler.json");
        let owned = |pair: &(&str, &str)| (pair.0.to_owned(), pair.1.to_owned());
        let mut fleet = Fleet {
            address: String::new(),
            folder,
            options: options.iter().map(|&option| option.to_owned()).collect(),
            environment: environment.iter().map(owned).collect(),
            processes: Vec::new(),
            client: Mutex::default(),
        };
        let file_name = file.to_str().unwrap();
        fleet.start(
            &[],
            &["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
            &["--scheduler-file", file_name],
        );
        let said = wait_for("the scheduler's address", || {
            let text = fs::read_to_string(&file).ok()?;
            let (_, rest) = text.split_once("\"address\": \"")?;
            Some(rest.split_once('"')?.0.to_owned())
        });
        fleet.address = said;
        fleet
    }

    /// Adds a worker with one thread; returns the process of its nanny, or its own without a nanny.
    pub(crate) fn add_worker(&mut self, options: &[&str]) -> u32 {
        let address = self.address.clone();
        self.add_worker_at(&address, options)
    }

    /// Adds a worker that reaches the scheduler at another address.
    pub(crate) fn add_worker_at(&mut self, address: &str, options: &[&str]) -> u32 {
        self.add_worker_inside(&[], address, options)
    }

    /// Adds a worker that is started by another command, which its own command follows.
    pub(crate) fn add_worker_inside(
        &mut self,
        inside: &[&str],
        address: &str,
        options: &[&str],
    ) -> u32 {
        let name = format!("worker-{}", self.processes.len());
        let local = self.folder.path().join(&name);
        let local = local.to_str().unwrap().to_owned();
        self.start(
            inside,
            &["worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"],
            &[&["--local-directory", &local, "--name", &name], options].concat(),
        );
        self.processes.last().unwrap().id()
    }

    fn start(&mut self, inside: &[&str], command: &[&str], options: &[&str]) {
        let python = python().expect("the test begins by asking for Python");
        let log = self.folder.path().join(format!("{}.log", self.processes.len()));
        let log = File::create(log).unwrap();
        let dask = python.with_file_name("dask");
        let mut process = match inside {
            [] => Command::new(dask),
            [program, arguments @ ..] => {
                let mut process = Command::new(program);
                process.args(arguments).arg(dask);
                process
            }
        };
        let process = process
            .args(command)
            .args(&self.options)
            .args(options)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.processes.push(process);
    }

    /// Waits until the scheduler has as many workers to give tasks to: one that has just come is not ready yet.
    pub(crate) fn wait_for_workers(&self, count: usize) {
        let count = count.to_string();
        wait_for("the workers", || (self.ask("len(s.running)") == count).then_some(()));
    }

    /// Waits until the scheduler no longer knows any task or client.
    pub(crate) fn wait_until_forgotten(&self) {
        wait_for("the end of all tasks", || {
            let left = "sum(not str(k).startswith('ask') for k in s.tasks)";
            (self.ask(left) == "0").then_some(())
        });
    }

    /// The value of a Python expression about the scheduler `s`.
    pub(crate) fn ask(&self, expression: &str) -> String {
        let mut client = self.client.lock().unwrap();
        let client = client.get_or_insert_with(|| {
            let options = self.options.iter().skip(1).step_by(2).map(String::as_str);
            let is_tls = self.address.starts_with("tls:");
            let tls: Vec<&str> = options.filter(|_| is_tls).collect();
            Client::new(Command::new(python().unwrap()), &self.address, &tls)
        });
        client.ask(expression)
    }

    /// The folder with the files of all processes.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The logs of all processes.
    pub(crate) fn logs(&self) -> String {
        let logs = (0..self.processes.len()).map(|index| {
            let log = self.folder.path().join(format!("{index}.log"));
            format!("--- {index}\n{}", fs::read_to_string(log).unwrap_or_default())
        });
        logs.collect()
    }
}

impl Fleet {
    /// Asks all processes to end; a nanny also ends its worker.
    pub(crate) fn stop(&self) {
        for process in self.processes.iter().rev() {
            signal(process.id(), "TERM");
        }
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.logs());
        }
        // It would try to reach the scheduler for ever.
        self.client.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        self.stop();
        for process in self.processes.iter_mut().rev() {
            let begin = Instant::now();
            while begin.elapsed() < Duration::from_secs(5) && process.try_wait().unwrap().is_none()
            {
                sleep(Duration::from_millis(20));
            }
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Sends a signal to one process.
pub(crate) fn signal(process: u32, name: &str) {
    let _ = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status();
}

/// Tries until there is an answer, but for no longer than a minute.
pub(crate) fn wait_for<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = attempt() {
            return found;
        }
        assert!(begin.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        sleep(Duration::from_millis(50));
    }
}
