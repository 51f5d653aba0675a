"""One document of four sentences from text to records, in literals that a person can follow."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from albert_data.records.tfrecord import find_records
from tests import corpora
from tests.command_line import albert_data, succeeds

PIECES = "<pad> <unk> [CLS] [SEP] [MASK] ▁the ▁hen ▁fox ▁farm ▁dog ▁saw ▁ran ▁hid ▁slept s er ed . ,".split()
TEXT = """The hens saw the fox.
The farmer hid, the dog slept.
The fox ran.
The dog saw the farmers.
"""


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    """Two passes over the document: the fields of the records, and the rows of their provenance."""
    folder = tmp_path_factory.mktemp("example")
    (folder / "v.model").write_bytes(corpora.model_of(PIECES))
    (folder / "hens.txt").write_text(TEXT)
    given = {
        "seed": 4, "pairs.max_length": 16, "pairs.dupe_factor": 2, "masking.max_predictions": 3,
        "masking.rate": 0.2, "shards.count": 1,
    }  # fmt: skip
    settings = [f"--set={key}={value}" for key, value in given.items()]
    succeeds(
        albert_data(
            "build", f"--source=text:{folder}/hens.txt", "--vocab", folder / "v.model",
            "--sentences=lines", "--workers=1", "--output", folder / "shards", *settings,
        )
    )  # fmt: skip
    buffer = np.fromfile(folder / "shards/shards-00000-of-00001", np.uint8)
    places = zip(*find_records(buffer, "shard"), strict=True)
    rows = pq.read_table(folder / "shards/provenance-00000-of-00001.parquet").to_pylist()
    return [corpora.fields_of(buffer[begin:end].tobytes()) for begin, end in places], rows


# In the global order. `text` is what was there before masking, `ids` what the trainer sees; positions
# count from [CLS] = 0.
EXPECTED = [
    {  # second chunk of the second pass: sentences 2 and 3, swapped; of three words one is kept
        "text": "[CLS] ▁the ▁dog ▁saw ▁the ▁farm er s . [SEP] ▁the ▁fox ▁ran . [SEP] <pad>",
        "ids": [2, 5, 9, 10, 5, 8, 15, 14, 17, 3, 5, 4, 4, 17, 3, 0],
        "masked": {10: "▁the", 11: "▁fox", 12: "▁ran"},
        "segments": "0000000000111110",
        "starts": "1111110011111110",
        "label": 1,
        "from": {"dupe": 1, "chunk": 1, "x1": 3, "x2": 2},
    },
    {  # first chunk of that pass: x1 lost "The farm", x2 its full stop; "er" begins a word behind [CLS]
        "text": "[CLS] er ▁hid , ▁the ▁dog ▁slept . [SEP] ▁the ▁hen s ▁saw ▁the ▁fox [SEP]",
        "ids": [2, 4, 12, 18, 5, 9, 4, 17, 3, 5, 6, 14, 10, 4, 7, 3],
        "masked": {1: "er", 6: "▁slept", 13: "▁the"},
        "segments": "0000000001111111",
        "starts": "1011111111101111",
        "label": 1,
        "from": {"dupe": 1, "chunk": 0, "x1": 1, "x2": 0},
    },
    {  # the last two sentences in order; one word, and a span of two
        "text": "[CLS] ▁the ▁fox ▁ran . [SEP] ▁the ▁dog ▁saw ▁the ▁farm er s . [SEP] <pad>",
        "ids": [2, 4, 7, 11, 17, 3, 5, 4, 4, 5, 8, 15, 14, 17, 3, 0],
        "masked": {1: "▁the", 7: "▁dog", 8: "▁saw"},
        "segments": "0000001111111110",
        "starts": "1111111111100110",
        "label": 0,
        "from": {"dupe": 0, "chunk": 1, "x1": 2, "x2": 3},
    },
    {  # the first two; at 9 the word is replaced by another piece, a full stop
        "text": "[CLS] ▁the ▁hen s ▁saw ▁the ▁fox . [SEP] ▁hid , ▁the ▁dog ▁slept . [SEP]",
        "ids": [2, 5, 6, 14, 10, 5, 4, 17, 3, 17, 18, 5, 9, 13, 4, 3],
        "masked": {6: "▁fox", 9: "▁hid", 14: "."},
        "segments": "0000000001111111",
        "starts": "1110111111111111",
        "label": 0,
        "from": {"dupe": 0, "chunk": 0, "x1": 0, "x2": 1},
    },
]  # fmt: skip


def test_the_records_are_these(build):
    records, rows = build
    assert len(records) == len(EXPECTED)
    for record, row, expected in zip(records, rows, EXPECTED, strict=True):
        tokens = expected["text"].split()
        assert record == {
            "input_ids": expected["ids"],
            "input_mask": [int(token != "<pad>") for token in tokens],
            "segment_ids": [int(digit) for digit in expected["segments"]],
            "token_boundary": [int(digit) for digit in expected["starts"]],
            "masked_lm_positions": list(expected["masked"]),
            "masked_lm_ids": [PIECES.index(piece) for piece in expected["masked"].values()],
            "masked_lm_weights": [1.0, 1.0, 1.0],
            "next_sentence_labels": [expected["label"]],
        }
        restored = [PIECES[piece] for piece in record["input_ids"]]
        for position, piece in expected["masked"].items():
            restored[position] = piece
        assert restored == tokens
        assert row == {
            "source": "text:hens.txt",
            "document": "byte-0",
            "title": "",
            "dupe": expected["from"]["dupe"],
            "chunk": expected["from"]["chunk"],
            "x1_first": expected["from"]["x1"],
            "x1_last": expected["from"]["x1"],
            "x2_first": expected["from"]["x2"],
            "x2_last": expected["from"]["x2"],
        }
