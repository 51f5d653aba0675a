"""Records: byte-equal to TensorFlow's own serialisation of values worked out here."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.config.settings import MaskSettings, PairSettings
from albert_data.examples.pairs import make_pairs
from albert_data.examples.span_law import MaskLaw, mask_law
from albert_data.records.encode import MaskCounts, encode_examples, record_bytes_bound
from albert_data.records.features import ALL_FEATURES, features_of
from albert_data.tokens.documents import Documents
from tests import corpora
from tests.corpora import MASK

SIZES = [9, 200, 30_000, 2**21 + 99, 2**30]  # ids of one to five varint bytes


def expected_fields(documents, pairs, row, tables, record, max_length, max_predictions):
    """The record's values from its pair; only what is random is taken from the record itself."""
    a, b, c, d = pairs.ranges[row]
    x1, x2 = documents.ids[a:b].tolist(), documents.ids[c:d].tolist()
    tokens = [tables.cls, *x1, tables.sep, *x2, tables.sep]
    starts = [1, *tables.starts[x1].tolist(), 1, *tables.starts[x2].tolist(), 1]
    padding = max_length - len(tokens)
    random = corpora.fields_of(record)
    chosen = random["masked_lm_weights"].count(1.0)
    positions = random["masked_lm_positions"][:chosen]
    masked = list(tokens)
    for position in positions:
        masked[position] = random["input_ids"][position]
        assert masked[position] in (tables.mask, tokens[position]) or (
            masked[position] in tables.ordinary
        )
    unused = max_predictions - chosen
    return {
        "input_ids": masked + [tables.pad] * padding,
        "input_mask": [1] * len(tokens) + [0] * padding,
        "segment_ids": [0] * (len(x1) + 2) + [1] * (len(x2) + 1) + [0] * padding,
        "token_boundary": [int(s) for s in starts] + [0] * padding,
        "masked_lm_positions": positions + [0] * unused,
        "masked_lm_ids": [tokens[p] for p in positions] + [0] * unused,
        "masked_lm_weights": [1.0] * chosen + [0.0] * unused,
        "next_sentence_labels": [int(pairs.label[row])],
    }


def assert_records_are_tensorflows(documents, tables, records, pairs, max_length, predictions):
    for row, record in enumerate(records):
        if record:
            fields = expected_fields(documents, pairs, row, tables, record, max_length, predictions)
            assert fields["masked_lm_positions"][0] > 0
            theirs = corpora.example_of(fields).SerializeToString(deterministic=True)
            assert record == theirs


@settings(max_examples=40)
@given(
    st.integers(0, 2**32),
    st.sampled_from(SIZES),
    st.integers(8, 700),
    st.sampled_from([1, 5, 20, 77]),
    st.sampled_from(["sop", "nsp", "none"]),
)
def test_records_are_byte_equal_to_tensorflows(seed, size, max_length, predictions, objective):
    predictions = min(predictions, max_length - 3)
    documents = corpora.random_documents(seed, 3, size, sentences=30)
    tables = corpora.tables_of(documents, size)
    pairs = make_pairs(
        documents, PairSettings(objective=objective, max_length=max_length), seed, dupe=1
    )
    records, pairs, _ = corpora.encode(
        documents, tables, max_length, MaskSettings(max_predictions=predictions), pairs,
        seed=seed, dupe=1,
    )  # fmt: skip
    assert_records_are_tensorflows(documents, tables, records, pairs, max_length, predictions)


def test_the_longest_lists_are_byte_equal_to_tensorflows():
    # Every list of 65,536 is longer than 16,383 bytes, the ids are of five bytes.
    max_length, predictions, size = 65_536, 4_200, 2**30
    documents = corpora.random_documents(1, 2, size, sentences=4_000)
    tables = corpora.tables_of(documents, size)._replace(cls=2**28, sep=2**28 + 1, mask=2**28 + 2)
    single_words = MaskLaw(
        lengths=np.full((predictions + 1, 1), 2**32, np.uint64),
        kinds=np.array([2**31, 2**31 + 2**30], np.uint64),
        rate_millionths=100_000,
        max_predictions=predictions,
        words=1,
    )
    records, pairs, _ = corpora.encode(documents, tables, max_length, single_words)
    assert max(map(len, records)) > 400_000
    assert_records_are_tensorflows(documents, tables, records, pairs, max_length, predictions)


