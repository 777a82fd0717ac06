"""Compares frames with those that pandas.read_json makes of the same lines.

Argument: a JSON file with a list of cases. Each has a name, the lines, the options, the name of the
documented difference if there is one, and what the program made of the lines: columns, or an error.
A case without a difference has to be equal, and one with a difference has to differ.
"""

import io
import json
import struct
import sys
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")


def column(kind, values):
    if kind == "Float":
        return np.array([struct.unpack("<d", struct.pack("<Q", bits))[0] for bits in values])
    if kind == "Timestamp":
        return np.array(values, dtype="int64").view("datetime64[ns]")
    return pd.array(values, dtype={"Int": "int64", "Bool": "bool", "Text": "str"}[kind])


def ours(case):
    if case["error"] is not None:
        return case["error"]
    data = {name: column(kind, values) for name, kind, values in case["columns"]}
    frame = pd.DataFrame(data, index=range(case["rows"]))
    frame.columns = pd.Index(list(data), dtype="str") if data else pd.RangeIndex(0)
    return frame


def theirs(case):
    text = io.StringIO(case["lines"])
    try:
        if case["flatten"]:
            rows = pd.json_normalize([json.loads(line) for line in text if line.strip()])
            return rows
        frame = pd.read_json(text, lines=True, convert_dates=case["datetime64"])
    except ValueError as error:
        return str(error)
    for name in frame.columns:
        if frame[name].dtype.kind == "M" and frame[name].dt.tz is None:
            try:
                frame[name] = frame[name].dt.as_unit("ns")
            except pd.errors.OutOfBoundsDatetime:
                pass
    return frame


def differ(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return None if isinstance(one, str) and isinstance(other, str) else "one is an error"
    if not one.size and not other.size:
        return None if len(one) == len(other) else "other rows"
    try:
        pd.testing.assert_frame_equal(
            one, other, check_exact=True, check_index_type="equiv", check_column_type=True
        )
        for name in one.columns:
            if one[name].dtype.kind == "f":
                # -0.0 is not 0.0.
                signs = [np.signbit(frame[name].to_numpy()) for frame in (one, other)]
                missing = one[name].isna()
                assert ((signs[0] == signs[1]) | missing).all(), f"signs of zeros in {name}"
    except AssertionError as error:
        return str(error)
    return None


if __name__ == "__main__":
    if int(pd.__version__.split(".")[0]) < 3:
        print(f"SKIPPED: the list is about pandas 3, this is {pd.__version__}")
        sys.exit(0)
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    failures = 0
    for case in cases:
        one, other = ours(case), theirs(case)
        found = differ(one, other)
        if (found is None) != (case["difference"] is None):
            failures += 1
            print(f"{case['name']}: documented: {case['difference']}; found: {found}")
            print(f"ours:\n{one}\n{getattr(one, 'dtypes', '')}")
            print(f"pandas:\n{other}\n{getattr(other, 'dtypes', '')}")
    print(f"pandas {pd.__version__}: {len(cases)} cases, {failures} failed")
    sys.exit(1 if failures else 0)
