"""The half of the adaptor that runs on the cluster: values, tasks, and the Rust processes that run them.

The client sends this source to the scheduler and to every worker, where it becomes a module whose
name holds the hash of the source. A dask worker keeps one Rust process, a *child*, for each of its
threads that runs a task, and speaks with it through two pipes:

    child → worker   "GXC1"  u32 length  JSON {protocol, functions}    once, when it has started
    worker → child   u32 length of name  u64 length of arguments  name  arguments
    child → worker   u8 status  u64 length  result, or a message

All numbers are little-endian.
"""

import fcntl
import hashlib
import json
import os
import signal
import struct
import subprocess
import tempfile
import threading
import zlib
from pickle import PickleBuffer

from dask.sizeof import sizeof
from distributed import get_worker

MAGIC = b"GXC1"
HANDSHAKE_SECONDS = 5
CHILD_VARIABLE = "GRAPH_EXEC_CLUSTER_CHILD"
# Linux's number of the command that sets the size of a pipe; older Pythons have no name for it.
F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", 1031)
PIPE_BYTES = 1 << 20
# How many buffers one system call may write.
BUFFERS_AT_ONCE = 512

RETURNED, FAILED, PANICKED, NOT_CALLED = range(4)
KINDS = {FAILED: "failed", PANICKED: "panicked", NOT_CALLED: "not called"}
# Signals that end a process from outside, not because of the task in it.
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM)


class RustError(Exception):
    """Why a task gave no result. Everything in it can be pickled."""

    def __init__(self, kind, function, message, index, worker):
        super().__init__(kind, function, message, index, worker)
        self.kind = kind
        self.function = function
        self.message = message
        self.index = index
        self.worker = worker

    def __str__(self):
        return f"{self.function} {self.kind}: {self.message}"


class Value:
    """One result: the bytes of a Rust value. Dask moves and spills them without a copy."""

    __slots__ = ("buffer",)

    def __init__(self, buffer):
        self.buffer = buffer

    def __reduce_ex__(self, protocol):
        return Value, (PickleBuffer(memoryview(self.buffer).toreadonly()),)


@sizeof.register(Value)
def size_of_value(value):
    return memoryview(value.buffer).nbytes


class Task:
    """Calls a Rust function. Its arguments are pieces: bytes, or None for the next of the results."""

    __slots__ = ("program", "function", "pieces", "index")

    def __init__(self, program, function, pieces, index):
        self.program = program
        self.function = function
        self.pieces = pieces
        self.index = index

    def __reduce__(self):
        return Task, (self.program, self.function, self.pieces, self.index)

    def __call__(self, *results):
        worker = get_worker()
        following = iter(results)
        buffers = [next(following).buffer if piece is None else piece for piece in self.pieces]
        try:
            status, answer = program_of(worker, self.program).call(self.function, buffers)
        except NotRunnable as problem:
            self.fail("not runnable", str(problem), worker)
        except ChildEnded as problem:
            self.fail("crashed", str(problem), worker)
        if status != RETURNED:
            self.fail(KINDS[status], answer.decode("utf8", "replace"), worker)
        return Value(answer)

    def fail(self, kind, message, worker):
        raise RustError(kind, self.function, message, self.index, worker.address) from None


class Join:
    """Joins pieces into a result, where no Rust function need be called: the joined bytes are the result."""

    __slots__ = ("pieces",)

    def __init__(self, pieces):
        self.pieces = pieces

    def __reduce__(self):
        return Join, (self.pieces,)

    def __call__(self, *results):
        following = iter(results)
        return Value(b"".join(next(following).buffer if piece is None else piece for piece in self.pieces))


def ended(result):
    """Stands for the end of a task, so that a task that only comes after it need not fetch its result."""
    return None


class NotRunnable(Exception):
    """The program cannot run on this worker."""


class ChildEnded(Exception):
    """A child ended while it ran a task."""

    def __init__(self, status):
        self.status = status
        if status is not None and status < 0:
            how = f"was killed by {signal.Signals(-status).name}"
            if -status == signal.SIGKILL:
                how += " (the system does that when memory runs out)"
        else:
            how = f"ended with exit status {status}"
        super().__init__(f"the process that ran the task {how}")

    def may_try_again(self, was_idle):
        """Says whether the task is not to blame: the child was stopped from outside, or ended because it was idle."""
        stopped = self.status is not None and -self.status in FROM_OUTSIDE
        return stopped or (was_idle and self.status == 0)


def read_exactly(descriptor, length):
    buffer = bytearray(length)
    rest = memoryview(buffer)
    while rest:
        count = os.readv(descriptor, [rest])
        if count == 0:
            raise EOFError
        rest = rest[count:]
    return buffer


def write_all(descriptor, buffers):
    """Writes buffers one after another without copying them together."""
    rest = [memoryview(buffer).cast("B") for buffer in buffers]
    rest = [buffer for buffer in rest if buffer.nbytes]
    first = 0
    while first < len(rest):
        count = os.writev(descriptor, rest[first : first + BUFFERS_AT_ONCE])
        while first < len(rest) and count >= rest[first].nbytes:
            count -= rest[first].nbytes
            first += 1
        if count:
            rest[first] = rest[first][count:]


def start(executable, folder, mode, errors):
    environment = dict(os.environ, **{CHILD_VARIABLE: mode})
    # Dask runs one task a thread; more threads would compete with other tasks.
    environment.setdefault("RAYON_NUM_THREADS", "1")
    return subprocess.Popen(
        [executable],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        bufsize=0,
        cwd=folder,
    )


