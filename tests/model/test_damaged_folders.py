"""A run's folder damaged field by field and file by file, and shards that change while it trains."""

from __future__ import annotations

import copy as copies
import json
import os
import shutil
from pathlib import Path

import pytest

from albert_data import open_shards
from albert_data.base.errors import DataError
from model.run_folder import LOG, RUN_FILE, read_log, read_run, write_run
from model.run_page import page_of, read
from model.training.time_budget import known_schedule
from tests.damaged_json import DEEP, VALUES, places, with_value
from tests.model.conftest import tiny_config
from tests.model.make_shards import write_shards
from tests.model.trainer_command import refused, train

RUN = {
    "model": tiny_config().to_dict(),
    "train": {"steps": 4, "batch_size": 8, "learning_rate": 0.1, "warmup_steps": 1, "xla": False},
    "data": "2 shards",
    "objective": "sop",
    "vocabulary": "ab" * 32,
    "normalization": "albert",
    "init": "",
    "best": {"step": 2, "eval_loss": 3.5},
    "changes": [{"step": 2, "setting": "learning_rate", "old": 0.2, "new": 0.1}],
    "engine": "tensorflow",
    "task": "",
    "order": "blocks",
    "seconds": 3.5,
    "unscored": 0,
    "shards": "/shards",
    "scored_on": "",
    "seconds_of_steps": 1.5,
    "laid_out": {
        "max_hours": 1.0, "steps": 9, "warmup_steps": 2, "steps_laid_out": 4, "warmup_laid_out": 1,
        "step_seconds": 0.5, "steps_measured": 3,
    },
    "branch": {"run": "other", "step": 3, "changes": []},
    "rewinds": [{"step": 3, "why": "it diverges", "learning_rate": 0.1, "to": 2}],
}  # fmt: skip
LINE = {"step": 2, "loss": 3.5, "mlm_loss": 3.0, "sentence_loss": 0.5, "learning_rate": 0.1}


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / RUN_FILE).write_text(json.dumps(RUN))
    (tmp_path / LOG).write_text(json.dumps(LINE) + "\n" + json.dumps({**LINE, "step": 4}) + "\n")
    return tmp_path


def shown(folder: Path) -> None:
    """What is done with a run before an engine is loaded, and what a page of it needs."""
    run = read_run(str(folder))
    known_schedule(str(folder), None, None)
    page_of([read(str(folder))], "", [str(folder)])
    write_run(str(folder), run)


def one_error_or_none(folder: Path, what: object) -> bool:
    try:
        shown(folder)
    except DataError as error:
        assert str(folder) in error.where and error.fix, what
        str(error).encode()
        return True
    except OSError:  # a name may be too long: programs say so in one line
        return True
    except Exception as error:
        raise AssertionError(f"{what}: {error!r}") from error
    return False


def test_any_field_of_a_run_of_any_kind_is_read_or_one_error_that_names_the_file(folder):
    shown(folder)
    refusals = 0
    for at in places(copies.deepcopy(RUN)):
        for value in VALUES:
            (folder / RUN_FILE).write_text(json.dumps(with_value(RUN, at, value)))
            refusals += one_error_or_none(folder, (at, value))
    assert refusals > 300


@pytest.mark.parametrize("text", ["[]", "7", "", "{", DEEP, '{"a": ' + DEEP + "}"])
def test_what_is_no_run_is_damaged(folder, text):
    (folder / RUN_FILE).write_text(text)
    assert one_error_or_none(folder, text[:20])


def test_any_field_of_a_log_of_any_kind_is_read_or_one_error_that_names_the_line(folder):
    first, second = (folder / LOG).read_text().splitlines()
    others = [json.dumps(with_value(LINE, at, value)) for at in places(LINE) for value in VALUES]
    for line in [*others, "{}", "[}", "7}", '{"a": ' + DEEP + "}"]:
        (folder / LOG).write_text(f"{first}\n{line}\n{second}\n")
        if one_error_or_none(folder, line[:100]):
            with pytest.raises(DataError, match=f"{LOG} line 2: damaged"):
                read_log(str(folder))


def ways(path: Path) -> dict[str, bytes | None]:
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2 : len(whole) // 2 + 1] = b"\xff"
    return {
        "gone": None,
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "zeros": bytes(len(whole)),
        "a byte": bytes(flipped),
        "another": b"\x89PNG and other bytes" * 40,
    }


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_every_file_of_a_run_s_folder_damaged_is_one_error_or_the_run_goes_on(tmp_path):
    shards = write_shards(tmp_path / "shards", [13, 9, 11])
    whole = tmp_path / "whole"
    assert train(shards, whole).exit_code == 0
    files = [path.relative_to(whole) for path in sorted(whole.rglob("*")) if path.is_file()]
    assert len(files) > 5
    for name in files:
        for way, content in ways(whole / name).items():
            copy = Path(shutil.copytree(whole, tmp_path / "copy"))
            (copy / name).unlink()
            if content is not None:
                (copy / name).write_bytes(content)
            done = train(shards, copy)
            if done.exit_code:
                assert isinstance(done.exception, SystemExit), (name, way, done.exception)
                refused(done, copy)
            assert "Traceback" not in done.output, (name, way)
            shutil.rmtree(copy)


def shrink(path: Path) -> None:
    os.truncate(path, 0)


def change(path: Path) -> None:
    with open(path, "r+b") as stream:
        stream.write(b"\xff" * path.stat().st_size)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [(shrink, "0 bytes, of|0 bytes, the manifest"), (change, r"is damaged \(CRC-32C\)|damaged")],
)
def test_shards_that_shrink_or_change_while_they_are_read_are_one_error(tmp_path, spoil, said):
    """They are mapped: what is gone of a file would end the process."""
    folder = write_shards(tmp_path / "shards", [13, 9, 11])
    batches = open_shards(folder).batches(4, seed=1, threads=1, ahead=1)
    next(batches)
    for path in folder.glob("train-*"):
        spoil(path)
    with pytest.raises(DataError, match=said) as caught:
        for _ in range(20):
            next(batches)
    assert "train-" in caught.value.where


def test_shards_that_vanish_while_they_are_read_are_read_to_the_end_or_one_error(tmp_path):
    folder = write_shards(tmp_path / "shards", [13, 9, 11])
    batches = open_shards(folder).batches(4, seed=1, threads=1, ahead=1)
    first = [next(batches) for _ in range(9)]  # every shard was opened
    for path in folder.glob("train-*"):
        path.unlink()
    assert len([next(batches) for _ in range(9)]) == len(first)
    late = open_shards(write_shards(tmp_path / "late", [13, 9, 11]))
    for path in (tmp_path / "late").glob("train-*"):
        path.unlink()
    with pytest.raises(DataError, match="the shard cannot be read: No such file"):
        next(late.batches(4, seed=1))
