"""Checks that each HDF5 file holds what pandas makes of the JSON lines it came from.

Arguments: the layout, then pairs of a file of JSON lines and its HDF5 file.

The reference is pandas.DataFrame over json.loads of each line: values and types, column order and
row labels. Three differences are documented and put in here: a missing text is empty, a missing
bool makes a column of floats, and bools among numbers are numbers (as pandas.read_json has it).
The values are compared with pandas.read_json too; its types differ where it guesses (1.0 is an
integer to it).
"""

import gzip
import io
import json
import os
import sys
import warnings

import h5py
import hdf5plugin

# lz4 and zstd: h5py finds them because the import registers them, PyTables has a library of its own.
os.environ["HDF5_PLUGIN_PATH"] = hdf5plugin.PLUGIN_PATH

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")


def text_of(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
        return file.read().decode("utf-8-sig")


def is_text(column):
    return column.map(lambda value: isinstance(value, str)).any()


def reference(rows):
    want = pd.DataFrame(rows)
    for name in want.columns:
        column = want[name]
        if is_text(column):
            want[name] = column.fillna("")
        elif column.isna().all() and len(column):
            want[name] = column.astype("float64")
        elif column.dtype == object:
            floats = column.isna().any() or any(isinstance(value, float) for value in column)
            want[name] = column.astype("float64" if floats else "int64")
    return want


def kind(column):
    return "S" if is_text(column) else {"b": "u"}.get(column.dtype.kind, column.dtype.kind)


def is_time(column):
    """As the program sees it: every text is a date, or missing."""
    texts = column[column.map(lambda value: isinstance(value, str)) & (column != "")]
    if not is_text(column) or texts.empty:
        return False
    return texts.str.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,9})?)?)?").all()


def check_pandas_fixed(want, output):
    times = [name for name in want.columns if is_time(want[name])]
    for name in times:
        want[name] = pd.to_datetime(want[name].replace("", None), format="ISO8601").astype("datetime64[ns]")
    names = list(want.columns)
    if times:
        want = want.set_index(times[0])
    got = pd.read_hdf(output, "/data")
    if int(pd.__version__.split(".")[0]) < 3:
        # It takes a column called "nan" for a missing name, whatever the file says.
        got.columns = pd.Index(["nan" if name != name else name for name in got.columns], dtype=want.columns.dtype)
    kind = "equiv" if want.size else False
    pd.testing.assert_frame_equal(
        got, want, check_exact=True, check_index_type="equiv", check_column_type=kind, check_freq=False
    )
    with h5py.File(output) as file:
        # Every column stands at the root too, and takes no room there.
        for name in names:
            # Beyond so many columns those of one type share a block.
            if name == "data" or len(names) > 257:
                continue
            values = want.index if times and name == times[0] else want[name]
            values = values.astype("int64") if name in times else values
            np.testing.assert_array_equal(file[name][:], values.astype(file[name].dtype))
            inner = [file["data"][key] for key in file["data"]]
            assert any(file[name] == other for other in inner), name
    return f"{got.shape}"


def check_columns(want, output):
    with h5py.File(output) as file:
        assert sorted(file["data"]) == sorted(want.columns), list(file["data"])
        for name in want.columns:
            values = file["data"][name][:]
            if is_text(want[name]):
                assert [value.decode() for value in values] == list(want[name]), name
            else:
                assert values.dtype == want[name].dtype, (name, values.dtype)
                np.testing.assert_array_equal(values, want[name])
    return f"{want.shape}"


def check(layout, source, output):
    text = text_of(source)
    rows = [json.loads(line) for line in text.split("\n") if line.strip()]
    want = reference(rows)
    if layout == "pandas-fixed":
        return check_pandas_fixed(want, output)
    if layout == "columns":
        return check_columns(want, output)
    got = pd.read_hdf(output, "/data")
    with h5py.File(output) as file:
        tables = list(file["data"])
        if not want.size:
            # Without a cell there is no table; the frame is stored as pandas stores it.
            assert tables == ["axis0", "axis1"], tables
            assert got.shape == want.shape, (got.shape, want.shape)
            return "no cells"
        pd.testing.assert_frame_equal(got, want, check_exact=True, check_index_type="equiv")
        assert list(got.dtypes) == list(want.dtypes)
        assert list(got.columns) == list(want.columns)

        guess = pd.read_json(io.StringIO(text), lines=True, dtype=False, precise_float=True)
        for name in want.columns:
            if not is_text(want[name]):
                theirs = guess[name].astype("float64")
                np.testing.assert_array_equal(got[name].astype("float64"), theirs)

        table = file["data/table"]
        assert tables == ["table"] and table.shape == (len(want),), (tables, table.shape)
        assert table.maxshape == (None,) and table.chunks, (table.maxshape, table.chunks)
        assert list(table.dtype.names) == list(want.columns), table.dtype
        content = table[:]
        for name in want.columns:
            field = table.dtype[name]
            assert field.kind == kind(want[name]), (name, field)
            assert field.itemsize == (8 if field.kind in "if" else field.itemsize)
            values = content[name]
            if field.kind == "S":
                assert [value.decode() for value in values] == list(want[name]), name
            else:
                np.testing.assert_array_equal(values.astype("float64"), want[name].astype("float64"))
    return f"{len(got)} rows, {len(got.columns)} columns"


if __name__ == "__main__":
    versions = ", ".join(f"{m.__name__} {m.__version__}" for m in (pd, np, h5py))
    print(f"python {sys.version.split()[0]}, {versions}, HDF5 {h5py.version.hdf5_version}")
    failures = 0
    layout, *files = sys.argv[1:]
    for source, output in zip(files[::2], files[1::2], strict=True):
        try:
            print(f"{layout} {source}: {check(layout, source, output)}")
        except Exception as error:
            failures += 1
            print(f"{source}: FAILED: {type(error).__name__}: {error}")
    sys.exit(1 if failures else 0)
