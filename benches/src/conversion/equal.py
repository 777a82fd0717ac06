"""Compares what the converters wrote: equal.py INPUTS OURS DASK POLARS."""
import glob, os, sys

import h5py, numpy as np, pandas as pd

inputs, ours, dask, polars = sys.argv[1:]
paths = glob.glob(os.path.join(inputs, "*.json"))
for path in paths:
    name = os.path.basename(path)[: -len(".json")] + ".h5"
    one = pd.read_hdf(os.path.join(ours, name), "/data")
    two = pd.read_hdf(os.path.join(dask, name), "/data")
    two["timestamp"] = two["timestamp"].dt.strftime("%Y-%m-%d %H:%M:%S")
    assert list(one.columns) == list(two.columns), name
    with h5py.File(os.path.join(polars, name)) as three:
        for column in one.columns:
            if column == "timestamp":
                assert (one[column] == two[column]).all(), (name, column)
                assert (one[column].to_numpy().astype("S") == three[column][:]).all(), (name, column)
            else:
                # pandas' quick reader is off by the last bit here and there.
                assert np.allclose(one[column], two[column], rtol=4e-16, atol=0), (name, column)
                assert np.array_equal(one[column], three[column][:]), (name, column)
print(len(paths), "files are equal")
