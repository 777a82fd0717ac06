"""The Rust processes, *children*, that run tasks on a dask worker.

A dask worker keeps one child for each of its threads that runs a task, and speaks with it through two
pipes:

    child → worker   "GXC1"  u32 length  JSON {protocol, functions, setup}    once, when it has started
    worker → child   u32 length of name  u64 length of arguments  name  arguments
    child → worker   u8 status  u64 length  result, or a message

All numbers are little-endian. A request without a name sets the child up with what its client sent.
A thread watches the children: it ends those whose task nobody wants any more, takes too long, or uses
too much memory.

This file and `worker.py` are one module.
"""

import fcntl
import json
import os
import signal
import struct
import subprocess
import tempfile
import threading
import time

import psutil

MAGIC = b"GXC1"
HANDSHAKE_SECONDS = 5
CHILD_VARIABLE = "GRAPH_EXEC_CLUSTER_CHILD"
# Linux's number of the command that sets the size of a pipe; older Pythons have no name for it.
F_SETPIPE_SZ = getattr(fcntl, "F_SETPIPE_SZ", 1031)
PIPE_BYTES = 1 << 20
# How many buffers one system call may write.
BUFFERS_AT_ONCE = 512
# How often children are looked at while tasks run, and while none runs.
BUSY_SECONDS, IDLE_SECONDS = 0.1, 2

RETURNED, FAILED, PANICKED, NOT_CALLED = range(4)
# Signals that end a process from outside, not because of the task in it.
FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM)


class NotRunnable(Exception):
    """The program cannot run on this worker."""


class NotSetUp(Exception):
    """The program's own setup has failed in a child."""


class Stopped(Exception):
    """The worker has ended a child while it ran a task. The kind says why."""

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind


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


class Context:
    """What a client sends along with its program: arguments, environment variables, a value for its setup."""

    def __init__(self, digest, arguments, variables, value):
        self.digest = digest
        self.arguments = arguments
        self.variables = variables
        self.value = value


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


