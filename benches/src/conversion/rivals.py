"""Converts a folder of JSON lines to HDF5 in Python, again and again, one round per line of stdin.

rivals.py VARIANT INPUTS OUTPUTS WORKERS; prints the seconds of each round. Imports and the start of
processes come before the first round and are not counted.
"""
import glob, multiprocessing, os, sys, time
from concurrent.futures import ProcessPoolExecutor


def with_pandas(path, outputs):
    # The cell of the lesson.
    import pandas as pd
    name = os.path.join(outputs, os.path.basename(path)[: -len(".json")] + ".h5")
    pd.read_json(path, lines=True).to_hdf(name, key="/data", mode="w")
    return name


def with_polars(path, outputs):
    import h5py, polars as pl
    name = os.path.join(outputs, os.path.basename(path)[: -len(".json")] + ".h5")
    frame = pl.read_ndjson(path)
    with h5py.File(name, "w") as file:
        for column in frame.iter_columns():
            values = column.to_numpy()
            file.create_dataset(column.name, data=values.astype("S") if column.dtype == pl.String else values)
    return name


def warm(_):
    import dask, h5py, pandas, polars, tables  # noqa: F401
    time.sleep(0.2)


def main():
    variant, inputs, outputs, workers = sys.argv[1:]
    os.makedirs(outputs, exist_ok=True)
    # Polars has threads of its own, one for each process is enough.
    os.environ["POLARS_MAX_THREADS"] = "1"
    paths = sorted(glob.glob(os.path.join(inputs, "*.json")))
    pool = ProcessPoolExecutor(int(workers), mp_context=multiprocessing.get_context("spawn"))
    if variant != "dask-threads":
        list(pool.map(warm, range(2 * int(workers))))
    if variant.startswith("dask"):
        import dask, pandas, tables  # noqa: F401
        tasks = [dask.delayed(with_pandas)(path, outputs) for path in paths]
        how = dict(scheduler="threads", num_workers=int(workers))
        if variant == "dask-processes":
            how = dict(scheduler="processes", pool=pool)
        convert = lambda: dask.compute(*tasks, **how)
    else:
        convert = lambda: list(pool.map(with_polars, paths, [outputs] * len(paths)))
    print("ready", flush=True)
    for _ in sys.stdin:
        # As if nothing had been converted before: to free an old output is no part of it.
        for output in glob.glob(os.path.join(outputs, "*.h5")):
            os.remove(output)
        begin = time.perf_counter()
        assert len(convert()) == len(paths)
        print(time.perf_counter() - begin, flush=True)


if __name__ == "__main__":
    main()
