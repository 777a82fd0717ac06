"""Checks that timestamps in HDF5 files are those that pandas.read_json finds in the JSON lines.

Arguments: pairs of a file of JSON lines and its HDF5 file. In a table they are nanoseconds in 64-bit
integers, which pandas.to_datetime takes as they are.
"""

import sys

import pandas as pd


def check(source, output):
    want = pd.read_json(source, lines=True)
    got = pd.read_hdf(output, "/data")
    for name in want.columns:
        if want[name].dtype.kind == "M":
            assert got[name].dtype in ("int64", "datetime64[ns]"), got[name].dtype
            got[name] = pd.to_datetime(got[name])
            want[name] = want[name].dt.as_unit("ns")
    assert any(dtype.kind == "M" for dtype in want.dtypes), want.dtypes
    pd.testing.assert_frame_equal(got, want, check_index_type="equiv")


for source, output in zip(sys.argv[1::2], sys.argv[2::2], strict=True):
    check(source, output)