def start(executable, folder, mode, errors, context=None):
    environment = dict(os.environ, **(context.variables if context else {}))
    environment[CHILD_VARIABLE] = mode
    # Dask runs one task a thread; more threads would compete with other tasks.
    environment.setdefault("RAYON_NUM_THREADS", "1")
    return subprocess.Popen(
        [executable, *(context.arguments if context else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        bufsize=0,
        cwd=folder,
        # A group of its own, so that what a task has started ends with it.
        start_new_session=True,
    )


def kill(process):
    """Ends a process and those that it has started."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()


def shake_hands(process):
    """Reads the child's greeting. A program that does not greet in time is killed."""
    timer = threading.Timer(HANDSHAKE_SECONDS, kill, [process])
    timer.start()
    descriptor = process.stdout.fileno()
    begin = b""
    try:
        while len(begin) < len(MAGIC):
            part = os.read(descriptor, len(MAGIC) - len(begin))
            if not part:
                raise EOFError
            begin += part
        if begin != MAGIC:
            begin += os.read(descriptor, 60)
            raise EOFError
        (length,) = struct.unpack("<I", read_exactly(descriptor, 4))
        return json.loads(bytes(read_exactly(descriptor, length)))
    except EOFError:
        kill(process)
        said = begin.decode("utf8", "replace").splitlines()
        wrote = f"; it wrote `{said[0]}`, so something comes before that line" if said and begin != MAGIC else ""
        raise NotRunnable(
            "it does not answer as a child of the worker: is `graph_exec::cluster::init()` or `setup` the first line "
            f"of its `main`?{wrote}"
        ) from None
    finally:
        timer.cancel()


class Child:
    """One Rust process. It runs one task at a time, and ends when its standard input is closed."""

    def __init__(self, executable, folder, context):
        self.digest = context.digest
        self.process = start(executable, folder, "serve", None, context)
        self.input = self.process.stdin.fileno()
        self.output = self.process.stdout.fileno()
        for descriptor in (self.input, self.output):
            try:
                fcntl.fcntl(descriptor, F_SETPIPE_SZ, PIPE_BYTES)
            except OSError:
                pass  # a smaller pipe is only slower
        try:
            self.is_set_up = not shake_hands(self.process).get("setup")
        except BaseException:
            self.end()
            raise

    def set_up(self, context):
        status, message = self.call("", [context.value])
        if status != RETURNED:
            raise NotSetUp("`cluster::setup` failed on the worker: " + message.decode("utf8", "replace"))
        self.is_set_up = True

    def call(self, function, buffers):
        name = function.encode()
        length = sum(memoryview(buffer).nbytes for buffer in buffers)
        try:
            write_all(self.input, [struct.pack("<IQ", len(name), length), name, *buffers])
            status, length = struct.unpack("<BQ", read_exactly(self.output, 9))
            return status, read_exactly(self.output, length)
        except (EOFError, BrokenPipeError):
            raise ChildEnded(self.process.wait()) from None

    def memory(self):
        """How many bytes it has in memory; 0 when it has ended."""
        try:
            return psutil.Process(self.process.pid).memory_info().rss
        except psutil.Error:
            return 0

    def end(self):
        """Kills it and waits for its end, so that no zombie stays."""
        kill(self.process)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def close(self):
        """Lets it end by itself, if it does so at once."""
        try:
            self.process.stdin.close()
            self.process.wait(1)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.end()


class Call:
    """A task in a child, as the watching thread sees it."""

    __slots__ = ("is_wanted", "deadline", "seconds", "stopped")

    def __init__(self, is_wanted, seconds):
        self.is_wanted = is_wanted
        self.seconds = seconds
        # None while the child is set up, and without a limit.
        self.deadline = None
        # Why the watching thread has ended the child.
        self.stopped = None

    def begin(self):
        if self.seconds is not None:
            self.deadline = time.monotonic() + self.seconds

    def problem(self):
        if not self.is_wanted():
            return Stopped("cancelled", "nobody wants its result any more")
        if self.deadline and time.monotonic() > self.deadline:
            return Stopped(
                "timed out", f"it took longer than the {self.seconds:g} s that a task may take, so its process was ended"
            )
        return None


class Program:
    """One build of the user's program on one worker, and its children: one for each busy thread."""

    def __init__(self, executable, folder, shipped, threads, memory_limit):
        self.executable = executable
        self.folder = folder
        self.shipped = shipped
        self.threads = threads
        # Bytes for the worker and all its children; None without a limit.
        self.memory_limit = memory_limit
        self.idle = []
        self.children = set()
        # Child → the call that it is busy with.
        self.busy = {}
        self.closed = False
        self.watcher = None
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)

    def call(self, function, buffers, context, is_wanted, seconds):
        for attempt in range(2):
            child, was_idle = self.take(context)
            call = Call(is_wanted, seconds)
            with self.lock:
                self.busy[child] = call
                self.changed.notify()
            try:
                if not child.is_set_up:
                    child.set_up(context)
                call.begin()
                answer = child.call(function, buffers)
            except BaseException as problem:
                with self.lock:
                    self.busy.pop(child, None)
                    self.children.discard(child)
                child.end()
                if call.stopped:
                    raise call.stopped from None
                if not is_wanted() or self.closed:
                    raise Stopped("cancelled", "nobody wants its result any more") from None
                if attempt == 0 and isinstance(problem, ChildEnded) and problem.may_try_again(was_idle):
                    continue
                raise
            with self.lock:
                self.busy.pop(child, None)
                if call.stopped is None and not self.closed:
                    self.idle.append(child)
                    return answer
                self.children.discard(child)
            # It was ended just after its answer.
            child.end()
            return answer

    def take(self, context):
        ended = []
        with self.lock:
            if self.closed:
                raise Stopped("cancelled", "the worker gives up the program")
            try:
                for child in reversed(self.idle):
                    if child.digest == context.digest:
                        self.idle.remove(child)
                        return child, True
                # Children that wait for another client's tasks make room.
                while self.idle and len(self.children) >= self.threads:
                    ended.append(self.idle.pop(0))
                    self.children.discard(ended[-1])
            finally:
                if self.watcher is None:
                    self.watcher = threading.Thread(target=self.watch, name="graph-exec watcher", daemon=True)
                    self.watcher.start()
        for child in ended:
            child.close()
        try:
            child = Child(self.executable, self.folder, context)
        except OSError as problem:
            raise NotRunnable(why_not_started(problem, self.executable)) from None
        with self.lock:
            self.children.add(child)
        return child, False

    def watch(self):
        """Looks after the children until the program is closed."""
        while not self.closed:
            with self.lock:
                if not self.busy:
                    # Those that were idle for long have ended by themselves.
                    for child in [child for child in self.idle if child.process.poll() is not None]:
                        self.idle.remove(child)
                        self.children.discard(child)
                        child.end()
                    self.changed.wait(IDLE_SECONDS if self.idle else None)
                for child, call in self.busy.items():
                    self.stop(child, call, call.problem())
                if self.memory_limit and self.busy:
                    self.limit_memory()
            time.sleep(BUSY_SECONDS)

    def stop(self, child, call, problem):
        if problem and call.stopped is None:
            call.stopped = problem
            kill(child.process)

    def limit_memory(self):
        """Stops the largest child when worker and children have more than their limit together."""
        sizes = {child: child.memory() for child in self.children}
        total = psutil.Process().memory_info().rss + sum(sizes.values())
        if total <= self.memory_limit:
            return
        if self.idle:
            for child in self.idle:
                self.children.discard(child)
                child.end()
            self.idle = []
            return
        child = max(self.busy, key=lambda child: sizes.get(child, 0))
        # A worker that is full of results writes them to disk; no task is to blame for them.
        if sizes.get(child, 0) * 4 > self.memory_limit:
            self.stop(
                child,
                self.busy[child],
                Stopped(
                    "out of memory",
                    f"its process had {mebibytes(sizes[child])}, and the worker with its tasks {mebibytes(total)} of the "
                    f"{mebibytes(self.memory_limit)} that its `--memory-limit` allows, so it was ended: give the worker "
                    "more memory or fewer threads, or let the task hold less",
                ),
            )

    def close(self):
        with self.lock:
            self.closed = True
            self.changed.notify_all()
            idle, self.idle = self.idle, []
            for child, call in self.busy.items():
                self.stop(child, call, Stopped("cancelled", "the worker gives up the program"))
            self.children.difference_update(idle)
        for child in idle:
            child.close()


def mebibytes(count):
    return f"{count / (1 << 20):.0f} MiB"


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
