"""The half of the adaptor that runs beside the Rust program and is a Dask client for it.

The first frame received is `hello`, which is answered with `connected` or `refused`. Then each `run` is
answered with any number of `progress` and, at the end, one `finished` or `failed`. `cancel` ends the
run, and the end of the input ends the process.

`safe_pickle.py`, `frames.py`, `plugins.py` and `run.py` come before this file; they are one program.
"""

import logging
import os
import queue
import signal
import sys
import threading
import time
import traceback
import types
import warnings
import zlib

PROTOCOL = 7
OLDEST_DASK = (2024, 2)
# How many programs that no client uses stay with the cluster, and for how long.
KEPT_PROGRAMS, KEPT_SECONDS = 3, 24 * 3600


class Refused(Exception):
    """Why there is no connection: a cause that the Rust side knows, with its fields."""

    def __init__(self, cause, **fields):
        super().__init__(cause, fields)
        self.fields = dict(fields, cause=cause)


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
        # A worker that has died meanwhile has nothing to say.
        found = self.client.run(removed_by_worker, session=self.session, on_error="ignore")
        self.removed = [{"worker": worker, "path": path} for worker, paths in found.items() for path in paths]
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
        removed=session.removed,
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