def test_sizes_of_lists_and_records_that_take_more_and_fewer_bytes_than_the_record_before():
    # Of ids of one byte and of three: lists around 128 and records around 16,384 bytes.
    max_length, predictions, size = 3_500, 100, 2**20
    documents = corpora.random_documents(1, 2, size, sentences=1_000)
    half = len(documents.ids) // 2
    ids = documents.ids % 100
    ids[half:] += 2**19
    documents = documents._replace(ids=ids)
    tables = corpora.tables_of(documents, size)
    settings = MaskSettings(max_predictions=predictions)
    pairs = make_pairs(documents, PairSettings(max_length=max_length), 0, dupe=0)
    small, large = (np.flatnonzero((pairs.ranges[:, 0] >= half) == side) for side in (False, True))
    count = min(len(small), len(large))
    rows = np.stack([small[:count], large[:count]], axis=1).ravel()
    records, _, _ = corpora.encode(documents, tables, max_length, settings, pairs, rows=rows)
    assert min(map(len, records)) < 16_384 < max(map(len, records))
    by_pair = [b""] * len(pairs.ranges)
    for row, record in zip(rows, records, strict=True):
        by_pair[row] = record
    assert_records_are_tensorflows(documents, tables, by_pair, pairs, max_length, predictions)


@pytest.mark.parametrize("kind", ["masked_lm", "token_boundary"])
def test_the_references_input_function_reads_the_records(kind):
    # google-research/albert, run_pretraining.py: without and with masked_lm_budget.
    max_length, predictions = 64, 10
    lengths = {"max_length": max_length, "max_predictions": predictions, "one": 1}
    declared = {
        name: tf.io.FixedLenFeature(
            [lengths[length]], tf.int64 if list_ == "int64_list" else tf.float32
        )
        for name, (list_, length) in corpora.REFERENCE_FEATURES.items()
        if name in ("input_ids", "input_mask", "segment_ids", "next_sentence_labels")
        or name.startswith(kind)
    }
    documents = corpora.random_documents(2, 3, 500)
    records, _, _ = corpora.encode(
        documents,
        corpora.tables_of(documents, 500),
        max_length,
        MaskSettings(max_predictions=predictions),
    )
    for record in records:
        read = tf.io.parse_single_example(record, declared)
        fields = corpora.fields_of(record)
        for name in declared:
            assert read[name].numpy().tolist() == fields[name]


def test_the_schema_is_the_references():
    ours = {
        f.name: (f.dtype.rstrip("3264") + f.dtype[-2:], f.length) for f in features_of("static")
    }
    kinds = {"int64_list": "int64", "float_list": "float32"}
    assert ours == {n: (kinds[k], length) for n, (k, length) in corpora.REFERENCE_FEATURES.items()}
    assert [f.name for f in ALL_FEATURES] == sorted(f.name for f in ALL_FEATURES)


@settings(max_examples=60)
@given(st.integers(8, 2_000), st.data())
def test_no_record_is_longer_than_the_bound(max_length, data):
    predictions = data.draw(st.integers(1, max_length - 3))
    size = data.draw(st.sampled_from([6, 128, 129, 30_000, 2**14, 2**21, 2**28, 2**31 - 1]))
    longest = corpora.example_of(
        {
            name: [1.0] * predictions
            if list_ == "float_list"
            else {
                "input_ids": [size - 1] * max_length,
                "masked_lm_ids": [size - 1] * predictions,
                "masked_lm_positions": [max_length - 1] * predictions,
                "next_sentence_labels": [1],
            }.get(name, [1] * max_length)
            for name, (list_, _) in corpora.REFERENCE_FEATURES.items()
        }
    )
    framed = 12 + len(longest.SerializeToString()) + 4
    bound = record_bytes_bound(features_of("static"), max_length, predictions, size)
    assert framed <= bound < 1.4 * framed + 512


def test_an_example_of_the_largest_values_fits_its_buffer():
    size, max_length = 2**30, 200
    documents = corpora.random_documents(3, 4, size, sentences=40)
    documents = documents._replace(ids=np.full_like(documents.ids, size - 2))
    tables = corpora.tables_of(documents, size)._replace(
        cls=size - 1, sep=size - 1, mask=size - 1, pad=size - 1
    )
    everything = MaskSettings(rate=1.0, max_predictions=max_length - 3, unit="piece", max_ngram=1)
    records, pairs, _ = corpora.encode(documents, tables, max_length, everything)
    assert_records_are_tensorflows(documents, tables, records, pairs, max_length, max_length - 3)
    bound = record_bytes_bound(features_of("static"), max_length, max_length - 3, size)
    assert bound - 800 < max(map(len, records)) + 16 <= bound


