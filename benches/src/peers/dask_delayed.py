"""Measures one row of Dask's `delayed` on its threaded scheduler.

`process.rs` says what a program is called with and what it prints.
"""

import argparse
import json
import math
import statistics
import sys
import time

import dask

# How long one row goes on repeating.
# Small graphs are repeated for so long at least.
WARM_S = 0.1
REPEATING_S = 5
# Dask recurses over a graph here and there.
sys.setrecursionlimit(1_000_000)
WRAP = 2**64 - 1


@dask.delayed(pure=False)
def leaf(number):
    return number


@dask.delayed(pure=False)
def step(a, number):
    return (3 * a + number) & WRAP


@dask.delayed(pure=False)
def add(a, b):
    return (a + b) & WRAP


@dask.delayed(pure=False)
def total(numbers):
    return sum(numbers) & WRAP


def build(shape, tasks):
    """The shapes of `shapes.rs`, node by node in the same order; also how many nodes there are."""
    if shape == "independent":
        return total([leaf(number) for number in range(1, tasks)]), tasks
    if shape == "chain":
        last = leaf(1)
        for number in range(1, tasks):
            last = step(last, number)
        return last, tasks
    if shape == "tree":
        level = [leaf(number) for number in range(1, tasks // 2 + 1)]
        while len(level) > 1:
            sums = [add(a, b) for a, b in zip(level[::2], level[1::2])]
            level = sums + level[len(sums) * 2 :]
        return level[0], tasks // 2 * 2 - 1
    side = math.isqrt(tasks)
    row = [None] * side
    for y in range(side):
        for x in range(side):
            if x and y:
                row[x] = add(row[x - 1], row[x])
            elif x:
                row[x] = step(row[x - 1], x)
            elif y:
                row[x] = step(row[x], y)
            else:
                row[x] = leaf(1)
    return row[-1], side * side


def measure_round(shape, tasks, threads):
    """The result, the number of nodes, and the seconds to build, run and drop."""
    started = time.perf_counter()
    last, nodes = build(shape, tasks)
    built = time.perf_counter()
    result = last.compute(scheduler="threads", num_workers=threads)
    ran = time.perf_counter()
    del last
    dropped = time.perf_counter()
    return result, nodes, (built - started, ran - built, dropped - ran)


def status_bytes(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--shape")
    for number in ["--tasks", "--threads", "--repeat"]:
        options.add_argument(number, type=int)
    options = options.parse_args()
    row = options.shape, options.tasks, options.threads

    # Starts the threads and imports what is imported late.
    measure_round("chain", 4, options.threads)
    before = status_bytes("VmRSS:")
    started = time.perf_counter()
    result, nodes, times = measure_round(*row)
    grown = max(0, status_bytes("VmHWM:") - before)
    rounds = []
    while (elapsed := time.perf_counter() - started) < WARM_S or (
        len(rounds) < options.repeat and elapsed < REPEATING_S
    ):
        again, _, times = measure_round(*row)
        assert again == result, "two rounds differ"
        rounds.append(times)
    medians = [
        round(statistics.median(part) * 1e9 / nodes, 1) for part in zip(*rounds or [times])
    ]
    parts = dict(zip(["build_ns", "run_ns", "drop_ns"], medians))
    bytes_per_task = round(grown / nodes, 1)
    print(
        json.dumps(
            {
                "tasks": nodes,
                "result": result,
                **parts,
                "bytes_per_task": bytes_per_task,
                "rounds": max(1, len(rounds)),
            }
        )
    )


main()
