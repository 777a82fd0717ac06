//! What was seen of the threads of a run from outside, at moments some milliseconds apart.

/// The samples of one run.
#[derive(Debug, Clone, Default)]
pub(crate) struct Samples {
    /// Worker → its samples, in the order of time. Empty for a worker that was never seen.
    pub(crate) workers: Vec<Vec<WorkerSample>>,
    /// The whole process, in the order of time.
    pub(crate) process: Vec<ProcessSample>,
}

/// One look at a thread while it worked for the run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WorkerSample {
    /// Since the run began.
    pub(crate) at_ns: u64,
    /// How long before that the run was looked at for the last time, in nanoseconds. The sample stands for
    /// that time.
    pub(crate) stands_for_ns: u64,
    /// Time on a core, since the thread began.
    pub(crate) on_core_ns: u64,
    /// Time that the thread was ready to go on and had no core, since it began.
    pub(crate) without_core_ns: u64,
    /// The thread, as the system numbers it.
    pub(crate) thread: u32,
    pub(crate) doing: Doing,
}

/// One look at the process.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "report"), allow(dead_code, reason = "some of it is for pages"))]
pub(crate) struct ProcessSample {
    /// Since the run began.
    pub(crate) at_ns: u64,
    /// Memory that the process has in use, in bytes.
    pub(crate) resident_bytes: u64,
    /// Time on cores of all its threads since the process began, in steps of 10 ms.
    pub(crate) cpu_ns: u64,
}

/// What a thread does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// It is on a core, or ready to be.
    Computes,
    Waits(Wait),
}

/// What a thread waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wait {
    /// A core. No sample says so: it follows from the times of several.
    Core,
    /// A mutex, or a lock for reading or writing.
    Lock,
    /// A time that the thread has chosen itself.
    Sleep,
    /// A file.
    Disk,
    /// A socket, or several sockets and files.
    Network,
    /// Another thread, another process, or something that the system does not name.
    Other,
}
