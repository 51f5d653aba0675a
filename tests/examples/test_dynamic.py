"""Unmasked records and the masks drawn from them: TensorFlow and the static records as witnesses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.config.load import from_dict
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.examples.pairs import make_pairs
from albert_data.examples.rng import mix_seed
from albert_data.records.parse import parse_examples, parse_unmasked
from tests import corpora

SIZE, LENGTH, PREDICTIONS, SEED = 40_000, 48, 7, 7


def config_of(mode: str, passes: int = 1, distinct: int = 0, **masking):
    return from_dict(
        {
            "seed": SEED,
            "pairs": {"max_length": LENGTH, "dupe_factor": passes, "distinct": distinct},
            "masking": {"mode": mode, "max_predictions": PREDICTIONS, **masking},
        }
    )


def unmasked(documents, tables, config, dupe):
    """Records of dynamic shards without their framing, and their pairs."""
    pairs = make_pairs(documents, config.pairs, config.seed, dupe)
    return corpora.encode(
        documents, tables, config.pairs.max_length, config.masking, pairs,
        seed=config.seed, dupe=dupe, mode="dynamic",
    )  # fmt: skip


def joined(records):
    sizes = np.array([len(r) for r in records], np.int64)
    ends = np.cumsum(sizes)
    return np.frombuffer(b"".join(records), np.uint8), ends - sizes, ends


def masked(records, config, tables, epoch):
    made = parse_unmasked(*joined(records), config.pairs.max_length, "s")
    epochs = np.full(len(records), epoch)
    return made, mask_examples(
        made.input_ids, made.input_mask, made.segment_ids, made.token_boundary, made.mask_stream,
        epochs, config=config, tables=tables,
    )  # fmt: skip


@settings(max_examples=30)
@given(
    st.integers(0, 2**63 - 1),
    st.sampled_from([6, 130, 30_000, 2**21]),
    st.integers(8, 700),
    st.integers(0, 65_535),
)
def test_unmasked_records_are_byte_equal_to_tensorflows(seed, size, length, dupe):
    documents = corpora.random_documents(seed % 1000, 3, size, sentences=30)
    tables = corpora.tables_of(documents, size)._replace(pad=corpora.UNK)
    config = from_dict(
        {"seed": seed, "pairs": {"max_length": length}, "masking": {"max_predictions": 4}}
    )
    records, pairs, _ = unmasked(documents, tables, config, dupe)
    for row, record in enumerate(records):
        a, b, c, d = pairs.ranges[row]
        x1, x2 = documents.ids[a:b].tolist(), documents.ids[c:d].tolist()
        tokens = [corpora.CLS, *x1, corpora.SEP, *x2, corpora.SEP]
        starts = [True, *tables.starts[x1], True, *tables.starts[x2], True]
        padding = [0] * (length - len(tokens))
        key = int(mix_seed(documents.keys[pairs.document[row]], np.uint64(seed)))
        fields = {
            "input_ids": tokens + [tables.pad] * len(padding),
            "input_mask": [1] * len(tokens) + padding,
            "segment_ids": [0] * (len(x1) + 2) + [1] * (len(x2) + 1) + padding,
            "token_boundary": [int(s) for s in starts] + padding,
            "next_sentence_labels": [int(pairs.label[row])],
            "mask_stream": [key % 2**32, key >> 32, int(pairs.chunk[row]), dupe],
        }
        if record:
            assert record == corpora.example_of(fields).SerializeToString(deterministic=True)


MASKING = [
    {},
    {"max_ngram": 1, "rate": 0.3},
    {"unit": "piece"},
    {"ngram_law": "reversed", "max_ngram": 5},
    {"mask_probability": 0.2, "keep_probability": 0.3, "random_probability": 0.5},
    {"max_predictions": 1},
]


@pytest.mark.parametrize("masking", MASKING, ids=lambda m: ",".join(m) or "paper")
@pytest.mark.parametrize("passes", [1, 3])
def test_epoch_by_epoch_the_masks_are_those_of_the_static_dupes(masking, passes):
    documents = corpora.random_documents(4, 30, SIZE)
    tables = corpora.tables_of(documents, SIZE)
    dynamic = config_of("dynamic", passes, **masking)
    static = config_of("static", 4 * passes, passes, **masking)
    predictions = static.masking.max_predictions
    compared = 0
    for dupe in range(4 * passes):
        pairs = make_pairs(documents, static.pairs, SEED, dupe)
        plain, _, _ = corpora.encode(
            documents, tables, LENGTH, static.masking, pairs, seed=SEED, dupe=dupe
        )
        epoch, own = divmod(dupe, passes)
        records, _, _ = unmasked(documents, tables, dynamic, own)
        assert [bool(r) for r in records] == [bool(r) for r in plain]
        kept = [r for r in records if r]
        made, drawn = masked(kept, dynamic, tables, epoch)
        witness = parse_examples(*joined([r for r in plain if r]), LENGTH, predictions, "s")
        assert (drawn.input_ids == witness.input_ids).all()
        assert (drawn.masked_lm_positions == witness.masked_lm_positions).all()
        assert (drawn.masked_lm_ids == witness.masked_lm_ids).all()
        assert (drawn.masked_lm_weights == witness.masked_lm_weights).all()
        for name in ("input_mask", "segment_ids", "token_boundary", "next_sentence_labels"):
            assert (getattr(made, name) == getattr(witness, name)).all()
        compared += len(kept)
    assert compared > 200 * passes


def test_a_batch_may_hold_several_epochs():
    documents = corpora.random_documents(4, 30, SIZE)
    tables, config = corpora.tables_of(documents, SIZE), config_of("dynamic")
    records = [r for r in unmasked(documents, tables, config, 0)[0] if r][:4]
    made, _ = masked(records, config, tables, 0)
    columns = [
        made.input_ids, made.input_mask, made.segment_ids, made.token_boundary, made.mask_stream
    ]  # fmt: skip
    mixed = mask_examples(*columns, np.array([0, 5, 5, 0]), config=config, tables=tables)
    for row, epoch in enumerate([0, 5, 5, 0]):
        alone = masked(records, config, tables, epoch)[1]
        assert (mixed.input_ids[row] == alone.input_ids[row]).all()
        assert (mixed.masked_lm_positions[row] == alone.masked_lm_positions[row]).all()
    assert (masked(records, config, tables, 0)[1].input_ids != mixed.input_ids).any()


@pytest.mark.parametrize(
    ("unit", "most", "kept"),
    [("word", 3, {0: 1, 7: 1}), ("word", 4, {7: 1, 11: 1}), ("piece", 1, {7: 1, 11: 1})],
)
def test_an_example_in_which_no_word_can_be_masked_is_left_out_as_in_static_records(
    unit, most, kept
):
    documents = corpora.documents_of([4, 4], [2, 2])
    tables = corpora.tables_of(documents, 30)
    tables.starts[:] = False
    tables.starts[[5, 9]] = True  # the first document: two words of four pieces
    tables.starts[13:] = True
    config = from_dict(
        {
            "pairs": {"max_length": 16},
            "masking": {"unit": unit, "rate": 0.5, "max_predictions": most},
        }
    )
    records, _, counts = unmasked(documents, tables, config, 0)
    assert [bool(record) for record in records] == [11 in kept, True]
    assert {n: int(k) for n, k in enumerate(counts.tokens) if k} == kept
    assert counts.spans.sum() == counts.replaced.sum() == 0


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int32, np.int64])
def test_masks_depend_on_the_epoch_whatever_type_its_number_has(kind):
    # Epoch 100 of three dupes: its numbers from 300 on do not fit eight bits.
    documents = corpora.random_documents(4, 3, SIZE)
    tables, config = corpora.tables_of(documents, SIZE), config_of("dynamic", 3)
    records = [r for r in unmasked(documents, tables, config, 2)[0] if r]
    made, drawn = masked(records, config, tables, 100)
    columns = [getattr(made, name) for name in UNMASKED]
    before = [column.copy() for column in columns]
    epochs = np.full(len(records), 100, kind)
    again = mask_examples(*columns, epochs, config=config, tables=tables)
    for ours, theirs in zip(again, drawn, strict=True):
        assert (ours == theirs).all()
    for column, old in zip(columns, before, strict=True):
        assert (column == old).all()  # what was given is not changed
    assert [a.dtype for a in again] == [np.int32, np.int32, np.int32, np.float32]


def test_distinct_passes_repeat_their_pairs_and_no_others_do():
    documents = corpora.random_documents(4, 30, SIZE)
    every = config_of("static", 6).pairs
    two = replace(every, distinct=2)
    ranges = [make_pairs(documents, two, SEED, dupe).ranges.tolist() for dupe in range(6)]
    plain = [make_pairs(documents, every, SEED, dupe).ranges.tolist() for dupe in range(6)]
    assert ranges == [plain[0], plain[1]] * 3
    assert all(plain[0] != other for other in plain[1:])


def test_dynamic_shards_that_would_hold_a_pair_twice_are_refused():
    with pytest.raises(ConfigError) as caught:
        config_of("dynamic", passes=3, distinct=2)
    assert caught.value.problem == "pairs.dupe_factor is 3"
    assert "be at most pairs.distinct (2)" in caught.value.fix
    assert config_of("dynamic", passes=2, distinct=2)
