"""Mutation testing: how many small changes to the core its own tests notice.

    python -m dev.mutants [--jobs N] [--no-golden] [--sample DIGITS | --again] [FILE ...]

Mutmut changes one operator, number, name or argument of a file at a time and runs that file's row of
`TESTS` until one fails. It works on a copy in .mutants/, in which kernels are plain Python: mutmut passes
over functions with a decorator, and compiling thousands of mutants would take days. Prints a line for
each file and writes the changes that no test noticed to .mutants/survivors.diff. Cost: half a
second a mutant, ten a survivor; 5,000 of all files take an hour on one core.

A mutant that never ends, or ends the process, counts as killed. Not mutated: constants of modules and
properties.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / ".mutants"
COPY = WORK / "copy"
NAMES = WORK / "names"  # on Python's path: the folders of the copy under their packages' names

_GOLDEN = [
    f"tests/golden/test_hashes.py::test_a_build_is_as_it_was[{name}]"
    for name in ("sop-128-static-words-3", "nsp-64-dynamic-pieces", "crowded", "short")
]
_LEFT_OUT_EXAMPLES = (
    "tests/examples/test_dynamic.py::"
    "test_an_example_in_which_no_word_can_be_masked_is_left_out_as_in_static_records"
)
_RECORDS = ["tests/records/test_encode.py", "tests/records/test_features.py"]
# A file and the tests that are to notice a change of it: those of its own, and some frozen builds.
TESTS = {
    "examples/rng": ["tests/examples/test_rng.py", *_GOLDEN[:1]],
    "examples/pairs": ["tests/examples/test_pairs.py", *_GOLDEN],
    "examples/span_law": ["tests/examples/test_span_law.py", *_GOLDEN[:1]],
    "examples/masking": ["tests/examples/test_masking.py", _LEFT_OUT_EXAMPLES, *_GOLDEN],
    "examples/dynamic": ["tests/examples/test_dynamic.py", *_GOLDEN[1:2]],
    "records/features": [*_RECORDS, *_GOLDEN[:2]],
    "records/wire": [*_RECORDS, *_GOLDEN[:2]],
    "records/tfrecord": ["tests/records/test_tfrecord.py", *_GOLDEN[:1]],
    "records/encode": [*_RECORDS, "tests/examples/test_dynamic.py", *_GOLDEN[:2]],
    "records/parse": ["tests/records/test_parse.py", "tests/records/test_features.py"],
    "records/validate": ["tests/records/test_validate.py", "tests/records/test_features.py"],
    "records/spelled_out": ["tests/records/test_spelled_out.py"],
    "shards/block": [
        "tests/shards/test_block_names.py",
        "tests/shards/test_block.py",
        *_GOLDEN[:2],
    ],
    "shards/partition": ["tests/shards/test_block.py", "tests/shards/test_merge.py"],
    "shards/merge": ["tests/shards/test_merge.py"],
    "shards/shard": ["tests/shards/test_shard.py", *_GOLDEN[:1]],
    "shards/provenance": ["tests/shards/test_provenance.py", *_GOLDEN[:2]],
    "shards/make_manifest": ["tests/shards/test_make_manifest.py"],
    "shards/manifest": ["tests/shards/test_manifest.py"],
}
# Long without compilation, or of TensorFlow's threads, which do not outlive a fork.
LEFT_OUT = [
    "tests/examples/test_dynamic.py::test_unmasked_records_are_byte_equal_to_tensorflows",
    "tests/examples/test_masking.py::"
    "test_every_word_is_masked_equally_often_save_near_the_ends_of_a_segment",
    "tests/examples/test_rng.py::test_streams_equal_tensorflows_philox",
    "tests/records/test_encode.py::test_the_references_input_function_reads_the_records",
    "tests/records/test_tfrecord.py::test_framing_is_byte_equal_to_tensorflows",
    "tests/records/test_tfrecord.py::test_tensorflow_reads_our_framing",
    "tests/shards/test_block.py::test_examples_are_spread_evenly_over_shards",
    "tests/shards/test_shard.py::test_derived_shards_are_of_about_the_wanted_size",
]
KILLED = ("killed", "timeout", "segfault")

# For the copy's conftest. The module of the shortest tests first, in it the shortest test first: most
# mutants die at once. Hypothesis has the same examples every time and does not look for smaller ones. What
# lives when workers are forked is left alone by the garbage collector, so that they need not copy it.
_CONFTEST = """

import collections
import gc
import json
import pathlib

import hypothesis

hypothesis.settings.register_profile(
    "mutants", derandomize=True, deadline=None, phases=[hypothesis.Phase.generate]
)


def pytest_collection_modifyitems(items):
    stats = pathlib.Path("mutmut-stats.json")
    if stats.exists():
        seconds = json.loads(stats.read_text())["duration_by_test"]
        of_modules = collections.Counter()
        for item in items:
            of_modules[item.path] += seconds.get(item.nodeid, 0)
        items.sort(key=lambda i: (of_modules[i.path], str(i.path), seconds.get(i.nodeid, 0)))
    gc.freeze()
