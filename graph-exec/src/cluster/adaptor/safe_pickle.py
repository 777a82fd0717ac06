"""Keeps the client from running code that a worker or the scheduler sends.

Dask's messages hold pickles, and a pickle may name any function to call. Here only a few harmless names
mean what they say; any other becomes an exception that stands for it. It must come before Dask is
imported. This file and `client.py` are one program, of which this is the beginning.
"""

import builtins
import io
import pickle
import sys

# Names from pickles that mean what they say: (module, name) → object. The client adds its own.
KNOWN = {}
# Built-in types that do nothing but hold data.
PLAIN = {bool, bytearray, bytes, complex, dict, float, frozenset, int, list, set, str, tuple}
# Exceptions of the library whose fields are looked at, or that the library itself looks for.
EXCEPTIONS = {
    ("asyncio.exceptions", "CancelledError"),
    ("asyncio.exceptions", "TimeoutError"),
    ("concurrent.futures._base", "CancelledError"),
    ("distributed.client", "FutureCancelledError"),
    ("distributed.client", "FuturesCancelledError"),
    ("distributed.comm.core", "CommClosedError"),
    ("distributed.scheduler", "KilledWorker"),
}


class Foreign(Exception):
    """Stands for what a pickle names and nobody here knows."""

    def __setstate__(self, state):
        # A worker's state has its address in its slots.
        if isinstance(state, tuple) and len(state) == 2 and isinstance(state[1], dict):
            self.address = str(state[1].get("address", ""))


def rebuilt(make, arguments, *_):
    """An exception that was pickled with its causes and its traceback, which are left out."""
    return make(*arguments)


def rebuilt_with_fields(make, fields, *_):
    """The same, in the form for exceptions that cannot be made of their arguments."""
    arguments = fields.get("args", ())
    try:
        return make(*arguments)
    except TypeError:
        return Foreign(*arguments)


def nothing(*_):
    return None


# How exceptions come, whose tracebacks the library `tblib` pickles.
FROM_TBLIB = {"unpickle_exception": rebuilt, "unpickle_exception_with_attrs": rebuilt_with_fields}


class RestrictedUnpickler(pickle.Unpickler):
    def find_class(self, module, name):
        known = KNOWN.get((module, name))
        if known is not None:
            return known
        if (module, name) in EXCEPTIONS and module in sys.modules:
            return getattr(sys.modules[module], name)
        if module == "builtins":
            found = builtins.__dict__.get(name)
            if isinstance(found, type) and (issubclass(found, BaseException) or found in PLAIN):
                return found
        if module == "tblib.pickling_support":
            return FROM_TBLIB.get(name, nothing)
        return type(f"{module}.{name}", (Foreign,), {})


def restricted_loads(data, *, buffers=(), **_):
    return RestrictedUnpickler(io.BytesIO(data), buffers=buffers).load()


def restricted_load(file, *, buffers=(), **_):
    return RestrictedUnpickler(file, buffers=buffers).load()


pickle.loads, pickle.load = restricted_loads, restricted_load
