"""The half of the adaptor that runs beside the Rust program and is a Dask client for it.

Frames go in both directions over the standard streams, little-endian:

    u32 length of header   JSON header   u64 length of body   body

The first one received is `hello`, which is answered with `connected` or `refused`. Then each `run` is
answered with any number of `progress` and, at the end, one `finished` or `failed`. `cancel` ends the
run, and the end of the input ends the process.

`safe_pickle.py` comes before this file; they are one program.
"""

import json
import logging
import os
import queue
import signal
import struct
import sys
import threading
import time
import traceback
import types
import warnings
import zlib

PROTOCOL = 3
OLDEST_DASK = (2024, 2)
PROGRESS_SECONDS = 0.25
WATCH_SECONDS = 2
NOT_ARRIVED = "the program did not arrive"
# How many programs that no client uses stay with the cluster, and for how long.
KEPT_PROGRAMS, KEPT_SECONDS = 3, 24 * 3600


class Refused(Exception):
    """Why there is no connection: a cause that the Rust side knows, with its fields."""

    def __init__(self, cause, **fields):
        super().__init__(cause, fields)
        self.fields = dict(fields, cause=cause)


class Frames:
    """The two streams of frames. Whatever else the process prints goes to stderr."""

    def __init__(self):
        self.incoming = os.fdopen(os.dup(0), "rb", 1 << 18)
        self.outgoing = os.fdopen(os.dup(1), "wb", 1 << 18)
        os.dup2(2, 1)
        self.lock = threading.Lock()

    def send(self, kind, body=(), **header):
        header = json.dumps(dict(header, kind=kind)).encode()
        with self.lock:
            try:
                self.outgoing.write(struct.pack("<I", len(header)))
                self.outgoing.write(header)
                self.outgoing.write(struct.pack("<Q", sum(memoryview(part).nbytes for part in body)))
                for part in body:
                    self.outgoing.write(part)
                self.outgoing.flush()
            except BrokenPipeError:
                pass  # the Rust side has ended, so the input ends too

    def receive(self):
        """The next header and body; (None, None) at the end."""
        length = self.incoming.read(4)
        if len(length) < 4:
            return None, None
        header = json.loads(self.incoming.read(struct.unpack("<I", length)[0]))
        (length,) = struct.unpack("<Q", self.incoming.read(8))
        return header, self.incoming.read(length)


class ProgramPlugin:
    """Brings the worker's half and the user's program to every worker, also to those that come later.

    It is pickled by value, because new workers set up their plugins before they can import anything
    that was uploaded. So its methods import what they need themselves.
    """

    def __init__(self, name, module, source, program, build, packed, path):
        self.name = name
        self.module = module
        self.source = source
        self.program = program
        self.build = build
        self.packed = packed
        self.path = path

    def load(self):
        """Makes the worker's half a module of the process in which this runs."""
        import sys
        import types

        if self.module not in sys.modules:
            module = types.ModuleType(self.module)
            exec(compile(self.source, self.module + ".py", "exec"), module.__dict__)
            sys.modules[self.module] = module
        return sys.modules[self.module]

    def setup(self, worker):
        self.load().install(worker, self.program, self.build, self.packed, self.path)

    def teardown(self, worker):
        self.load().uninstall(worker, self.program)


class SessionPlugin:
    """Brings what one client sends along to every worker. It is pickled by value, as `ProgramPlugin` is."""

    def __init__(self, name, loader, session, arguments, variables, value):
        self.name = name
        self.loader = loader
        self.session = session
        self.arguments = arguments
        self.variables = variables
        self.value = value

    def setup(self, worker):
        self.loader.load().join(worker, self.session, self.arguments, self.variables, self.value)

    def teardown(self, worker):
        self.loader.load().leave(worker, self.session)


