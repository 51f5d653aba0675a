"""The search: it finds what was planted, and what it once found stays mended."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev.faults.cases import JOBS
from dev.faults.kinds import KINDS
from dev.faults.run import Search, Told
from dev.faults.shim import has_compiler

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),  # some dozens of commands
    pytest.mark.skipif(not has_compiler(), reason="needs a C compiler, cc"),
]

# A program with a defect, by the kind of fault that shows it: it waits for no disk.
_PLANTED = {
    "loss of power at the end": """
import albert_data.storage.atomic as atomic
atomic.to_disk = lambda path: None
atomic.files_to_disk = lambda folder: None
""",
}


def search(home: Path, kinds: list[str], seeds: range, first: Path | None = None) -> list[Told]:
    searched = Search(home, kinds, ["build"], first)
    try:
        return [searched.run(seed) for seed in seeds]
    finally:
        searched.close()


@pytest.mark.parametrize("kind", _PLANTED)
def test_a_planted_defect_is_found(tmp_path, kind):
    (tmp_path / "first").mkdir()
    (tmp_path / "first/sitecustomize.py").write_text(_PLANTED[kind])
    runs = search(tmp_path / "search", [kind], range(1, 5), tmp_path / "first")
    assert any(told.finding for told in runs)


# Kinds whose faults found a defect, and what; with seeds that draw them.
_FOUND = {
    "loss of power": [2007],  # config.yaml of a token cache full of zeros
    "loss of power at the end": [1006, 2001],  # shards empty below a manifest; config.yaml empty
    "I/O error of a name": [1001],  # work/ of a grid that was left for good
}


@pytest.mark.parametrize(
    ("kind", "seed"), [(kind, seed) for kind, seeds in _FOUND.items() for seed in seeds]
)
def test_what_a_seed_found_stays_mended(tmp_path, kind, seed):
    searched = Search(tmp_path / "search", [kind], [*JOBS])
    told = searched.run(seed)
    searched.close()
    assert told.finding == "", told.lines


# Drawn of all kinds.
_FOUND_IN_ALL = [
    8008,  # a report half-written by a killed run that stayed
    8021,  # pairs that led to the tokens of another file: a source was added, and the cache made anew
    8121,  # an input that could not be hashed for a moment; an I/O error that named no file
    8240,  # a damaged config.yaml whose fix was of another file
    30037,  # a lock that could not be closed, which hid the error before it
]


@pytest.mark.parametrize("seed", _FOUND_IN_ALL)
def test_what_a_seed_of_all_kinds_found_stays_mended(tmp_path, seed):
    searched = Search(tmp_path / "search", [*KINDS], [*JOBS])
    told = searched.run(seed)
    searched.close()
    assert told.finding == "", told.lines
