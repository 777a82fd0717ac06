"""What the client sends to the scheduler and the workers to be run there: plugins and functions.

All of it is pickled by value, so it imports what it needs itself.
"""

NOT_ARRIVED = "the program did not arrive"


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


def removed_by_worker(dask_worker, session):
    """The unfinished files that a worker has removed when the client connected."""
    return dask_worker.__dict__.get("_graph_exec_removed", {}).get(session, [])


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


def times_of_run(dask_scheduler, run):
    """When and where each task of a run ran, as the scheduler noted it: the threads, and a row for each task.

    All notes are looked through. Asked for those since the beginning of the run, Dask leaves some out
    while it does not know the clocks of workers that have just joined.
    """
    from distributed.diagnostics.task_stream import TaskStreamPlugin

    stream = dask_scheduler.plugins.get(TaskStreamPlugin.name)
    threads, spans = {}, []
    for entry in list(stream.buffer) if stream else []:
        key = entry["key"]
        if not isinstance(key, tuple) or not str(key[0]).endswith(run) or key[0].startswith("after-"):
            continue
        times = {"compute": [], "transfer": []}
        for part in entry["startstops"]:
            times.setdefault(part["action"], []).append((part["start"], part["stop"]))
        if times["compute"]:
            thread = threads.setdefault((entry["worker"], str(entry["thread"])), len(threads))
            start, stop = times["compute"][0][0], times["compute"][-1][1]
            failed = entry.get("status") == "error"
            spans.append((key[1], thread, start, stop, times["transfer"], entry.get("nbytes") or 0, failed))
    return list(threads), spans
