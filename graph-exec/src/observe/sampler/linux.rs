//! What Linux tells of the threads of this process, to any user: files below `/proc/self/task`.
//!
//! `schedstat` has the time of a thread on a core and the time that it was ready and had none;
//! `syscall` has what it waits in; and a link below `/proc/self/fd` tells a file from a socket.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::record::run_data::samples::{Doing, ProcessSample, Wait};

/// Miri has no `/proc`, and no threads that outlive `main`.
pub(super) const TELLS: bool = !cfg!(miri);

/// The number of a thread.
#[derive(Default)]
pub(super) struct ThreadId(AtomicU32);

impl ThreadId {
    pub(super) fn set(&self, thread: u32) {
        self.0.store(thread, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

thread_local! {
    static THIS_THREAD: u32 = number_of_this_thread().unwrap_or(0);
}

/// The number of the calling thread; 0 when the system does not tell.
pub(super) fn this_thread() -> u32 {
    THIS_THREAD.try_with(|thread| *thread).unwrap_or(0)
}

fn number_of_this_thread() -> Option<u32> {
    let link = fs::read_link("/proc/thread-self").ok()?;
    link.file_name()?.to_str()?.parse().ok()
}

/// Where the system tells of one thread.
pub(super) struct ThreadSource {
    thread: u32,
    times: File,
    /// `None` where it does not tell what threads wait in.
    call: Option<File>,
    place: Option<File>,
}

impl ThreadSource {
    /// `None` when the thread is gone, or the system does not tell.
    pub(super) fn open(thread: u32) -> Option<Self> {
        let open = |name| File::open(format!("/proc/self/task/{thread}/{name}")).ok();
        Some(ThreadSource {
            thread,
            times: open("schedstat")?,
            call: open("syscall"),
            place: open("wchan"),
        })
    }

    pub(super) fn thread(&self) -> u32 {
        self.thread
    }

    /// Time on a core, and time that the thread was ready without one, in nanoseconds.
    pub(super) fn times(&mut self) -> Option<(u64, u64)> {
        let mut buffer = [0; 96];
        let mut numbers = read(&self.times, &mut buffer)?.split_ascii_whitespace();
        let mut number = || numbers.next()?.parse().ok();
        Some((number()?, number()?))
    }

    /// What the thread does now. One that is known to compute is not asked.
    pub(super) fn doing(&mut self, computes: bool) -> Doing {
        let mut buffer = [0; 256];
        let call = match &self.call {
            Some(call) if !computes => read(call, &mut buffer),
            _ => None,
        };
        let Some(call) = call else { return Doing::Computes };
        let mut words = call.split_ascii_whitespace();
        let Some(number) = words.next().and_then(|word| word.parse::<i64>().ok()) else {
            return Doing::Computes; // "running"
        };
        let mut argument = || {
            let hexadecimal = words.next()?.strip_prefix("0x")?;
            u64::from_str_radix(hexadecimal, 16).ok()
        };
        let arguments = [argument(), argument(), argument()].map(Option::unwrap_or_default);
        Doing::Waits(match calls::kind(number) {
            CallKind::Futex => lock_or_other(arguments),
            CallKind::Sleep => Wait::Sleep,
            CallKind::File => Wait::Disk,
            CallKind::Descriptor => wait_for_descriptor(arguments[0]),
            CallKind::Descriptors => Wait::Network,
            CallKind::Unknown => self.wait_by_place(),
        })
    }

    /// What the thread waits for, by where in the kernel it waits.
    fn wait_by_place(&self) -> Wait {
        let mut buffer = [0; 96];
        let place = self.place.as_ref().and_then(|place| read(place, &mut buffer)).unwrap_or("");
        let begins = |starts: &[&str]| starts.iter().any(|start| place.starts_with(start));
        if begins(&["folio_", "io_schedule", "wait_on_page", "wait_on_buffer", "jbd2_", "blk_"]) {
            Wait::Disk
        } else {
            Wait::Other
        }
    }
}

/// What a system call that takes long waits for.
enum CallKind {
    Futex,
    Sleep,
    /// A file, whatever its arguments.
    File,
    /// What the first argument, a file descriptor, stands for.
    Descriptor,
    /// Several of them.
    Descriptors,
    Unknown,
}

#[cfg(target_arch = "x86_64")]
mod calls {
    use super::CallKind;

    pub(super) fn kind(number: i64) -> CallKind {
        match number {
            202 => CallKind::Futex,
            35 | 230 => CallKind::Sleep,
            0 | 1 | 17..=20 | 40 | 42..=47 | 275 | 288 | 295 | 296 | 299 | 307 | 326..=328 => {
                CallKind::Descriptor
            }
            7 | 23 | 232 | 270 | 271 | 281 | 441 => CallKind::Descriptors,
            2 | 74..=78 | 82..=88 | 162 | 217 | 257..=266 | 277 | 285 | 306 | 332 => CallKind::File,
            _ => CallKind::Unknown,
        }
    }
}

/// The numbers that newer architectures have in common.
#[cfg(not(target_arch = "x86_64"))]
mod calls {
    use super::CallKind;

    pub(super) fn kind(number: i64) -> CallKind {
        match number {
            98 => CallKind::Futex,
            101 | 115 => CallKind::Sleep,
            63..=71 | 76 | 77 | 202 | 203 | 206 | 207 | 211 | 212 | 242 | 243 | 269 => {
                CallKind::Descriptor
            }
            22 | 72 | 73 => CallKind::Descriptors,
            33..=38 | 43..=48 | 56 | 61 | 81..=84 | 267 | 276 | 291 => CallKind::File,
            _ => CallKind::Unknown,
        }
    }
}

/// Tells a lock from everything else that threads wait for in `futex`: the word that a lock waits on
/// says that it is taken and that somebody waits, while a condition variable's word counts, and those
/// of a parked or a joined thread have numbers of their own.
fn lock_or_other([_, operation, value]: [u64; 3]) -> Wait {
    /// The bits that say whether the futex is private, and which clock its timeout is by.
    const FLAGS: u64 = 128 | 256;
    const WAIT: u64 = 0;
    const WAIT_BITSET: u64 = 9;
    const LOCK_PI: u64 = 6;
    /// A mutex of the standard library, or one of the C library.
    const CONTENDED: u64 = 2;
    /// The thread of a lock of the crate parking_lot.
    const PARKED: u64 = 1;
    /// In a lock for reading or writing of the standard library: readers or writers wait.
    const SOMEBODY_WAITS: u64 = 1 << 30 | 1 << 31;
    const THREAD_PARKED: u64 = u32::MAX as u64;
    let value = value & u64::from(u32::MAX);
    let is_lock = match operation & !FLAGS {
        WAIT | WAIT_BITSET if value == CONTENDED => true,
        WAIT if value == PARKED => true,
        WAIT_BITSET => value & SOMEBODY_WAITS != 0 && value != THREAD_PARKED,
        other => other == LOCK_PI,
    };
    if is_lock { Wait::Lock } else { Wait::Other }
}

fn wait_for_descriptor(descriptor: u64) -> Wait {
    let target = fs::read_link(format!("/proc/self/fd/{descriptor}"));
    let target = target.ok();
    let target = target.as_deref().and_then(|path| path.to_str()).unwrap_or("");
    if target.starts_with("socket:") {
        Wait::Network
    } else if target.starts_with('/') && !target.starts_with("/dev/") {
        Wait::Disk
    } else {
        // A pipe has another process, or another thread, at its other end.
        Wait::Other
    }
}

/// Reads a small file from its beginning.
fn read<'b>(file: &File, buffer: &'b mut [u8]) -> Option<&'b str> {
    let length = file.read_at(buffer, 0).ok()?;
    std::str::from_utf8(&buffer[..length]).ok()
}

/// Where the system tells of the whole process.
#[derive(Default)]
pub(super) struct ProcessSource {
    /// `None` before the first look.
    files: Option<ProcessFiles>,
}

struct ProcessFiles {
    memory: File,
    times: File,
    page_bytes: u64,
}

impl ProcessSource {
    pub(super) fn look(&mut self, at_ns: u64) -> Option<ProcessSample> {
        if self.files.is_none() {
            self.files = ProcessFiles::open();
        }
        self.files.as_ref()?.look(at_ns)
    }
}

impl ProcessFiles {
    fn open() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let resident: u64 = resident.trim().strip_suffix("kB")?.trim().parse().ok()?;
        let memory = File::open("/proc/self/statm").ok()?;
        // Pages have 4 KiB, or on some machines 16 or 64: whichever fits what was said in KiB.
        let mut buffer = [0; 128];
        let pages = resident_pages(&memory, &mut buffer)?.max(1);
        let page_kib =
            [4, 16, 64].into_iter().min_by_key(|kib| (kib * pages).abs_diff(resident))?;
        Some(ProcessFiles {
            memory,
            times: File::open("/proc/self/stat").ok()?,
            page_bytes: page_kib * 1024,
        })
    }

