//! What the threads of this process do.

use std::{
    collections::BTreeMap,
    fmt::{self, Display, Formatter},
    fs,
    path::Path,
    thread,
    time::Duration,
};

/// Over which time it is seen who uses the processor.
const MEANWHILE: Duration = Duration::from_millis(500);

/// The threads of this process. Empty where the system does not tell.
pub(crate) struct Threads(BTreeMap<u32, Thread>);

struct Thread {
    name: String,
    /// `R` runs, `S` sleeps.
    state: String,
    /// How long it has run, in ticks of the system: hundredths of a second, as a rule.
    ticks: u64,
    /// The same while it was watched.
    ticks_meanwhile: u64,
    /// What it waits for in the system, such as `futex_wait_queue`.
    waits_in: String,
    /// The call to the system that it is in, and what with: two that wait at one address wait for one another's lock.
    call: String,
}

impl Threads {
    /// Watches them for a moment.
    pub(crate) fn watch() -> Self {
        let before = Self::now();
        thread::sleep(MEANWHILE);
        let mut threads = Self::now();
        for (id, thread) in &mut threads.0 {
            let before = before.0.get(id).map_or(0, |before| before.ticks);
            thread.ticks_meanwhile = thread.ticks.saturating_sub(before);
        }
        threads
    }

    fn now() -> Self {
        let entries = fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
        let threads = entries.filter_map(|entry| {
            let id = entry.file_name().to_str()?.parse().ok()?;
            Some((id, Thread::read(&entry.path())?))
        });
        Threads(threads.collect())
    }
}

impl Thread {
    fn read(task: &Path) -> Option<Self> {
        let read = |what: &str| {
            let text = fs::read_to_string(task.join(what)).unwrap_or_default();
            text.trim().to_owned()
        };
        let stat = read("stat");
        // The name before it is in parentheses and may hold anything.
        let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
        let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
        Some(Thread {
            name: read("comm"),
            state: (*fields.first()?).to_owned(),
            ticks: ticks(11)? + ticks(12)?,
            ticks_meanwhile: 0,
            waits_in: read("wchan"),
            call: read("syscall"),
        })
    }
}

impl Display for Threads {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return writeln!(f, "  (this system does not say what threads do)");
        }
        for (id, thread) in &self.0 {
            let Thread { name, state, ticks, ticks_meanwhile, waits_in, call } = thread;
            writeln!(
                f,
                "  {id} {name:15} {state}, {ticks} ticks, {ticks_meanwhile} of them in the last {MEANWHILE:?}; \
                 waits in {waits_in}; call {call}"
            )?;
        }
        Ok(())
    }
}
