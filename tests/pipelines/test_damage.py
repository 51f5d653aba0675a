"""Files that change between two runs of a build: what is damaged is made again to the same bytes, and a
finished folder that lost something says what."""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import (
    albert_data,
    content,
    edit,
    fails,
    finish,
    leftovers,
    shard_names,
    start,
    stop_at,
    succeeds,
)
from tests.pipelines import kill_and_damage


def flip(path: Path, files: list[Path]) -> None:
    """Changes a bit in the middle."""
    changed = bytearray(path.read_bytes())
    changed[len(changed) // 2] ^= 1
    path.write_bytes(changed)


def zero(path: Path, files: list[Path]) -> None:
    """Leaves zeros, as after a loss of power."""
    path.write_bytes(bytes(path.stat().st_size))


def remove(path: Path, files: list[Path]) -> None:
    path.unlink()


def copy_another(path: Path, files: list[Path]) -> None:
    """Puts the content of another file of the same kind there."""
    shutil.copy(next(p for p in files if p.read_bytes() != path.read_bytes()), path)


def lack_a_file(path: Path, files: list[Path]) -> None:
    """A unit's marker that lists fewer files than were made."""
    mark = json.loads(path.read_text())
    mark["files"] = []
    path.write_text(json.dumps(mark))


EVERY = [flip, zero, remove, copy_another]
# Before which rename the build is killed, then what is damaged.
STOPS = {
    "/tokens.json": {
        "tokens/parts/*.parquet": EVERY,
        "tokens/units/*.json": [lack_a_file, *EVERY],
        "tokens/identity.json": [flip, zero],
        "tokens/vocab.model": [flip],
        "build.json": [flip, zero],
    },
    "/shards-00002-": {
        "work/blocks/*.block": [copy_another, zero, flip, remove],
        "work/tokens/*.mapped": [flip, copy_another, zero, remove],
        "shards-*": EVERY,
        "provenance-*": EVERY,
        "work/shards/*.json": EVERY,
        "tokens/tokens.json": [flip, zero, remove],
    },
    "/manifest.json": {"shards-*": [flip], "provenance-*": [zero], "README.md": [flip]},
}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory, jobs) -> Callable[[str], Path]:
    """A build that was killed before a rename, made once for each."""
    made: dict[str, Path] = {}

    def of(moment: str) -> Path:
        if moment not in made:
            home = tmp_path_factory.mktemp("stopped")
            killed = start(
                *jobs(home / "shards", "--workers=1"), **stop_at(home, "before", moment, 1)
            )
            assert finish(killed).code == -signal.SIGKILL
            made[moment] = home / "shards"
        return made[moment]

    return of


@pytest.mark.parametrize(
    ("moment", "pattern", "damage"),
    [
        pytest.param(
            moment,
            pattern,
            damage,
            id=f"{pattern}-{damage.__name__}",
            marks=[] if damage == damages[0] else [pytest.mark.slow],
        )
        for moment, patterns in STOPS.items()
        for pattern, damages in patterns.items()
        for damage in damages
    ],
)
def test_what_was_damaged_after_a_kill_is_made_again(
    tmp_path, jobs, embedded, stopped, moment, pattern, damage
):
    folder = Path(shutil.copytree(stopped(moment), tmp_path / "shards"))
    files = sorted(p for p in folder.glob(pattern) if not p.name.startswith(".tmp-"))
    damage(files[0], files)
    succeeds(albert_data(*jobs(folder, "--workers=1")))
    assert content(folder) == content(embedded) and leftovers(folder) == []


@pytest.mark.slow
def test_builds_that_are_killed_and_damaged_at_random_end_in_the_same_bytes_or_one_error(
    tmp_path, jobs, embedded
):
    for seed in (1, 2):
        kill_and_damage.run(seed, tmp_path / str(seed), jobs, embedded)


