"""Damage sound files at random and read them: `make fuzz`.

Each input must give a result or one clear line. Input K of a seed is the same bytes wherever the libraries are the
same; `--only K --save FOLDER` writes them to the file K of a folder and reads that one alone.
"""

import argparse
import gc
import multiprocessing
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from fuzz.corpus import Source, sources
from fuzz.sandbox import Outcome, sandboxed
from fuzz.targets import read_file

SECONDS = 300
MEMORY = 5 << 29  # two GiB, and what is there before
DIED = re.compile(": HDF5 (crashed|did not finish)")  # in a process of its own, so that ours goes on
COLUMNS = ("input", "inputs", "results", "clean errors", "of these HDF5 died", "findings", "slowest", "most memory")


def damaged_input(seed: int, number: int) -> tuple[Source, bytes]:
    """The kind of input `number`, and its bytes."""
    kinds = sources()
    kind = kinds[number % len(kinds)]
    return kind, kind.make(np.random.default_rng([seed, number]))


def outcome(seed: int, number: int) -> tuple[str, Outcome]:
    """Kind and outcome of one input."""
    kind, content = damaged_input(seed, number)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"input{kind.suffix}")
        path.write_bytes(content)
        return kind.name, sandboxed(lambda: read_file(path), SECONDS, MEMORY)


def fuzz(inputs: int, seed: int, workers: int) -> bool:
    """Run inputs 0, 1, …, print what became of each kind, and say whether there were no findings."""
    sources()  # once, for all processes
    gc.freeze()  # a forked process then copies less
    found = defaultdict(list)
    with ProcessPoolExecutor(workers, multiprocessing.get_context("fork")) as pool:
        outcomes = pool.map(partial(outcome, seed), range(inputs), chunksize=20)
        for number, (name, result) in enumerate(tqdm(outcomes, "fuzz", inputs, unit=" inputs", mininterval=1)):
            found[name].append(result)
            if result.is_finding:
                tqdm.write(f"input {number} of seed {seed} ({name}): {result.kind}: {result.text}", file=sys.stderr)
    everything = [result for results in found.values() for result in results]
    print(_row(COLUMNS), "|---" * len(COLUMNS) + "|", sep="\n")
    for name, results in [*sorted(found.items()), ("all", everything)]:
        print(_row([name, *_counts(results)]))
    return not any(result.is_finding for result in everything)


def _counts(results: list[Outcome]) -> list[str]:
    kinds = [result.kind for result in results]
    died = sum(result.kind == "clean error" and DIED.search(result.text) is not None for result in results)
    findings = sum(result.is_finding for result in results)
    counts = [len(kinds), kinds.count("result"), kinds.count("clean error"), died, findings]
    slowest, memory = max(result.seconds for result in results), max(result.memory for result in results)
    return [*(f"{count:,}" for count in counts), f"{slowest:.1f} s", f"{memory >> 20} MiB"]


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inputs", type=int, default=20_000, help="how many to run")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other inputs")
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="how many at once")
    parser.add_argument("--only", type=int, nargs="+", help="numbers of inputs, to look at what becomes of them")
    parser.add_argument("--save", type=Path, help="the folder to write these inputs to, by their numbers")
    arguments = parser.parse_args()
    if arguments.only is None:
        sys.exit(not fuzz(arguments.inputs, arguments.seed, arguments.workers))
    for number in arguments.only:
        if arguments.save:
            (arguments.save / str(number)).write_bytes(damaged_input(arguments.seed, number)[1])
        print(*outcome(arguments.seed, number))
