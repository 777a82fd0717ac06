"""One graph on the cluster: it is sent, watched, and its results and times are fetched."""

import json
import threading
import time
import traceback

PROGRESS_SECONDS = 0.25
WATCH_SECONDS = 2


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
        run, tasks = self.header["run"], self.header["tasks"]
        # A task's key begins with its group, by which the dashboard groups and colours tasks.
        self.groups = [f"{short_name(task['function'])}-{run}" for task in tasks]
        keys = [(group, index) for index, group in enumerate(self.groups)]
        layers = {}
        for index, task in enumerate(tasks):
            pieces = [None if hole is None else bytes(self.body[hole[0] : hole[0] + hole[1]]) for hole in task["pieces"]]
            results = [keys[dependency] for dependency in task["results"]]
            annotations = {}
            # What a task says itself counts, none too.
            retries = self.header["retries"] if task["retries"] is None else task["retries"]
            if retries:
                annotations["retries"] = retries
            # The shorter of both limits; None without any.
            limits = (task["timeout"], self.header["timeout"])
            seconds = min((limit for limit in limits if limit is not None), default=None)
            if task["priority"]:
                annotations["priority"] = task["priority"]
            without_resources = layers.setdefault(tuple(sorted(annotations.items())), {})
            if task["resources"]:
                annotations["resources"] = demand(task)
            layer = layers.setdefault(tuple(sorted(annotations.items())), {})
            for other in task["after"]:
                # Only that the other task has ended matters; its result stays where it is.
                marker = (f"after-{run}", other)
                without_resources[marker] = (module.ended, keys[other])
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
                # Starts the recording, and gives nothing, because nothing is that new.
                session.client.get_task_stream(start=begin)
            self.check_resources()
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
        except NotOffered as problem:
            offers = [{"worker": worker, "resources": offer} for worker, offer in problem.offers.items()]
            message = dict(
                kind="failed", cause="resources", index=problem.index, message="no worker has as much", offers=offers
            )
        except BaseException as problem:
            message = self.other_failure(problem)
        if self.header["record"]:
            # Behind the results, because it is long.
            message["body"] = [*message.get("body", ()), self.record(begin)]
        self.futures = []
        self.over.set()
        self.message = message

    def check_resources(self):
        """Refuses a task that needs more than any worker has, before anything is sent: Dask would wait for ever."""
        demands = {}
        for index, task in enumerate(self.header["tasks"]):
            if task["resources"]:
                demands.setdefault(demand(task), index)
        if not demands:
            return
        module, client = self.session.module, self.session.client
        offers = dict(client.run_on_scheduler(module.resources_of_workers))
        unable = self.session.unable()
        for needed, index in demands.items():
            has_all = {worker for worker, offer in offers.items() if module.has(offer, dict(needed))}
            if not has_all:
                raise NotOffered(index, offers)
            if has_all <= set(unable):
                self.unable = {worker: unable[worker] for worker in has_all}
                raise Cancelled

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
            annotations = dict(annotations)
            if asked := {**dict(annotations.get("resources", ())), **(resources or {})}:
                annotations["resources"] = asked
            packed[name] = MaterializedLayer(layer, annotations=annotations or None)
            needed = {where[key] for task in layer.values() if isinstance(task, tuple) for key in task[1:]}
            dependencies[name] = needed - {name}
        return HighLevelGraph(packed, dependencies)

    def record(self, begin):
        """When and where each task ran, as the scheduler noted it, and what it knows of the workers."""
        record = {"begin": begin}
        try:
            threads, spans = self.session.client.run_on_scheduler(times_of_run, run=self.header["run"])
            unable = self.session.unable().items()
            record.update(threads=threads, spans=spans, workers=self.session.workers())
            record["set_aside"] = [{"worker": worker, "reason": reason} for worker, reason in unable]
        except Exception:
            pass  # the run itself reports what is wrong
        return json.dumps(record).encode()

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


class NotOffered(Exception):
    """No worker has the resources that a task needs."""

    def __init__(self, index, offers):
        super().__init__(index, offers)
        self.index = index
        self.offers = offers


def demand(task):
    """The resources of a task, in a form that can be a key."""
    return tuple(sorted((name, amount) for name, amount in task["resources"]))


class Cancelled(BaseException):
    """The Rust side has cancelled the run."""


def short_name(function):
    """The name of a function without its path: `total` for `model::total`, `add` for `graph_core::add<i64>`."""
    if function is None:
        return "value"
    return function.split("<")[0].rsplit("::", 1)[-1]
