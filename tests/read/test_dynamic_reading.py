"""Unmasked shards read for training: in epoch e they are the static records of dupe e."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from albert_data import open_shards
from albert_data.shards.provenance import read_provenance
from tests.command_line import CORPUS, albert_data, succeeds


@pytest.fixture(scope="module")
def both(tmp_path_factory, vocabulary_file):
    """The same pairs, unmasked, and masked twice."""
    folder = tmp_path_factory.mktemp("read-dynamic")
    given = [*CORPUS, "--vocab", vocabulary_file, "--config=tiny", "--workers=1"]
    given += ["--set=pairs.distinct=1", "--tokens", folder / "tokens"]
    sets = {"dynamic": 1, "static": 2}
    for mode, dupes in sets.items():
        settings = [f"--set=masking.mode={mode}", f"--set=pairs.dupe_factor={dupes}"]
        succeeds(albert_data("build", *given, *settings, "--output", folder / mode))
    return [open_shards(folder / mode) for mode in sets]


def places(shards) -> dict[tuple[str, int, int], int]:
    """(document, chunk, dupe) → number of the record."""
    rows = []
    for shard in shards.manifest.shards:
        table = read_provenance(shards.folder / shard.provenance.name)
        rows += zip(
            *(table[name].to_pylist() for name in ("document", "chunk", "dupe")), strict=True
        )
    return {row: number for number, row in enumerate(rows)}


def test_an_epoch_has_the_masks_of_the_static_dupe_of_its_number(both):
    dynamic, static = both
    of_static = places(static)
    names = {number: row for row, number in places(dynamic).items()}
    n = len(dynamic)
    assert len(static) == 2 * n
    for first in range(0, 2 * n, 500):
        (batch,) = itertools.islice(dynamic.batches(500, seed=4, consumed=first), 1)
        numbers = dynamic.order(first, 500, seed=4)
        for row in range(0, min(500, 2 * n - first), 37):
            document, chunk, _ = names[int(numbers[row])]
            record = static[of_static[document, chunk, (first + row) // n]]
            for name, values in record.items():
                np.testing.assert_array_equal(batch[name][row], values)


def test_a_record_is_given_unmasked_or_with_the_masks_of_an_epoch(both):
    dynamic, static = both
    of_static = places(static)
    for row, number in itertools.islice(places(dynamic).items(), 20):
        plain = dynamic[number]
        assert set(plain) == {
            "input_ids", "input_mask", "mask_stream", "next_sentence_labels", "segment_ids",
            "token_boundary",
        }  # fmt: skip
        for epoch in range(2):
            record = dynamic.record(number, epoch=epoch)
            written = static[of_static[(*row[:2], epoch)]]
            for name, values in written.items():
                np.testing.assert_array_equal(record[name], values)
            restored = record["input_ids"].copy()
            used = record["masked_lm_weights"] > 0
            restored[record["masked_lm_positions"][used]] = record["masked_lm_ids"][used]
            np.testing.assert_array_equal(restored, plain["input_ids"])


def test_evaluation_has_the_masks_of_the_first_epoch(both):
    dynamic, _ = both
    batch = next(dynamic.evaluation(4))
    for row in range(4):
        for name, values in dynamic.record(row, epoch=0).items():
            np.testing.assert_array_equal(batch[name][row], values)