def shake_hands(process):
    """Reads the child's greeting. A program that does not greet in time is killed."""
    timer = threading.Timer(HANDSHAKE_SECONDS, process.kill)
    timer.start()
    try:
        descriptor = process.stdout.fileno()
        if bytes(read_exactly(descriptor, 4)) != MAGIC:
            raise EOFError
        (length,) = struct.unpack("<I", read_exactly(descriptor, 4))
        return json.loads(bytes(read_exactly(descriptor, length)))
    except EOFError:
        process.kill()
        raise NotRunnable(
            "it does not answer as a child of the worker: is `graph_exec::cluster::init()` the first line of its `main`?"
        ) from None
    finally:
        timer.cancel()


class Child:
    """One Rust process. It runs one task at a time, and ends when its standard input is closed."""

    def __init__(self, executable, folder):
        self.process = start(executable, folder, "serve", None)
        self.input = self.process.stdin.fileno()
        self.output = self.process.stdout.fileno()
        for descriptor in (self.input, self.output):
            try:
                fcntl.fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)
            except OSError:
                pass  # a smaller pipe is only slower
        shake_hands(self.process)

    def call(self, function, buffers):
        name = function.encode()
        length = sum(memoryview(buffer).nbytes for buffer in buffers)
        try:
            write_all(self.input, [struct.pack("<IQ", len(name), length), name, *buffers])
            status, length = struct.unpack("<BQ", read_exactly(self.output, 9))
            return status, read_exactly(self.output, length)
        except (EOFError, BrokenPipeError):
            raise ChildEnded(self.process.wait()) from None

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Program:
    """One build of the user's program on one worker, and its children: one for each busy thread."""

    def __init__(self, executable, folder):
        self.executable = executable
        self.folder = folder
        self.idle = []
        self.children = set()
        self.lock = threading.Lock()

    def call(self, function, buffers):
        for attempt in range(2):
            child, was_idle = self.take()
            try:
                answer = child.call(function, buffers)
            except BaseException as problem:
                with self.lock:
                    self.children.discard(child)
                child.process.kill()
                child.process.wait()
                if attempt == 0 and isinstance(problem, ChildEnded) and problem.may_try_again(was_idle):
                    continue
                raise
            with self.lock:
                self.idle.append(child)
            return answer

    def take(self):
        with self.lock:
            if self.idle:
                return self.idle.pop(), True
        try:
            child = Child(self.executable, self.folder)
        except OSError as problem:
            raise NotRunnable(why_not_started(problem, self.executable)) from None
        with self.lock:
            self.children.add(child)
        return child, False

    def close(self):
        with self.lock:
            children, self.children, self.idle = self.children, set(), []
        for child in children:
            child.close()


def program_of(worker, name):
    found = programs(worker).get(name)
    if found is None:
        raise NotRunnable("this worker was never given the program")
    if isinstance(found, str):
        raise NotRunnable(found)
    return found


def programs(worker):
    """Name → the program, or why it cannot run here."""
    return worker.__dict__.setdefault("_graph_exec_programs", {})


def install(worker, name, build, packed, path):
    """Makes a build of the user's program callable on this worker, or notes why it cannot be called.

    It raises nothing, because a plugin that raises keeps its worker from starting.
    """
    known = programs(worker)
    if isinstance(known.get(name), Program):
        return
    try:
        executable = check_hash(path, build) if path else unpack(worker.local_directory, build, packed)
        try_out(executable, worker.local_directory)
        known[name] = Program(executable, worker.local_directory)
    except Exception as problem:
        machine = os.uname()
        known[name] = f"{machine.nodename} ({machine.sysname} on {machine.machine}) cannot run the program: {problem}"


def uninstall(worker, name):
    found = programs(worker).pop(name, None)
    if isinstance(found, Program):
        found.close()


def check_hash(path, build):
    if not os.path.isfile(path):
        raise NotRunnable(f"there is no file {path}")
    if not os.access(path, os.X_OK):
        raise NotRunnable(f"{path} may not be executed")
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if digest.hexdigest() != build:
        raise NotRunnable(
            f"{path} is build {digest.hexdigest()[:12]}, and the client is build {build[:12]}: "
            "put the same file there, or leave `worker_exe` out to let the client ship its own"
        )
    return path


def unpack(folder, build, packed):
    """Writes the shipped program into the worker's folder. The file gets its name only when it is complete."""
    executable = os.path.join(folder, f"program-{build[:16]}")
    if not os.path.exists(executable):
        descriptor, unfinished = tempfile.mkstemp(dir=folder)
        with os.fdopen(descriptor, "wb") as file:
            file.write(zlib.decompress(packed))
        os.chmod(unfinished, 0o755)
        os.replace(unfinished, executable)
    return executable


def try_out(executable, folder):
    """Starts the program once and lets it greet and end. An error holds what it wrote to stderr."""
    with tempfile.TemporaryFile() as complaints:
        try:
            process = start(executable, folder, "greet", complaints)
        except OSError as problem:
            raise NotRunnable(why_not_started(problem, executable)) from None
        try:
            shake_hands(process)
        except NotRunnable as problem:
            status = process.wait()
            complaints.seek(0)
            text = complaints.read(4096).decode("utf8", "replace").strip()
            if status > 0 and text:
                raise NotRunnable(f"it ended with exit status {status}: {text.splitlines()[0]}") from None
            raise problem
        finally:
            process.stdin.close()
            process.stdout.close()
            process.wait()


def why_not_started(problem, executable):
    if isinstance(problem, FileNotFoundError) and os.path.exists(executable):
        return "what loads it is not there: it was built for another libc (a static build runs everywhere: target x86_64-unknown-linux-musl)"
    if problem.errno == 8:  # ENOEXEC
        return "it was built for another kind of processor or system: build it for this one and name it with `executable`"
    return str(problem)