@pytest.fixture
def finished(tmp_path, embedded) -> Path:
    """A copy of a finished build."""
    return Path(shutil.copytree(embedded, tmp_path / "shards"))


def test_a_finished_folder_says_which_files_it_lost_and_is_made_anew_as_told(
    finished, jobs, embedded
):
    first, second, *_ = shard_names(finished)
    (finished / first).unlink()
    (finished / second).write_bytes((finished / second).read_bytes()[:-1])
    fails(
        albert_data(*jobs(finished, "--workers=1")),
        f"{finished}: this build was complete, and is no more: 1 of 9 files missing: {first}; "
        f"1 of 9 files changed: {second}",
        "remove manifest.json",
        code=1,
    )
    (finished / "manifest.json").unlink()
    succeeds(albert_data(*jobs(finished, "--workers=1")))
    assert content(finished) == content(embedded)


def test_the_content_is_checked_too_where_the_run_that_wrote_the_manifest_was_killed(
    finished, jobs
):
    path = finished / shard_names(finished)[1]
    flip(path, [])
    assert "complete already" in succeeds(albert_data(*jobs(finished, "--workers=1"))).err
    (finished / "work").mkdir()
    fails(albert_data(*jobs(finished, "--workers=1")), f"1 of 9 files changed: {path.name}", code=1)


@pytest.mark.parametrize("damage", [flip, zero])
def test_a_damaged_manifest_is_written_anew(finished, jobs, embedded, damage):
    damage(finished / "manifest.json", [])
    again = succeeds(albert_data(*jobs(finished, "--workers=1")))
    assert "is damaged" in again.err and "is finished anew" in again.err
    assert content(finished) == content(embedded)


INDEXES = {
    "a file twice": lambda index: index["files"].append(index["files"][0]),
    "a file not at all": lambda index: index["files"].pop(),
    "another count": lambda index: index["files"][0].update(documents=7),
    "another content": lambda index: index["files"][0].update(content="0" * 64),
    "another order": lambda index: index["files"].reverse(),
}


def remask(folder: Path, output: Path):
    given = ["--output", output, "--config=tiny.yaml", "--workers=1"]
    return albert_data("remask", folder / "tokens", *given)


@pytest.mark.parametrize("change", INDEXES.values(), ids=INDEXES)
def test_an_index_of_tokens_that_was_changed_is_refused(finished, tmp_path, change):
    path = finished / "tokens/tokens.json"
    index = json.loads(path.read_text())
    change(index)
    path.write_text(json.dumps(index))
    fails(remask(finished, tmp_path / "b"), f"{path}: the file is damaged, was edited", code=1)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("a file twice", " is named twice"),
        ("a file not at all", "the token files hold "),
        ("another count", "the token files hold "),
    ],
)
def test_an_index_that_cannot_be_right_is_refused_whatever_its_seal(
    finished, tmp_path, change, problem
):
    path = finished / "tokens/tokens.json"
    edit(path, INDEXES[change])
    fails(remask(finished, tmp_path / "b"), f"{path}: ", problem, code=1)


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a/b"])
def test_a_token_file_out_of_its_folder_is_not_opened(finished, tmp_path, name):
    path = finished / "tokens/tokens.json"
    edit(path, lambda index: index["files"][0].update(path=name))
    expected = f"{path}: {name!r} is not the name of a file in its folder"
    fails(remask(finished, tmp_path / "b"), expected, code=1)


def test_a_token_file_that_is_missing_or_of_another_size_is_named_before_any_work(
    finished, tmp_path
):
    files = sorted((finished / "tokens/parts").glob("*.parquet"))
    files[0].write_bytes(files[0].read_bytes() + b"x")
    fails(remask(finished, tmp_path / "b"), f"{files[0]}: a token file has another size", code=1)
    files[0].unlink()
    fails(remask(finished, tmp_path / "b"), f"{files[0]}: a token file is missing", code=1)
    assert not (tmp_path / "b").exists()
