"""Records that are not what the pipeline writes are found and named, whatever is wrong with them;
`albert-data verify` finds them behind right checksums too."""

from __future__ import annotations

import hashlib
import shutil

import numpy as np
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.records.parse import Examples, UnmaskedExamples
from albert_data.records.validate import check_examples
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


PAD, UNK, CLS, SEP, MASK = range(5)
SPECIAL_IDS = {"<pad>": PAD, "<unk>": UNK, "[CLS]": CLS, "[SEP]": SEP, "[MASK]": MASK}
VOCABULARY = {"size": 20, "special_ids": SPECIAL_IDS}
# Row 1 is changed below: two tokens a segment, three predictions of four, five tokens of padding.
RECORDS = {
    "input_ids": [
        [CLS, 10, SEP, 11, SEP, *[PAD] * 7],  # as short as can be
        [CLS, 10, MASK, SEP, 12, 13, SEP, *[PAD] * 5],
        [CLS, *range(5, 11), SEP, MASK, 12, 13, SEP],  # without padding
    ],
    "input_mask": [[1] * 5 + [0] * 7, [1] * 7 + [0] * 5, [1] * 12],
    "segment_ids": [
        [0, 0, 0, 1, 1, *[0] * 7],
        [0, 0, 0, 0, 1, 1, 1, *[0] * 5],
        [0] * 8 + [1] * 4,
    ],
    "token_boundary": [[1] * 5 + [0] * 7, [1, 0, 1, 1, 1, 0, 1, *[0] * 5], [1] * 12],
    "masked_lm_positions": [[3, 0, 0, 0], [1, 2, 5, 0], [6, 8, 9, 10]],
    "masked_lm_ids": [[11, 0, 0, 0], [9, 11, 13, 0], [10, 19, 12, UNK]],
    "masked_lm_weights": [[1, 0, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]],
    "next_sentence_labels": [0, 1, 1],
}
LAYOUT = "it does not read [CLS] x1 [SEP] x2 [SEP]"
INPUT_MASK = "input_mask is not ones followed by zeros"
SEGMENTS = "segment_ids do not follow the separators"
BOUNDARY = "token_boundary is not 1 on [CLS] and [SEP], or not 0 on padding"
WEIGHTS = "masked_lm_weights are not ones followed by zeros"
RANGE, SPECIAL = "a mask position is out of range", "a mask position is on a special token"
ASCEND, UNUSED = "mask positions do not ascend", "unused predictions are not 0"
# Feature, place, value; the fault.
OF_LAYOUT = [
    ("input_mask", 6, 0, LAYOUT),  # the last [SEP]
    ("input_mask", 0, 0, INPUT_MASK),
    ("input_mask", 7, 2, INPUT_MASK),
    ("input_mask", 3, 0, INPUT_MASK),
    ("input_mask", 11, 1, INPUT_MASK),
    ("input_ids", 0, 10, LAYOUT),
    ("input_ids", 0, SEP, LAYOUT),
    ("input_ids", 3, 10, LAYOUT),
    ("input_ids", 4, SEP, LAYOUT),
    ("input_ids", 6, 10, LAYOUT),
    ("input_ids", 7, UNK, "padding is not <pad>"),
    ("input_ids", 9, SEP, "padding is not <pad>"),
    ("input_ids", 11, 10, "padding is not <pad>"),
    ("segment_ids", 0, 1, SEGMENTS),
    ("segment_ids", 3, 1, SEGMENTS),
    ("segment_ids", 4, 0, SEGMENTS),
    ("segment_ids", 6, 0, SEGMENTS),
    ("segment_ids", 7, 1, SEGMENTS),
    ("token_boundary", 0, 0, BOUNDARY),
    ("token_boundary", 3, 0, BOUNDARY),
    ("token_boundary", 6, 0, BOUNDARY),
    ("token_boundary", 7, 1, BOUNDARY),
    ("token_boundary", 11, 1, BOUNDARY),
    ("token_boundary", 1, 2, "token_boundary is not from 0 to 1"),
    ("next_sentence_labels", 0, 2, "next_sentence_labels is not from 0 to 1"),
    ("input_ids", 1, 20, "input_ids is not from 0 to 19"),
    ("input_ids", 1, -1, "input_ids is not from 0 to 19"),
]
OF_MASKS = [
    ("masked_lm_weights", 0, 0, WEIGHTS),
    ("masked_lm_weights", 1, 0, WEIGHTS),
    ("masked_lm_weights", 2, 0.5, WEIGHTS),
    ("masked_lm_weights", 3, -1, WEIGHTS),
    ("masked_lm_weights", 3, np.nan, WEIGHTS),
    ("masked_lm_weights", 3, 1, RANGE),  # a fourth one, at position 0
    ("masked_lm_weights", 2, 0, UNUSED),
    ("masked_lm_positions", 0, 0, RANGE),
    ("masked_lm_positions", 0, -1, RANGE),
    ("masked_lm_positions", 2, 7, RANGE),
    ("masked_lm_positions", 2, 12, RANGE),
    ("masked_lm_positions", 2, 2**40, RANGE),
    ("masked_lm_positions", 1, 1, ASCEND),
    ("masked_lm_positions", 1, 5, ASCEND),
    ("masked_lm_positions", 1, 3, SPECIAL),
    ("masked_lm_positions", 2, 6, SPECIAL),
    ("masked_lm_ids", 0, PAD, SPECIAL),
    ("masked_lm_ids", 1, CLS, SPECIAL),
    ("masked_lm_ids", 2, SEP, SPECIAL),
    ("masked_lm_ids", 0, MASK, SPECIAL),
    ("masked_lm_ids", 1, 20, "masked_lm_ids is not from 0 to 19"),
    ("masked_lm_ids", 3, 9, UNUSED),
    ("masked_lm_positions", 3, 4, UNUSED),
]