"""
_PYTEST = [
    "-pno:cacheprovider",
    "-pno:unraisableexception",
    "-Wignore",
    "--hypothesis-profile=mutants",
]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "files", nargs="*", help="as `examples/rng`; all of them where none is named"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--no-golden", action="store_true", help="without the frozen builds")
    some = parser.add_mutually_exclusive_group()
    some.add_argument("--sample", help="only mutants whose number ends in one of these digits")
    some.add_argument(
        "--again", action="store_true", help="only what survived the last run, by today's tests"
    )
    given = parser.parse_args()
    survivors = WORK / "survivors.diff"
    last = survivors.read_text() if given.again else ""
    make_copy()
    survivors.write_text("")
    print("| file | mutants | killed | survived | score |\n| --- | --- | --- | --- | --- |")
    total: collections.Counter[str] = collections.Counter()
    for file in given.files or TESTS:
        tests = [t for t in TESTS[file] if not (given.no_golden and "golden" in t)]
        names = survivors_of(last, file)
        if given.sample:
            names = [f"albert_data.{file.replace('/', '.')}.*__mutmut_*[{given.sample}]"]
        elif given.again and not names:
            continue
        ends = mutate(file, tests, given.jobs, names)
        counts = collections.Counter(ends.values())
        print(row(f"{file}.py", counts), flush=True)
        total += counts
        with survivors.open("a") as stream:
            for name in (name for name, end in ends.items() if end not in KILLED):
                stream.write(mutmut("show", name) + "\n")
    print(row("all", total))


def make_copy() -> None:
    """The working tree in `COPY`, its kernels plain Python, what is mutated without caches.

    Shapes are not checked there: values of kernels in plain Python are of other types than compiled.
    """
    shutil.rmtree(WORK, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, COPY / name)
    for path in (COPY / "albert_data").rglob("*.py"):
        path.write_text(re.sub(r"\n@kernel\w*\n", "\n", path.read_text()))
    for file in TESTS:
        path = COPY / f"albert_data/{file}.py"
        path.write_text(path.read_text().replace("\n@cache\n", "\n"))
    conftest = COPY / "tests/conftest.py"
    conftest.write_text(conftest.read_text().replace("\ncheck_shapes()", "\n") + _CONFTEST)
    NAMES.mkdir()
    for folder in ("pipelines", "model"):
        (NAMES / f"albert_{folder}").symlink_to(COPY / "mutants" / folder)


def survivors_of(diffs: str, file: str) -> list[str]:
    """The mutants of a file that are named above their diffs."""
    module = f"albert_data.{file.replace('/', '.')}."
    heads = (line[2:].partition(":")[0] for line in diffs.splitlines() if line.startswith("# "))
    return [name for name in heads if name.startswith(module)]


def mutate(file: str, tests: list[str], jobs: int, names: list[str]) -> dict[str, str]:
    """How each of these mutants of a file, of all where none is named, ended in mutmut's words.

    Args:
        names: patterns, as `fnmatch` has them.
    """
    shutil.rmtree(COPY / "mutants", ignore_errors=True)
    (COPY / "mutants").mkdir()  # a folder of Python's path is not looked for twice
    settings = {
        "source_paths": ["albert_data"],
        "only_mutate": [f"albert_data/{file}.py"],
        "also_copy": [p.name for p in COPY.iterdir() if p.name != "albert_data"],
        "pytest_add_cli_args": _PYTEST,
        "pytest_add_cli_args_test_selection": [*tests, *(f"--deselect={t}" for t in LEFT_OUT)],
        "timeout_multiplier": 3.0,
        "timeout_constant": 3.0,
        # A server that has no threads yet is what the workers are forked from.
        "process_isolation": "forkserver",
        "use_git_change_detection": False,
    }
    table = "\n".join(f"{key} = {json.dumps(value)}" for key, value in settings.items())
    project = (ROOT / "pyproject.toml").read_text()
    (COPY / "pyproject.toml").write_text(f"{project}\n[tool.mutmut]\n{table}\n")
    with (WORK / f"{file.replace('/', '-')}.log").open("w") as log:
        mutmut("run", "--max-children", str(jobs), *names, log=log)
    lines = mutmut("results", "--all", "true").splitlines()
    pairs = (line.strip().rpartition(": ") for line in lines if "__mutmut_" in line)
    return {
        name: end for name, _, end in pairs if not names or any(fnmatch(name, n) for n in names)
    }


def mutmut(*arguments: str, log=subprocess.PIPE) -> str:
    """What a command of mutmut's says.

    Raises:
        SystemExit: it failed.
    """
    own = {
        "NUMBA_DISABLE_JIT": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONPATH": f"{COPY / 'mutants'}:{NAMES}",
    }
    done = subprocess.run(
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=COPY, stdout=log, stderr=subprocess.STDOUT, text=True, env={**os.environ, **own},
    )  # fmt: skip
    if done.returncode:
        said = done.stdout or f"see {log.name}"
        raise SystemExit(f"mutmut {arguments[0]} ended with {done.returncode}: {said}")
    return done.stdout


def row(name: str, ends: collections.Counter[str]) -> str:
    """A line of the table."""
    mutants, killed = ends.total(), sum(ends[end] for end in KILLED)
    return (
        f"| {name} | {mutants} | {killed} | {mutants - killed} | {100 * killed / mutants:.1f} % |"
    )


if __name__ == "__main__":
    main()