class Session:
    """A connection to a cluster that has the program on all its workers."""

    def __init__(self, hello, source):
        try:
            import dask
            import distributed
        except ImportError as problem:
            raise Refused("missing_package", python=sys.executable, package=problem.name or str(problem)) from None
        self.dask = dask
        self.distributed = distributed
        self.hello = hello
        self.address = hello["address"]
        self.source = source[: hello["source"]].decode()
        self.value = source[hello["source"] :]
        self.build = hello["build"]
        # One client may ship a build that another client finds at a path.
        self.program = self.build[:16]
        if hello["worker_exe"]:
            self.program += " at " + hello["worker_exe"]
        self.module = self.load_worker_module()
        # The Rust side is told of errors in messages, so the library need not log them.
        logging.disable(logging.ERROR)
        warnings.simplefilter("ignore")
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "1TB"})
        self.client = self.connect()
        try:
            self.check_versions()
            self.check_workers()
            self.ship()
        except BaseException:
            self.client.close()
            raise

    def load_worker_module(self):
        """Loads the worker's half here too, so that tasks are pickled by the name of its module."""
        module = types.ModuleType(self.hello["module"])
        sys.modules[self.hello["module"]] = module
        exec(compile(self.source, self.hello["module"] + ".py", "exec"), module.__dict__)
        for name in ("Value", "RustError"):
            KNOWN[self.hello["module"], name] = getattr(module, name)
        return module

    def connect(self):
        tls = self.hello["tls"]
        security = None
        if tls:
            security = self.distributed.Security(
                tls_ca_file=tls["ca"],
                tls_client_cert=tls["cert"],
                tls_client_key=tls["key"],
                require_encryption=True,
            )
        timeout = self.hello["timeout"]
        # The library may wait for longer than the timeout, so a daemon thread waits for it.
        outcome = queue.Queue()

        def attempt():
            try:
                outcome.put(
                    self.distributed.Client(self.address, timeout=timeout, security=security, set_as_default=True)
                )
            except BaseException as problem:
                outcome.put(problem)

        threading.Thread(target=attempt, daemon=True).start()
        try:
            client = outcome.get(timeout=timeout + 2)
        except queue.Empty:
            client = TimeoutError()
        if isinstance(client, self.distributed.Client):
            return client
        if self.address.startswith("tls:") and not tls:
            raise Refused("tls_required")
        if isinstance(client, ValueError) or "Invalid" in str(client):
            raise Refused("invalid_address", reason=str(client))
        raise Refused("unreachable", reason=f"{type(client).__name__}: {client}" if str(client) else None)

    def check_versions(self):
        versions = self.patiently(lambda: self.client.get_versions(check=False))
        ours = describe(versions["client"])
        for where, theirs in [(f"the scheduler at {self.address}", versions["scheduler"])] + [
            (f"worker {address}", version) for address, version in versions["workers"].items()
        ]:
            theirs = describe(theirs)
            if theirs != ours:
                raise Refused("versions", place=where, theirs=theirs, ours=ours, python=sys.executable)
        if tuple(int(part) for part in self.distributed.__version__.split(".")[:2]) < OLDEST_DASK:
            raise Refused("too_old", ours=ours, oldest=".".join(map(str, OLDEST_DASK)))

    def check_workers(self):
        deadline = time.monotonic() + self.hello["timeout"] / 2
        while not self.workers():
            if time.monotonic() > deadline:
                raise Refused("no_workers")
            time.sleep(0.1)

    def workers(self):
        """Address → what the scheduler knows of the worker."""
        return dict(self.client.run_on_scheduler(list_workers))

    def patiently(self, ask):
        """Does what asks all workers, again when one of them dies meanwhile."""
        deadline = time.monotonic() + self.hello["timeout"]
        while True:
            try:
                return ask()
            except Exception:
                if self.client.status != "running" or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def ship(self):
        """Gives every worker the program, unless the cluster has it already, and what this client sends along."""
        name = f"{self.hello['module']} {self.program}"
        path = self.hello["worker_exe"]
        plugin = self.distributed.diagnostics.plugin.WorkerPlugin
        program_class = type("ProgramPlugin", (plugin,), dict(ProgramPlugin.__dict__, idempotent=True))
        session_class = type("SessionPlugin", (plugin,), dict(SessionPlugin.__dict__, idempotent=True))
        light = program_class(name, self.hello["module"], self.source, self.program, self.build, None, path)
        # The scheduler unpickles graphs, so it needs the module as well.
        self.client.run_on_scheduler(load_on_scheduler, plugin=light)
        self.session = self.client.id
        session_name = f"{self.hello['module']} {self.session}"
        # First of all, so that no other client drops the program as one that nobody uses.
        self.client.run_on_scheduler(
            self.module.begin_session, self.session, name, session_name, keep=KEPT_PROGRAMS, seconds=KEPT_SECONDS
        )
        shipped = not self.patiently(lambda: self.client.run_on_scheduler(has_plugin, name=name))
        if shipped:
            packed = None
            if not path:
                with open(self.hello["executable"], "rb") as file:
                    packed = zlib.compress(file.read(), 1)
            heavy = program_class(name, self.hello["module"], self.source, self.program, self.build, packed, path)
            self.patiently(lambda: self.client.register_plugin(heavy))
        arguments = [bytes(argument) for argument in self.hello["arguments"]]
        along = session_class(session_name, light, self.session, arguments, self.hello["variables"], self.value)
        self.patiently(lambda: self.client.register_plugin(along))
        # What kept a worker from running the program at an earlier connection may be mended.
        problems, workers = self.problems(None if shipped else name)
        unable = {problem["worker"]: problem["reason"] for problem in problems}
        if problems and workers <= set(unable):
            # A later connection with the same build must not find it installed.
            self.client.run_on_scheduler(drop_plugin, name=name)
            raise Refused("program", workers=problems)
        self.client.run_on_scheduler(self.module.unable_workers, self.program, known=unable)

    def unable(self):
        """Worker → why it cannot run the program, of those that are there now."""
        return dict(self.client.run_on_scheduler(self.module.unable_workers, self.program))

    def problems(self, again):
        """Why workers cannot run the program, and all workers. A new worker is given some time to receive it.

        `again` is the name of the plugin, for workers that could not run the program to try again.
        """
        deadline = time.monotonic() + self.hello["timeout"]
        while True:
            found = self.patiently(
                lambda: self.client.run(problem_of_worker, program=self.program, again=again, on_error="return")
            )
            # Those that have died meanwhile are no workers any more.
            found = {
                address: problem
                for address, problem in found.items()
                if problem is None or isinstance(problem, str) or address in self.workers()
            }
            late = any(problem == NOT_ARRIVED or isinstance(problem, BaseException) for problem in found.values())
            if (found and not late) or time.monotonic() > deadline:
                reasons = {address: str(problem) for address, problem in found.items() if problem}
                problems = [{"worker": address, "reason": reason} for address, reason in reasons.items()]
                return problems, set(found)
            time.sleep(0.1)

    def close(self):
        if self.client.status == "running":
            try:
                name = f"{self.hello['module']} {self.session}"
                self.client.sync(self.client._run_on_scheduler, drop_plugin, name=name, callback_timeout=2)
            except Exception:
                pass  # the next client that connects does it
        self.client.close(timeout=2)


