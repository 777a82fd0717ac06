"""Compares what the program makes of documents with what Python's json.loads makes of them, cell by cell.

Arguments: the program, a folder to work in, how many random documents, the first seed, and a file with
the documents of JSONTestSuite (github.com/nst/JSONTestSuite, MIT licence).

What the program accepts has to be equal: integers to the last digit, floats to the last bit, texts to
the last character; a missing number is NaN and a missing text empty. What it refuses, it has to
refuse with the place or the name of the file, and for one of the reasons that are documented.
"""

import bz2
import gzip
import json
import lzma
import math
import os
import random
import subprocess
import sys

import h5py
import hdf5plugin  # noqa: F401 (registers lz4 and zstd)

PROGRAM, FOLDER, COUNT, SEED, SUITE = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
REASONS = (
    "would be rounded", "in a column of", "does not fit a 64-bit", "an array where", "an object where",
    "NUL character", "cannot name a column", "is no date", "number out of range", "would be called",
    "is there twice", "lone leading surrogate", "unexpected end of hex escape", "nested too deeply",
    "beyond all floats", "half a character",
    "its records are arrays", "pandas-fixed has no place",
)
NAMES = ["a", "é", "株", "a b", "\U0001F980", "nan", "index", "x.y", '"', "\\", "a" * 300, "0", " ", "\t", "a/b", "", "_v_x"]
TEXTS = ["", "x", "é", "\U0001F980", "\u2028", '"\\/\b\f\n\r\t', "NaN", "-", "1", "\x7f", "\uffff", "long " * 50]


def text(random):
    if random.random() < 0.5:
        return random.choice(TEXTS)
    points = [random.choice([0x20, 0x41, 0xE9, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0x10000, 0x10FFFF]) for _ in range(4)]
    return "".join(chr(point + random.randrange(2) * (point < 0x10FFFF and point != 0xD7FF)) for point in points)


def number(random, kind):
    if kind == "int":
        return random.choice([0, 1, -7, 2**53, 2**53 + 1, -(2**63), 2**63 - 1, random.getrandbits(62), 10**15])
    if kind == "small":
        return random.randrange(-(10**6), 10**6)
    value = random.choice([0.5, -0.0, 1e22, 1e23, 5e-324, 1.7976931348623157e308, random.uniform(-1e3, 1e3), random.gauss(0, 1e-300)])
    return value


def records(random):
    """Random records: most columns have one kind, so that not every document is refused."""
    names = random.sample(NAMES[: 14 if random.random() < 0.8 else 17], random.randrange(1, 5))
    kinds = {n: random.choice(["int", "small", "small", "float", "float", "text", "text", "bool", "nested"]) for n in names}
    missing = random.choice([0, 0, 0.2])
    rows = []
    for _ in range(random.choice([0, 1, 2, 30, 400])):
        row = {}
        for name, kind in kinds.items():
            if random.random() < missing:
                if random.random() < 0.5:
                    row[name] = None
                continue
            if kind == "text":
                row[name] = text(random)
            elif kind == "bool":
                row[name] = random.random() < 0.5
            elif kind == "nested":
                row[name] = {"in": number(random, "small"), "deep": {"t": text(random)}}
            else:
                row[name] = number(random, kind)
        rows.append(row)
    return rows, names, kinds


def written(random, rows):
    """The bytes of a document, and the options that read it."""
    dump = lambda value: json.dumps(value, ensure_ascii=random.random() < 0.5, indent=indent)
    indent = random.choice([None, None, 1])
    form = random.choice(["lines", "array", "records", "values"])
    if form == "lines":
        indent = None
        end = random.choice(["\n", "\r\n"])
        return end.join(dump(row) for row in rows) + random.choice(["", end]), []
    if form == "array":
        return dump(rows), []
    if form == "values":
        return "\n".join(dump(row) for row in rows), ["--orient", "records"] if not rows else []
    return dump({"meta": {"results": 1}, "results": rows, "next": None}), ["--records", "results"]


def flat(row, prefix=""):
    cells = {}
    for key, value in row.items():
        if isinstance(value, dict):
            cells.update(flat(value, f"{prefix}{key}."))
        else:
            cells[prefix + key] = value
    return cells


def stored(path, layout):
    """name → values."""
    with h5py.File(path) as file:
        if layout == "table":
            if "table" not in file["data"]:
                return {}
            table = file["data/table"][:]
            return {name: table[name] for name in table.dtype.names}
        if layout == "columns":
            return {name: data[:] for name, data in file["data"].items()}
        columns = {}
        index = file["data/axis1"]
        if "name" in index.attrs:
            columns[index.attrs["name"].decode() if isinstance(index.attrs["name"], bytes) else str(index.attrs["name"])] = index[:]
        block = 0
        while f"block{block}_items" in file["data"]:
            values = file[f"data/block{block}_values"][:]
            for place, name in enumerate(file[f"data/block{block}_items"][:]):
                columns[name.decode()] = values if values.ndim == 1 else values[:, place]
            block += 1
        return columns


