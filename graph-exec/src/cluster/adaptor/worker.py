"""The half of the adaptor that runs on the cluster: values, tasks, and the programs of clients.

The client sends the source of `children.py` and of this file to the scheduler and to every worker,
where they become one module, whose name holds the hash of the source.
"""

import glob
import hashlib
import zlib
from pickle import PickleBuffer, dumps

import dask
from dask.sizeof import sizeof
from distributed import Reschedule, get_worker
from distributed.utils import sync

KINDS = {FAILED: "failed", PANICKED: "panicked", NOT_CALLED: "not called"}
# How long a task waits for what its client sends to a worker that has just joined.
ARRIVAL_SECONDS = 10
# A worker that can run a program says so with a resource of the program's name. Tasks ask for it once
# some worker has turned out not to have it; what they ask for is so little that it never runs out.
SUPPLY, DEMAND = 1e9, 1.0
# The beginning of that name, which no other resource has.
OWN_RESOURCE = "graph-exec "
# The end of the name of a program that is not written to its end.
UNFINISHED = ".unfinished"


class RustError(Exception):
    """Why a task gave no result. Everything in it can be pickled."""

    def __init__(self, kind, function, message, index, worker):
        super().__init__(kind, function, message, index, worker)
        self.kind = kind
        self.function = function
        self.message = message
        self.index = index
        self.worker = worker

    def __reduce__(self):
        return RustError, self.args

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

    __slots__ = ("program", "session", "function", "pieces", "index", "seconds")

    def __init__(self, program, session, function, pieces, index, seconds):
        self.program = program
        self.session = session
        self.function = function
        self.pieces = pieces
        self.index = index
        # How long it may take; None without a limit.
        self.seconds = seconds

    def __reduce__(self):
        return Task, (self.program, self.session, self.function, self.pieces, self.index, self.seconds)

    def __call__(self, *results):
        worker = get_worker()
        key = worker.get_current_task()
        following = iter(results)
        buffers = [next(following).buffer if piece is None else piece for piece in self.pieces]
        try:
            program, context = arrived(worker, self.program, self.session)
            status, answer = program.call(
                self.function, buffers, context, lambda: is_wanted(worker, key), self.seconds
            )
        except NotRunnable as problem:
            if passed_on(worker, self.program, str(problem), key):
                raise Reschedule from None
            self.fail("not runnable", str(problem), worker)
        except NotSetUp as problem:
            self.fail("not set up", str(problem), worker)
        except Stopped as problem:
            self.fail(problem.kind, str(problem), worker)
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