def describe(versions):
    packages = versions["packages"]
    python = ".".join(str(packages.get("python", "?")).split(".")[:2])
    return {"distributed": str(packages.get("distributed")), "python": python}


# The functions that the scheduler and the workers are asked to run. They are pickled by value.


def list_workers(dask_scheduler):
    return {address: {"threads": worker.nthreads, "name": str(worker.name)} for address, worker in dask_scheduler.workers.items()}


def has_plugin(dask_scheduler, name):
    return name in dask_scheduler.worker_plugins


def load_on_scheduler(dask_scheduler, plugin):
    plugin.load()


async def drop_plugin(dask_scheduler, name):
    await dask_scheduler.unregister_worker_plugin(None, name)


def problem_of_worker(dask_worker, program, again):
    programs = getattr(dask_worker, "_graph_exec_programs", {})
    if isinstance(programs.get(program), str) and again in dask_worker.plugins:
        dask_worker.plugins[again].setup(dask_worker)
    found = programs.get(program)
    if found is None:
        return NOT_ARRIVED
    return found if isinstance(found, str) else None


def count_states(dask_scheduler, groups):
    """Group → (how many of its tasks have not ended, how many are on workers)."""
    counts = {}
    for name in groups:
        group = dask_scheduler.task_groups.get(name)
        if group is not None:
            states = group.states
            waiting = sum(states.get(state, 0) for state in ("waiting", "queued", "no-worker", "processing", "erred"))
            counts[name] = (waiting, states.get("processing", 0))
    return counts


