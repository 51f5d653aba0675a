"""Records with any feature of any kind, their checksums right: read, or one error that names the file.

Read as a trainer does, as people look at them (`inspect`) and as an audit of others' shards does.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.base.errors import DataError
from albert_data.insight.foreign.tfrecords import batches
from albert_data.read.foreign import LONGEST, lengths_of
from albert_data.records.parse import parse_examples, parse_unmasked
from albert_data.records.tfrecord import find_records
from albert_data.records.validate import check_examples
from tests.command_line import albert_data
from tests.damaged_records import damaged_records, entry, field, framed
from tests.model.make_shards import example

LENGTH, PREDICTIONS, VOCABULARY = 16, 3, 40
EXAMPLE = example(3, LENGTH, PREDICTIONS, VOCABULARY)
UNMASKED = {
    **{
        name: EXAMPLE[name] for name in ("input_ids", "input_mask", "segment_ids", "token_boundary")
    },
    "mask_stream": np.array([1, 2, 3, 4]),
    "next_sentence_labels": EXAMPLE["next_sentence_labels"],
}


def parsed(path: Path) -> None:
    buffer = np.frombuffer(path.read_bytes(), np.uint8)
    begins, ends = find_records(buffer, str(path))
    for strict in (True, False):
        examples = parse_examples(
            buffer, begins, ends, LENGTH, PREDICTIONS, str(path), strict=strict
        )
    special = {"<pad>": 0, "<unk>": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4}
    check_examples(examples, {"size": VOCABULARY, "special_ids": special}, str(path), 0)


def parsed_unmasked(path: Path) -> None:
    buffer = np.frombuffer(path.read_bytes(), np.uint8)
    parse_unmasked(buffer, *find_records(buffer, str(path)), LENGTH, str(path))


def trained_on(path: Path) -> None:
    shards = open_shards(path)
    _ = shards[0]
    for _ in shards.evaluation(2, threads=1):
        pass


def audited(path: Path) -> None:
    for _ in batches(path):
        pass


READERS: dict[str, tuple[dict[str, Any], Callable[[Path], None]]] = {
    "parsed": (EXAMPLE, parsed),
    "parsed, unmasked": (UNMASKED, parsed_unmasked),
    "trained on": (EXAMPLE, trained_on),
    "audited": (EXAMPLE, audited),
    "audited, unmasked": (UNMASKED, audited),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("place", ["first", "second"])
def test_any_feature_of_any_kind_is_read_or_one_error_that_names_the_file(
    tmp_path, monkeypatch, reader, place
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    features, read = READERS[reader]
    path, refused = tmp_path / "shards" / "damaged", 0
    path.parent.mkdir()
    good = next(framed(r) for what, r in damaged_records(features) if what == "an extra feature")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for what, record in damaged_records(features):
        path.write_bytes(framed(record) + good if place == "first" else good + framed(record))
        try:
            read(path)
        except DataError as error:
            assert "damaged" in error.where, what
            str(error).encode()
            refused += 1
        except Exception as error:
            raise AssertionError(f"{what}: {error!r}") from error
    assert refused
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1_000_000  # kB
    assert [*path.parent.iterdir()] == [path]


@pytest.mark.slow
def test_inspect_shows_such_a_record_or_is_one_error(tmp_path, tiny_build):
    path = tmp_path / "damaged"
    vocabulary = tiny_build / "vocab.model"
    for what, record in damaged_records(EXAMPLE):
        path.write_bytes(framed(record))
        ended = albert_data("inspect", path, "--vocab", vocabulary)
        assert ended.code == 0 or ended.err.count("error: ") == 1, what
        assert "Traceback" not in ended.err, what


def test_an_example_of_more_tokens_than_any_is_none():
    """A batch is laid out by its length: 4,096 of these would be a terabyte."""

    def record(tokens: int, predictions: int) -> bytes:
        entries = entry(b"input_ids", 3, bytes(tokens)) + entry(
            b"masked_lm_positions", 3, bytes(predictions)
        )
        return field(1, entries)

    assert lengths_of(record(LONGEST, 9), "file") == (LONGEST, 9)
    for tokens, predictions in ((LONGEST + 1, 9), (0, 0), (8, 9)):
        with pytest.raises(DataError, match="no pretraining example"):
            lengths_of(record(tokens, predictions), "file")
