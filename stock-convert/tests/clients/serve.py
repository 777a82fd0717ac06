"""Runs scripts, each in a process of its own that has pandas, PyTables and h5py already: to import them takes longer
than most scripts.

Reads lines, each a JSON list of a script and its arguments. Writes for each a JSON list: the exit status, and what the
script printed and said on stderr.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
import traceback

import h5py  # noqa: F401
import hdf5plugin

# PyTables has a library of its own, which looks here for lz4 and zstd.
os.environ["HDF5_PLUGIN_PATH"] = hdf5plugin.PLUGIN_PATH

import pandas  # noqa: F401
import tables  # noqa: F401


def become(command):
    """Runs the script in this process, and ends it."""
    status = 0
    try:
        sys.argv = command
        sys.path[0] = os.path.dirname(command[0])
        runpy.run_path(command[0], run_name="__main__")
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def run(command, out, err):
    if not hasattr(os, "fork"):
        return subprocess.run([sys.executable, *command], stdout=out, stderr=err).returncode
    child = os.fork()
    if child == 0:
        with open(os.devnull) as nothing:
            os.dup2(nothing.fileno(), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(err.fileno(), 2)
        become(command)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


for line in sys.stdin:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        status = run(json.loads(line), out, err)
        said = []
        for file in (out, err):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    print(json.dumps([status, *said]), flush=True)