def is_wanted(worker, key):
    """Says whether anybody still waits for a task that runs: not after a cancellation or the end of its client."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state != "cancelled"


# On workers: the programs, and what clients send along.


def programs(worker):
    """Name → the program, or why it cannot run here."""
    return worker.__dict__.setdefault("_graph_exec_programs", {})


def sessions(worker):
    """Session → what its client sends along."""
    return worker.__dict__.setdefault("_graph_exec_sessions", {})


def removed_files(worker):
    """Session → the unfinished files of killed workers that were removed when its client connected."""
    return worker.__dict__.setdefault("_graph_exec_removed", {})


def arrived(worker, name, session):
    """The program and what its client sends along. A worker that has just joined may get them after a first task."""
    deadline = time.monotonic() + ARRIVAL_SECONDS
    while True:
        program, context = programs(worker).get(name), sessions(worker).get(session)
        if isinstance(program, str):
            raise NotRunnable(program)
        if program is not None and context is not None:
            return program, context
        if time.monotonic() > deadline:
            raise NotRunnable("this worker was never given the program")
        time.sleep(0.05)


def install(worker, name, build, packed, path):
    """Makes a build of the user's program callable on this worker, or notes why it cannot be called.

    It raises nothing, because a plugin that raises keeps its worker from starting.
    """
    known = programs(worker)
    if isinstance(known.get(name), Program):
        return
    folder = worker.local_directory
    try:
        executable = check_hash(path, build) if path else unpack(folder, build, packed)
        try_out(executable, folder)
        limit = worker.memory_manager.memory_limit
        fraction = dask.config.get("distributed.worker.memory.terminate") or 1.0
        known[name] = Program(
            executable, folder, path is None, worker.state.nthreads, int(limit * fraction) if limit else None
        )
    except Exception as problem:
        machine = os.uname()
        known[name] = f"{machine.nodename} ({machine.sysname} on {machine.machine}) cannot run the program: {problem}"
        return
    worker.loop.add_callback(worker.set_resources, **{resource(name): SUPPLY})


def uninstall(worker, name):
    found = programs(worker).pop(name, None)
    if isinstance(found, Program):
        found.close()
        if found.shipped:
            try:
                os.unlink(found.executable)
            except OSError:
                pass


def join(worker, session, arguments, variables, value):
    """Keeps what a client sends along, for as long as it is connected."""
    digest = hashlib.sha256(repr((arguments, sorted(variables.items()), value)).encode()).hexdigest()
    removed_files(worker)[session] = remove_unfinished(worker.local_directory)
    sessions(worker)[session] = Context(digest, arguments, variables, value)


def leave(worker, session):
    removed_files(worker).pop(session, None)
    sessions(worker).pop(session, None)


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
        file = create_unfinished(folder)
        try:
            with file:
                file.write(zlib.decompress(packed))
                file.flush()
                os.chmod(file.name, 0o755)
                os.replace(file.name, executable)
        except OSError as problem:
            os.unlink(file.name)
            raise NotRunnable(
                f"it cannot be written to {folder} ({problem.strerror}): make room there, or start the worker with "
                "another `--local-directory`"
            ) from None
    return executable


def create_unfinished(folder):
    """A new file for a program. It is locked until it is closed, so that nobody takes it for one left behind."""
    while True:
        file = tempfile.NamedTemporaryFile(dir=folder, prefix="program-", suffix=UNFINISHED, delete=False)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError:
            return file  # a file system without locks: there, what is left behind stays
        if os.path.exists(file.name):
            return file
        file.close()


def remove_unfinished(folder):
    """Removes programs that killed workers of this machine had not written to their end. Returns their paths.

    Workers have folders of their own, side by side. The system unlocks a file when its process ends.
    """
    removed = []
    for path in glob.glob(os.path.join(glob.escape(os.path.dirname(folder)), "*", "program-*" + UNFINISHED)):
        try:
            with open(path, "r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(path)
        except OSError:
            continue
        removed.append(path)
    return removed


def passed_on(worker, program, reason, key):
    """Asks the scheduler to run a task elsewhere, because the program cannot run here. False when it can nowhere."""
    answer = sync(
        worker.loop,
        worker.scheduler.run_function,
        function=dumps(set_aside),
        args=dumps((program, worker.address, reason, key)),
    )
    return answer.get("status") == "OK" and bool(answer["result"])


# On the scheduler: which workers cannot run a program, and which programs and sessions are in use.


def resource(program):
    return OWN_RESOURCE + program


def has(offer, needed):
    """Whether what a worker has is enough for a task, the program apart."""
    return all(offer.get(name, 0) >= amount for name, amount in needed.items() if not name.startswith(OWN_RESOURCE))


def resources_of_workers(dask_scheduler):
    """Worker → name of a resource → how much of it the worker was started with."""
    return {
        address: {name: amount for name, amount in worker.resources.items() if not name.startswith(OWN_RESOURCE)}
        for address, worker in dask_scheduler.workers.items()
    }


def workers_for(task, dask_scheduler):
    """The workers that have the resources that a task needs, whether or not they can run the program."""
    needed = (task.resource_restrictions if task is not None else None) or {}
    return {address for address, worker in dask_scheduler.workers.items() if has(worker.resources, needed)}


def aside(dask_scheduler, program):
    """Worker → why it cannot run the program."""
    return dask_scheduler.__dict__.setdefault("_graph_exec_aside", {}).setdefault(program, {})


def set_aside(program, address, reason, key, dask_scheduler):
    """Notes that a worker cannot run a program, and lets a task of it that is there run on workers that can.

    False when there are none.
    """
    unable = aside(dask_scheduler, program)
    unable[address] = reason
    needed = resource(program)
    task, worker = dask_scheduler.tasks.get(key), dask_scheduler.workers.get(address)
    if worker is not None and needed in worker.resources:
        # It could run the program before.
        worker.resources[needed] = dask_scheduler.resources[needed][address] = 0
    if not workers_for(task, dask_scheduler) - set(unable):
        return False
    asked = (task.resource_restrictions if task is not None else None) or {}
    if task is not None and worker is not None and task.processing_on is worker and needed not in asked:
        # As if it had asked for it from the start, because what it has is given back when it leaves.
        worker.resources.setdefault(needed, 0)
        dask_scheduler.resources.setdefault(needed, {})[address] = 0
        worker.used_resources[needed] = worker.used_resources.get(needed, 0) + DEMAND
        task.resource_restrictions = {**asked, needed: DEMAND}
    return True


def unable_workers(program, dask_scheduler, known=None):
    """Worker → why it cannot run the program, of those that are here. `known` replaces what was noted."""
    unable = aside(dask_scheduler, program)
    if known is not None:
        unable.clear()
        unable.update(known)
    return {address: reason for address, reason in unable.items() if address in dask_scheduler.workers}


def look_after(program, run, dask_scheduler):
    """Gives tasks of a run that wait for a worker to those that can run it now.

    Returns why they wait in vain, worker → reason; empty when they do not.
    """
    waiting = [task for task in list(dask_scheduler.unrunnable) if is_of_run(task.key, run)]
    if not waiting:
        return {}
    ready = {task.key: "waiting" for task in waiting if dask_scheduler.valid_workers(task) != set()}
    if ready and dask_scheduler.running:
        dask_scheduler.transitions(ready, stimulus_id=f"graph-exec-{time.time()}")
        return {}
    unable = unable_workers(program, dask_scheduler)
    for task in waiting:
        has_all = workers_for(task, dask_scheduler)
        if has_all and has_all <= set(unable):
            return {address: unable[address] for address in has_all}
    return {}


def is_of_run(key, run):
    return isinstance(key, tuple) and isinstance(key[0], str) and key[0].endswith(run)


async def begin_session(client, program, session, keep, seconds, dask_scheduler):
    """Notes which plugins a client uses, and drops those of programs and clients that are gone.

    `program` and `session` are names of plugins. Of the programs that no client uses, the last `keep`
    stay, for at most as many seconds.
    """
    now = time.monotonic()
    state = dask_scheduler.__dict__
    used = state.setdefault("_graph_exec_programs_used", {})
    clients = state.setdefault("_graph_exec_clients", {})
    for gone in set(clients) - set(dask_scheduler.clients):
        other_program, other_session = clients.pop(gone)
        used[other_program] = now
        await drop_plugin(dask_scheduler, other_session)
    clients[client] = (program, session)
    used[program] = now
    in_use = {program for program, _ in clients.values()}
    unused = sorted(set(used) - in_use, key=used.get, reverse=True)
    for place, name in enumerate(unused):
        if place >= keep or now - used[name] > seconds:
            del used[name]
            await drop_plugin(dask_scheduler, name)


async def drop_plugin(dask_scheduler, name):
    try:
        await dask_scheduler.unregister_worker_plugin(None, name)
    except Exception:
        pass  # it has gone already, or a worker is just ending