def test_an_example_in_which_no_word_can_be_masked_is_left_out_and_counted():
    documents = corpora.documents_of([4, 4], [2, 2])
    tables = corpora.tables_of(documents, 30)
    tables.starts[:] = False
    tables.starts[[5, 9]] = True  # the first document: two words of four pieces
    tables.starts[13:] = True
    settings_ = MaskSettings(rate=0.5, max_predictions=3)
    records, pairs, counts = corpora.encode(documents, tables, 16, settings_)
    assert [bool(record) for record in records] == [False, True]
    assert {n: int(k) for n, k in enumerate(counts.tokens) if k} == {0: 1, 7: 1}
    assert counts.labels.tolist() == np.bincount(pairs.label[1:], minlength=2).tolist()
    assert counts.replaced.sum() == corpora.fields_of(records[1])["masked_lm_weights"].count(1.0)


@pytest.fixture(scope="module")
def corpus():
    documents = corpora.random_documents(4, 12, 3_000)
    tables = corpora.tables_of(documents, 3_000)
    return documents, tables, *corpora.encode(documents, tables, 48, MaskSettings())[:2]


@settings(max_examples=25)
@given(st.data())
def test_a_record_does_not_depend_on_which_others_are_encoded_with_it(corpus, data):
    documents, tables, records, pairs = corpus
    rows = data.draw(
        st.lists(st.integers(0, len(records) - 1), min_size=1, max_size=20), label="rows"
    )
    some, _, _ = corpora.encode(
        documents, tables, 48, MaskSettings(), pairs, rows=np.array(rows, np.int64)
    )
    assert some == [records[row] for row in rows]


def test_records_are_masked_unless_said_otherwise(corpus):
    documents, tables, records, pairs = corpus
    law = mask_law(MaskSettings())
    counts = MaskCounts.zeros(3, 48)
    rows = np.arange(len(records))
    framed, lengths, tokens = encode_examples(documents, pairs, rows, law, tables, 48, 7, 0, counts)
    assert len(framed) == lengths.sum() == sum(len(record) + 16 for record in records)
    assert (framed.dtype, lengths.dtype, tokens.dtype) == (np.uint8, np.uint32, np.int64)
    assert framed[12 : lengths[0] - 4].tobytes() == records[0]
    assert tokens.tolist() == [sum(corpora.fields_of(r)["input_mask"]) for r in records]
    plain = counts.to_json()
    assert list(plain) == ["spans", "replaced", "tokens", "labels"]
    assert [np.shape(values) for values in plain.values()] == [(2, 4), (3,), (49,), (2,)]
    assert all(type(n) is int for n in [*plain["spans"][1], *plain["tokens"]])


def test_a_document_gives_the_same_records_in_any_company(corpus):
    documents, tables, records, pairs = corpus
    for d in range(len(documents.keys)):
        first, last = documents.document_offsets[d : d + 2]
        begin, end = documents.sentence_offsets[[first, last]]
        alone = Documents(
            documents.ids[begin:end],
            documents.sentence_offsets[first : last + 1] - begin,
            np.array([0, last - first]),
            documents.keys[d : d + 1],
        )
        own, _, _ = corpora.encode(alone, tables, 48, MaskSettings())
        assert own == [records[row] for row in np.flatnonzero(pairs.document == d)]


def test_seed_dupe_document_key_and_chunk_each_change_the_masks(corpus):
    documents, tables, records, pairs = corpus

    def differing(pairs=pairs, documents=documents, seed=7, dupe=0):
        made, _, _ = corpora.encode(
            documents, tables, 48, MaskSettings(), pairs, seed=seed, dupe=dupe
        )
        assert len(made) == len(records)
        return sum(a != b for a, b in zip(made, records, strict=True)) / len(records)

    assert differing() == 0
    assert differing(seed=8) > 0.9
    assert differing(dupe=1) > 0.9
    assert differing(documents=documents._replace(keys=documents.keys + np.uint64(1))) > 0.9
    assert differing(pairs=pairs._replace(chunk=pairs.chunk + 1)) > 0.9


def test_counts_are_those_of_the_records(corpus):
    documents, tables, records, pairs = corpus
    _, _, counts = corpora.encode(documents, tables, 48, MaskSettings())
    fields = [corpora.fields_of(record) for record in records]
    tokens = [sum(f["input_mask"]) for f in fields]
    assert counts.tokens.tolist() == np.bincount(tokens, minlength=49).tolist()
    assert counts.labels.tolist() == np.bincount(pairs.label, minlength=2).tolist()
    kinds = np.zeros(3, int)
    for f in fields:
        for position, piece, weight in zip(
            f["masked_lm_positions"], f["masked_lm_ids"], f["masked_lm_weights"], strict=True
        ):
            if weight:
                now = f["input_ids"][position]
                kinds[0 if now == MASK else 1 if now == piece else 2] += 1
    # A random piece may be the one that it replaces: once in 1,500 on average.
    assert counts.replaced[0] == kinds[0]
    assert counts.replaced[1:].sum() == kinds[1:].sum()
    assert abs(counts.replaced[1] - kinds[1]) <= 1