def same(cell, value):
    if isinstance(cell, bytes):
        return cell.decode() == ("" if value is None else value)
    if value is None:
        return math.isnan(cell)
    if isinstance(value, str):
        return False
    if isinstance(value, float):
        return float(cell) == value and math.copysign(1, float(cell)) == math.copysign(1, value)
    return int(cell) == int(value)


def run(path, options):
    command = [PROGRAM, path, "--force", "--json", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=FOLDER)
    assert done.returncode in (0, 1), (command, done.stderr)
    assert "panicked" not in done.stderr and "defect" not in done.stderr, (command, done.stderr)
    return done


def compare(path, rows, layout, what):
    columns = stored(os.path.join(FOLDER, "a.h5"), layout)
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if rows and keys:
        assert set(columns) == set(keys), (what, list(columns), keys)
    for key in keys:
        cells = columns[key]
        assert len(cells) == len(rows), (what, key, len(cells), len(rows))
        for number, (cell, row) in enumerate(zip(cells, rows)):
            assert same(cell, row.get(key)), (what, key, number, cell, row.get(key))


def random_documents():
    accepted = refused = 0
    for seed in range(SEED, SEED + COUNT):
        source = random.Random(seed)
        rows, names, kinds = records(source)
        document, options = written(source, rows)
        data = document.encode()
        ending, data = source.choice([("", data), ("", data), ("", data), (".gz", gzip.compress(data)), (".bz2", bz2.compress(data)), (".xz", lzma.compress(data))])
        path = os.path.join(FOLDER, "a.json" + ending)
        with open(path, "wb") as file:
            file.write(data)
        layout = source.choice(["table", "table", "columns", "pandas-fixed"])
        options += ["--flatten"] if source.random() < 0.8 else []
        options += ["-l", layout, "-z", source.choice(["none", "deflate", "lz4", "zstd"])]
        options += source.choice([["-j", "1"], ["-j", "2"], ["-s"]])
        if layout == "columns" and source.random() < 0.5:
            options += ["--text", "variable"]
        done = run(path, options)
        what = f"seed {seed}: {options}"
        if done.returncode == 0:
            accepted += 1
            want = [flat(row) if "--flatten" in options else row for row in rows]
            compare(path, want, layout, what)
            verified = subprocess.run([PROGRAM, "verify", "a.h5"], capture_output=True, text=True, cwd=FOLDER)
            assert verified.returncode == 0, (what, verified.stderr)
        else:
            refused += 1
            assert "a.json" in done.stderr or "a.h5" in done.stderr, (what, done.stderr)
            assert any(reason in done.stderr for reason in REASONS), (what, done.stderr)
        os.remove(path)
    print(f"{accepted} random documents are equal, {refused} were refused with a reason")
    assert COUNT < 50 or accepted > COUNT / 3, "the documents are no use"


def suite():
    with open(SUITE) as file:
        cases = json.load(file)
    accepted = 0
    for case in cases:
        given = case["input"] if "input" in case else case["repeat"][0] * case["repeat"][1]
        # As it comes, and what is in an array as the value of a record.
        forms = [(given, False)]
        if given.startswith("[") and given.rstrip().endswith("]"):
            forms.append(('{"a":' + given.strip()[1:-1] + "}", True))
        for document, is_value in forms:
            path = os.path.join(FOLDER, "a.json")
            with open(path, "w", encoding="utf-8", errors="surrogatepass", newline="") as file:
                file.write(document)
            done = run(path, [])
            what = f"{case['name']}: {document[:80]!r}"
            try:
                value = json.loads(document)
            except (ValueError, RecursionError):
                value = ValueError
            if done.returncode == 1:
                plain = is_value and case["name"].startswith(("y_number", "y_string")) and "\\u0000" not in document
                scalar = isinstance(value, dict) and isinstance(value.get("a"), (str, int, float))
                assert not (plain and scalar), (what, done.stderr)
                assert "a.json" in done.stderr or "a.h5" in done.stderr, (what, done.stderr)
                continue
            accepted += 1
            if value is ValueError:
                # Nothing at all is a table without rows, and a byte order mark is left out.
                lines = [json.loads(line) for line in document.lstrip("\ufeff").split("\n") if line.strip()]
                value = lines
            rows = value if isinstance(value, list) else [value]
            assert all(isinstance(row, dict) for row in rows), what
            compare(path, rows, "table", what)
    print(f"of {len(cases)} documents of JSONTestSuite {accepted} became tables")


random_documents()
suite()