    fn look(&self, at_ns: u64) -> Option<ProcessSample> {
        /// In a hundredth of a second each, whatever the kernel's own clock.
        const TICK_NS: u64 = 10_000_000;
        let mut buffer = [0; 512];
        let resident_bytes = resident_pages(&self.memory, &mut buffer)? * self.page_bytes;
        let times = read(&self.times, &mut buffer)?;
        // The name of the program, in brackets, may contain anything.
        let mut fields = times.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
        let mut field = || fields.next()?.parse::<u64>().ok();
        let cpu_ns = (field()? + field()?) * TICK_NS;
        Some(ProcessSample { at_ns, resident_bytes, cpu_ns })
    }
}

fn resident_pages(memory: &File, buffer: &mut [u8]) -> Option<u64> {
    read(memory, buffer)?.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Mutex, RwLock, mpsc},
        thread,
        time::{Duration, Instant},
    };

    use super::*;

    /// Looks at a thread that does `wait`, until it is seen to wait as `wanted`; then does `release`.
    fn see(wanted: Wait, wait: impl FnOnce() + Send, release: impl FnOnce()) {
        let (told, tells) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                told.send(this_thread()).unwrap();
                wait();
            });
            let mut source = ThreadSource::open(tells.recv().unwrap()).unwrap();
            let begin = Instant::now();
            let mut doing = Doing::Computes;
            while doing != Doing::Waits(wanted) && begin.elapsed() < Duration::from_secs(20) {
                thread::sleep(Duration::from_millis(1));
                doing = source.doing(false);
            }
            release();
            assert_eq!(doing, Doing::Waits(wanted));
        });
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no /proc")]
    fn what_a_thread_waits_for_is_told_apart() {
        let mutex = Mutex::new(());
        let held = mutex.lock().unwrap();
        see(Wait::Lock, || drop(mutex.lock()), || drop(held));

        let lock = RwLock::new(());
        let held = lock.write().unwrap();
        see(Wait::Lock, || drop(lock.read()), || drop(held));

        let (sender, receiver) = mpsc::channel::<()>();
        see(Wait::Other, move || assert!(receiver.recv().is_err()), || drop(sender));

        let (mut reader, writer) = std::io::pipe().unwrap();
        let read_pipe = move || drop(std::io::Read::read(&mut reader, &mut [0]));
        see(Wait::Other, read_pipe, || drop(writer));

        let (mut here, there) = std::os::unix::net::UnixStream::pair().unwrap();
        let read_socket = move || drop(std::io::Read::read(&mut here, &mut [0]));
        see(Wait::Network, read_socket, || drop(there));

        see(Wait::Sleep, || thread::sleep(Duration::from_millis(300)), || {});
    }

    #[test]
    #[cfg_attr(miri, ignore = "Miri has no /proc")]
    fn a_thread_that_computes_is_on_a_core_and_the_process_has_memory() {
        let mut source = ThreadSource::open(this_thread()).unwrap();
        let (before, _) = source.times().unwrap();
        let begin = Instant::now();
        while source.times().unwrap().0 < before + 5_000_000 {
            assert!(begin.elapsed() < Duration::from_secs(20));
        }
        let process = ProcessSource::default().look(7).unwrap();
        assert_eq!(process.at_ns, 7);
        // More than a page, and less than any machine has.
        assert!((1 << 16..1 << 44).contains(&process.resident_bytes), "{process:?}");
    }
}