def examples_of(kind=Examples, **changed) -> Examples | UnmaskedExamples:
    """The records above, as parsed; with other features in place of some."""
    columns = {name: np.array(values, np.int64) for name, values in (RECORDS | changed).items()}
    if kind is UnmaskedExamples:
        columns = {name: v for name, v in columns.items() if not name.startswith("masked_lm")}
        return kind(**columns, mask_stream=np.array([[0, 2**32 - 1, 7, 0]] * 3))
    columns["masked_lm_weights"] = columns["masked_lm_weights"].astype(np.float32)
    return kind(**columns)


def fault_of(examples: Examples | UnmaskedExamples) -> str:
    with pytest.raises(DataError) as caught:
        check_examples(examples, VOCABULARY, "some-shard", 1000)
    assert caught.value.where == "some-shard"
    assert caught.value.fix == "restore the file, or remove the folder and build it again"
    return caught.value.problem


@pytest.mark.parametrize("kind", [Examples, UnmaskedExamples])
def test_records_of_any_size_that_the_pipeline_could_write_pass(kind):
    check_examples(examples_of(kind), VOCABULARY, "some-shard")
    nothing = {name: np.array(values)[:0] for name, values in RECORDS.items()}
    check_examples(examples_of(kind, **nothing), VOCABULARY, "some-shard")


@pytest.mark.parametrize(("feature", "place", "value", "fault"), OF_LAYOUT)
@pytest.mark.parametrize("kind", [Examples, UnmaskedExamples])
def test_every_fault_of_the_layout_is_named(kind, feature, place, value, fault):
    examples = examples_of(kind)
    getattr(examples, feature).reshape(3, -1)[1, place] = value
    assert fault_of(examples) == f"record 1001: {fault}"


@pytest.mark.parametrize(("feature", "place", "value", "fault"), OF_MASKS)
def test_every_fault_of_the_masks_is_named(feature, place, value, fault):
    examples = examples_of()
    getattr(examples, feature)[1, place] = value
    assert fault_of(examples) == f"record 1001: {fault}"


def test_a_record_without_masks_is_refused():
    examples = examples_of()
    for feature in ("masked_lm_positions", "masked_lm_ids", "masked_lm_weights"):
        getattr(examples, feature)[1] = 0
    assert fault_of(examples) == "record 1001: nothing is masked"


@pytest.mark.parametrize(
    "tokens",
    [[CLS, 10, 11, 12, SEP, SEP], [CLS, SEP, 10, 11, 12, SEP], [CLS, SEP, SEP], [CLS, SEP], [CLS], []],
    ids=["no x2", "no x1", "neither", "one [SEP]", "[CLS] alone", "nothing"],
)  # fmt: skip
def test_a_record_of_an_empty_segment_is_refused(tokens):
    examples, size = examples_of(UnmaskedExamples), len(tokens)
    for feature in ("input_ids", "input_mask", "segment_ids", "token_boundary"):
        getattr(examples, feature)[1] = 0
    examples.input_ids[1, :size] = tokens
    examples.input_mask[1, :size] = examples.token_boundary[1, :size] = 1
    examples.segment_ids[1, tokens.index(SEP) + 1 if SEP in tokens else size : size] = 1
    assert fault_of(examples) == f"record 1001: {LAYOUT}"


def test_a_last_separator_that_is_not_last_is_refused():
    examples = examples_of()
    examples.input_ids[1, [5, 6]] = examples.input_ids[1, [6, 5]]
    assert fault_of(examples) == f"record 1001: {LAYOUT}"


def test_the_name_of_a_mask_stream_has_halves_of_32_bits():
    for wrong in (-1, 2**32):
        examples = examples_of(UnmaskedExamples)
        examples.mask_stream[2, 3] = wrong
        assert fault_of(examples) == "record 1002: mask_stream is not from 0 to 4294967295"


def test_of_several_bad_records_the_first_is_named():
    examples = examples_of()
    examples.input_ids[2, 0] = 10
    examples.masked_lm_ids[1, 3] = 9
    assert fault_of(examples) == f"record 1001: {UNUSED}"
    examples.next_sentence_labels[0] = 2
    assert fault_of(examples) == "record 1000: next_sentence_labels is not from 0 to 1"
