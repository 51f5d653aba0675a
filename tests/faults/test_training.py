"""A run of the trainer that meets faults: one clear error, then the same weights and log of losses."""

from __future__ import annotations

import errno

import pytest

from dev.faults import training
from dev.faults.cases import TRAINING
from dev.faults.kinds import FOREVER, KINDS, Fault, Kind
from dev.faults.run import Plan, Search, Told
from dev.faults.shim import has_compiler

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(3600),  # some starts of an engine each
    pytest.mark.skipif(not has_compiler(), reason="needs a C compiler, cc"),
]


@pytest.fixture(scope="module", params=[*TRAINING])
def train(tmp_path_factory, request):
    """A function of faults to a run that meets them, which must hold."""
    engine = TRAINING[request.param].engine
    if not training.python_of(engine):
        pytest.skip(f"no Python here has {engine}: make .venv-jax/stamp")
    search = Search(tmp_path_factory.mktemp("search"), [*KINDS], [request.param])

    def told_of(*faults: tuple[str, Kind]) -> Told:
        told = search.run(1, Plan(request.param, 0, (), 1, faults))
        assert told.finding == "", told.lines
        return told

    yield told_of
    search.close()


def no_room_for(part: str) -> Kind:
    """A full disk, for files whose path holds a text."""
    return Kind(lambda draw, seen: Fault((f"write 1 {FOREVER} {errno.ENOSPC} {part}",)))


# In the order in which a run comes to them, so that each is reached behind those that were refused.
_FILES = ("vocab.model", "model.json", "best-", "ckpt-", "-checkpoint", "log.jsonl", "tfevents")


def test_a_full_disk_at_each_file_of_a_run_is_one_error_and_then_the_same_weights(train):
    told = train(*((part, no_room_for(part)) for part in _FILES))
    assert told.ends == ["refused"] * len(_FILES) and all(told.fired), told.lines
    for part, line in zip(_FILES, told.lines[2::2], strict=False):
        assert part.strip("-") in line and "No space left on device" in line, told.lines


# Of each sort one, for each costs some starts of an engine; `python -m dev.faults --job train` draws more.
@pytest.mark.parametrize(
    "faults",
    [
        ("killed at a rename", "loss of power"),
        ("file damaged between", "input changed between"),
    ],
)
def test_a_run_that_meets_faults_ends_in_the_weights_and_the_log_of_one_that_met_none(
    train, faults
):
    train(*((name, KINDS[name]) for name in faults))