class Run:
    """One graph on the cluster."""

    def __init__(self, session, header, body, frames):
        self.session = session
        self.header = header
        self.body = memoryview(body)
        self.frames = frames
        self.futures = []
        self.cancelled = False
        # Why no worker can run the program; empty while some can.
        self.unable = {}
        self.over = threading.Event()
        self.groups = []
        self.message = None

    def graph(self):
        """Dask's graph, as layers of tasks with the same annotations, and the keys of the tasks."""
        module, program, session = self.session.module, self.session.program, self.session.session
        seconds = self.header["timeout"]
        run, tasks = self.header["run"], self.header["tasks"]
        # A task's key begins with its group, by which the dashboard groups and colours tasks.
        self.groups = [f"{short_name(task['function'])}-{run}" for task in tasks]
        keys = [(group, index) for index, group in enumerate(self.groups)]
        layers = {}
        for index, task in enumerate(tasks):
            pieces = [None if hole is None else bytes(self.body[hole[0] : hole[0] + hole[1]]) for hole in task["pieces"]]
            results = [keys[dependency] for dependency in task["results"]]
            annotations = {}
            retries = max(task["retries"], self.header["retries"])
            if retries:
                annotations["retries"] = retries
            if task["priority"]:
                annotations["priority"] = task["priority"]
            layer = layers.setdefault(tuple(sorted(annotations.items())), {})
            for other in task["after"]:
                # Only that the other task has ended matters; its result stays where it is.
                marker = (f"after-{run}", other)
                layer[marker] = (module.ended, keys[other])
                results.append(marker)
            if task["function"] is None and not results:
                layer[keys[index]] = module.Value(b"".join(pieces))
            elif task["function"] is None:
                layer[keys[index]] = (module.Join(pieces), *results)
            else:
                layer[keys[index]] = (module.Task(program, session, task["function"], pieces, index, seconds), *results)
        return layers, keys

    def compute(self):
        session, module = self.session, self.session.module
        begin = time.time()
        try:
            if self.header["record"]:
                # Starts the recording; without a start, all tasks that the scheduler remembers would come.
                session.client.get_task_stream(start=begin)
            layers, keys = self.graph()
            outputs = [keys[index] for index in self.header["outputs"]]
            # Only when some worker cannot run the program: Dask plans better without restrictions.
            resources = {module.resource(session.program): module.DEMAND} if session.unable() else None
            with session.dask.config.set({"optimization.fuse.active": False}):
                self.futures = session.client.get(self.packed(layers, resources), outputs, sync=False)
            if self.cancelled:
                raise Cancelled
            values = session.client.gather(self.futures, direct=True)
            if self.cancelled:
                raise Cancelled
            if not all(isinstance(value, module.Value) for value in values):
                raise TypeError("a worker has sent what is no result of this program")
            message = dict(kind="finished", lengths=[memoryview(value.buffer).nbytes for value in values])
            message["body"] = [value.buffer for value in values]
        except module.RustError as problem:
            message = dict(
                kind="failed",
                cause=problem.kind,
                function=problem.function,
                index=problem.index,
                worker=problem.worker,
                message=problem.message,
            )
        except BaseException as problem:
            message = self.other_failure(problem)
        if self.header["record"]:
            message["begin"] = begin
            message["spans"], message["workers"], message["set_aside"] = self.record(begin)
        self.futures = []
        self.over.set()
        self.message = message

    def other_failure(self, problem):
        distributed = self.session.distributed
        if self.unable and not self.cancelled:
            workers = [{"worker": worker, "reason": reason} for worker, reason in self.unable.items()]
            return dict(kind="failed", cause="program", message="no worker can run the program", unable=workers)
        if self.cancelled or isinstance(problem, Cancelled):
            return dict(kind="failed", cause="cancelled", message="cancelled")
        if isinstance(problem, distributed.scheduler.KilledWorker):
            index = problem.task[1] if isinstance(problem.task, tuple) else None
            worker = getattr(problem.last_worker, "address", "")
            return dict(
                kind="failed",
                cause="killed workers",
                index=index,
                worker=worker,
                message=f"{problem.allowed_failures + 1} workers died while they ran it; their logs may say why (memory?)",
            )
        if self.session.client.status != "running" or "cancelled" in type(problem).__name__.lower():
            return dict(
                kind="failed",
                cause="lost",
                message="the connection to the scheduler was lost",
            )
        traceback.print_exception(type(problem), problem, problem.__traceback__)
        return dict(kind="failed", cause="dask", message=f"{type(problem).__name__}: {problem}")

    def packed(self, layers, resources):
        """The layers as one graph: a plain one, unless some tasks have annotations."""
        if set(layers) <= {()} and not resources:
            return layers.get((), {})
        from dask.highlevelgraph import HighLevelGraph, MaterializedLayer

        names = {annotations: f"layer-{number}-{self.header['run']}" for number, annotations in enumerate(layers)}
        where = {key: names[annotations] for annotations, layer in layers.items() for key in layer}
        packed, dependencies = {}, {}
        for annotations, layer in layers.items():
            name = names[annotations]
            annotations = dict(annotations, **({"resources": resources} if resources else {}))
            packed[name] = MaterializedLayer(layer, annotations=annotations or None)
            needed = {where[key] for task in layer.values() if isinstance(task, tuple) for key in task[1:]}
            dependencies[name] = needed - {name}
        return HighLevelGraph(packed, dependencies)

    def record(self, begin):
        """When and where each task ran, as the scheduler noted it, and what it knows of the workers."""
        try:
            stream = self.session.client.get_task_stream(start=begin - 1)
            workers = self.session.workers()
            unable = self.session.unable()
        except Exception:
            return [], {}, []
        spans = []
        run = self.header["run"]
        for entry in stream:
            key = entry["key"]
            if not isinstance(key, tuple) or not key[0].endswith(run) or key[0].startswith("after-"):
                continue
            times = {"compute": [], "transfer": []}
            for part in entry["startstops"]:
                times.setdefault(part["action"], []).append((part["start"], part["stop"]))
            if times["compute"]:
                spans.append(
                    {
                        "index": key[1],
                        "worker": entry["worker"],
                        "thread": str(entry["thread"]),
                        "start": times["compute"][0][0],
                        "stop": times["compute"][-1][1],
                        "transfers": times["transfer"],
                        "bytes": entry.get("nbytes") or 0,
                        "failed": entry.get("status") == "error",
                    }
                )
        return spans, workers, [{"worker": worker, "reason": reason} for worker, reason in unable.items()]

    def watch(self):
        """Ends the run when no worker can run the program any more."""
        last = {}
        while not self.over.wait(WATCH_SECONDS):
            # The library stops listening, without a word, after a message that it cannot read.
            client = self.session.client.__dict__
            listening = client.get("_handle_report_task") or client.get("_handle_scheduler_coroutine")
            if listening is not None and listening.done():
                self.release()
                continue
            try:
                unable = self.session.client.run_on_scheduler(
                    self.session.module.look_after, self.session.program, self.header["run"]
                )
            except Exception:
                continue  # the run itself reports what is wrong
            # Twice, because a worker that has just come may not have the program yet.
            if unable and last and not self.over.is_set():
                self.unable = dict(unable)
                self.release()
            last = unable

    def progress(self):
        """Sends the progress of the run until it is over."""
        names = sorted(set(self.groups))
        while not self.over.wait(PROGRESS_SECONDS):
            try:
                counts = self.session.client.run_on_scheduler(count_states, groups=names)
            except Exception:
                continue  # the run itself reports what is wrong
            left = sum(waiting for waiting, _ in counts.values())
            running = [[name.rsplit("-", 1)[0], count] for name, (_, count) in counts.items() if count]
            if counts and not self.over.is_set():
                self.frames.send("progress", settled=len(self.groups) - left, running=running)

    def cancel(self):
        self.cancelled = True
        self.release()

    def release(self):
        try:
            self.session.client.cancel(list(self.futures), force=True)
        except Exception:
            pass  # closing the client, which comes next, releases the futures too


