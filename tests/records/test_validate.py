"""`albert-data verify` reads every record: one that was forged, checksums and all, is found."""

from __future__ import annotations

import hashlib
import shutil

import pytest
import tensorflow as tf

from tests.command_line import albert_data, edit, fails

SHARD = "shards-00001-of-00004"


def set_value(example, feature: str, place: int, value: float) -> None:
    values = example.features.feature[feature]
    (values.float_list if feature == "masked_lm_weights" else values.int64_list).value[place] = (
        value
    )


def last_masked(example) -> int:
    weights = example.features.feature["masked_lm_weights"].float_list.value
    return sum(weight > 0 for weight in weights) - 1


def end_of(example) -> int:
    """The position of the last [SEP]."""
    return sum(example.features.feature["input_mask"].int64_list.value) - 1


FORGED = {
    "an id beyond the vocabulary": (
        lambda e: set_value(e, "input_ids", 3, 2000),
        "input_ids is not from 0 to 1999",
    ),
    "a predicted id beyond the vocabulary": (
        lambda e: set_value(e, "masked_lm_ids", 0, 2**40),
        "masked_lm_ids is not from 0 to 1999",
    ),
    "a mask position on [SEP]": (
        lambda e: set_value(e, "masked_lm_positions", last_masked(e), end_of(e)),
        "a mask position is on a special token",
    ),
    "a special token as prediction": (
        lambda e: set_value(
            e, "masked_lm_ids", 0, e.features.feature["input_ids"].int64_list.value[0]
        ),
        "a mask position is on a special token",
    ),
    "a mask position beyond the text": (
        lambda e: set_value(e, "masked_lm_positions", last_masked(e), 64),
        "a mask position is out of range",
    ),
    "two predictions for one position": (
        lambda e: set_value(
            e, "masked_lm_positions", 1,
            e.features.feature["masked_lm_positions"].int64_list.value[0],
        ),
        "mask positions do not ascend",
    ),
    "a segment that begins too soon": (
        lambda e: set_value(e, "segment_ids", 1, 1),
        "segment_ids do not follow the separators",
    ),
    "a weight of two": (
        lambda e: set_value(e, "masked_lm_weights", 0, 2.0),
        "masked_lm_weights are not ones followed by zeros",
    ),
    "a third [SEP]": (
        lambda e: set_value(
            e, "input_ids", 1, e.features.feature["input_ids"].int64_list.value[end_of(e)]
        ),
        "it does not read [CLS] x1 [SEP] x2 [SEP]",
    ),
    "a label of two": (
        lambda e: set_value(e, "next_sentence_labels", 0, 2),
        "next_sentence_labels is not from 0 to 1",
    ),
    "no token_boundary": (
        lambda e: e.features.feature.pop("token_boundary"),
        "has no feature token_boundary of 64 values",
    ),
    "a longer input_mask": (
        lambda e: e.features.feature["input_mask"].int64_list.value.append(0),
        "has no feature input_mask of 64 values",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGED)
def test_a_forged_record_with_right_checksums_is_found(tiny_build, tmp_path, case):
    forge, fault = FORGED[case]
    folder = shutil.copytree(tiny_build, tmp_path / "shards")
    path = folder / SHARD
    records = [r.numpy() for r in tf.data.TFRecordDataset(str(path))]
    example = tf.train.Example.FromString(records[29])
    forge(example)
    records[29] = example.SerializeToString(deterministic=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record)
    data = path.read_bytes()

    def claim(manifest: dict) -> None:
        shard = manifest["shards"][1]
        manifest["totals"]["shard_bytes"] += len(data) - shard["bytes"]
        shard.update(bytes=len(data), sha256=hashlib.sha256(data).hexdigest())

    edit(folder / "manifest.json", claim)
    fails(albert_data("verify", folder), f"{SHARD}: record 29", fault, code=1)