class Cancelled(BaseException):
    """The Rust side has cancelled the run."""


def short_name(function):
    """The name of a function without its path: `total` for `model::total`, `add` for `graph_core::add<i64>`."""
    if function is None:
        return "value"
    return function.split("<")[0].rsplit("::", 1)[-1]


def serve(frames, session):
    """Runs graphs until the input ends."""
    inbox = queue.Queue()

    def read():
        while True:
            frame = frames.receive()
            inbox.put(frame)
            if frame[0] is None:
                return

    threading.Thread(target=read, daemon=True).start()
    while True:
        header, body = inbox.get()
        if header is None:
            return
        if header["kind"] != "run":
            continue  # a `cancel` that came after the end of its run
        run = Run(session, header, body, frames)
        worker = threading.Thread(target=lambda: (run.compute(), inbox.put(({"kind": "over"}, None))), daemon=True)
        worker.start()
        threading.Thread(target=run.watch, daemon=True).start()
        progress = threading.Thread(target=run.progress, daemon=True)
        if header["progress"]:
            progress.start()
        while True:
            header, _ = inbox.get()
            if header is not None and header["kind"] == "over":
                if progress.is_alive():
                    progress.join(2)  # no `progress` may follow the answer
                frames.send(**run.message)
                break
            run.cancel()
            if header is None:
                worker.join(2)
                return


def main():
    # Ctrl-C in a terminal goes to both processes; the Rust side decides what it does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    frames = Frames()
    hello, source = frames.receive()
    if hello is None:
        return
    try:
        if hello["protocol"] != PROTOCOL:
            raise Refused("protocol", adaptor=PROTOCOL)
        session = Session(hello, source)
    except Refused as refused:
        frames.send("refused", **refused.fields)
        return
    except Exception as problem:
        traceback.print_exc()
        frames.send("refused", cause="dask", message=f"{type(problem).__name__}: {problem}")
        return
    workers = session.workers()
    frames.send(
        "connected",
        workers=len(workers),
        threads=sum(worker["threads"] for worker in workers.values()),
        dashboard=session.client.dashboard_link or "",
        dask=session.distributed.__version__,
        set_aside=[{"worker": worker, "reason": reason} for worker, reason in session.unable().items()],
    )
    try:
        serve(frames, session)
    finally:
        session.close()


if __name__ == "__main__":
    main()
    # Threads of the library may still wait for a cluster that has gone.
    sys.stdout.flush()
    os._exit(0)
