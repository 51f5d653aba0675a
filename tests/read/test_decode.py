"""Framed records to arrays: the parser and TensorFlow as witnesses, and damage of every byte."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.config.settings import MaskSettings
from albert_data.read.decode import DAMAGED, FAULTS, TOO_LARGE, Columns, Rows
from albert_data.records.features import Feature, features_of
from albert_data.records.parse import MALFORMED, WRONG_LENGTH, parse_examples
from albert_data.records.tfrecord import (
    FOOTER_BYTES,
    HEADER_BYTES,
    add_checksums,
    find_frames,
    find_records,
)
from tests import corpora


def framed(records: list[bytes]) -> np.ndarray:
    """The bytes of a TFRecord file, read-only as a mapped file is."""
    sizes = [len(record) + HEADER_BYTES + FOOTER_BYTES for record in records]
    heads = [len(record).to_bytes(8, "little") + bytes(4) for record in records]
    frames = [head + record + bytes(4) for head, record in zip(heads, records, strict=True)]
    buffer = np.frombuffer(b"".join(frames), np.uint8).copy()
    add_checksums(buffer, np.array(sizes, np.uint32))
    return np.frombuffer(buffer.tobytes(), np.uint8)


def decoded(records, columns, which=None):
    buffer = framed(records)
    rows = Rows(columns, len(records) if which is None else len(which))
    order = np.arange(len(records)) if which is None else np.array(which)
    rows.decode(buffer, find_frames(buffer, "shard"), order, np.arange(len(order)))
    return rows


@settings(max_examples=20)
@given(
    st.integers(0, 2**31),
    st.sampled_from([6, 130, 30_000, 2**21, 2**31 - 1]),
    st.sampled_from([(16, 2), (24, 4), (70, 11)]),
    st.randoms(use_true_random=False),
)
def test_arrays_are_those_of_the_parser_in_the_order_asked_for(seed, size, lengths, random):
    length, predictions = lengths
    documents = corpora.random_documents(seed, 3, min(size, 40_000))
    tables = corpora.tables_of(documents, 40_000)
    masking = MaskSettings(max_predictions=predictions)
    records = corpora.encode(documents, tables, length, masking)[0]
    order = random.sample(range(len(records)), len(records))
    columns = Columns.of(features_of("static"), length, predictions, strict=True)
    arrays = decoded(records, columns, order).arrays()
    buffer = framed(records)
    expected = vars(
        parse_examples(buffer, *find_records(buffer, "shard"), length, predictions, "shard")
    )
    for name, values in arrays.items():
        assert values.flags.c_contiguous and values.dtype.itemsize == 4
        wanted = expected[name][order].reshape(len(records), -1)
        np.testing.assert_array_equal(values, wanted)


def one_feature(values: list[int], below: int = 2**31) -> tuple[bytes, Columns]:
    """A record of one feature `f` of as many values, by TensorFlow, and its columns."""
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=values))
    record = tf.train.Example(features=tf.train.Features(feature={"f": feature}))
    row = Feature("f", "int64", "max_length", "", row=0, below=below)
    return record.SerializeToString(), Columns.of([row], len(values), 0, strict=True)


WIDTHS = [st.integers(2 ** (7 * k), 2 ** (7 * k + 7) - 1) for k in range(1, 4)]


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(st.integers(0, 127), *WIDTHS, st.integers(2**28, 2**31 - 1)),
        min_size=1,
        max_size=60,
    )
)
def test_numbers_of_all_widths_are_read_as_tensorflow_writes_them(values):
    record, columns = one_feature(values)
    rows = decoded([record, record], columns)
    assert not rows.faults.any()
    np.testing.assert_array_equal(rows.arrays()["f"], [values, values])


@settings(max_examples=200)
@given(st.lists(st.integers(0, 127), min_size=1, max_size=40), st.data())
def test_a_number_that_is_no_int32_is_a_fault_of_its_record_alone(values, data):
    wrong = data.draw(st.one_of(st.integers(2**31, 2**63 - 1), st.integers(-(2**63), -1)))
    good, columns = one_feature(values)
    values[data.draw(st.integers(0, len(values) - 1))] = wrong
    bad, _ = one_feature(values)
    rows = decoded([good, bad, good], columns)
    assert rows.faults.tolist() == [0, TOO_LARGE, 0]


def test_numbers_below_two_to_the_32_keep_their_bits():
    values = [0, 127, 128, 2**31 - 1, 2**31, 2**32 - 1, 1, 2, 3]
    record, columns = one_feature(values, below=2**32)
    arrays = decoded([record], columns).arrays()
    assert arrays["f"].dtype == np.uint32 and arrays["f"][0].tolist() == values
    values[3] = 2**32
    record, columns = one_feature(values, below=2**32)
    assert decoded([record], columns).faults.tolist() == [TOO_LARGE]


@pytest.fixture(scope="module")
def records() -> list[bytes]:
    documents = corpora.random_documents(5, 3, 40_000)
    tables = corpora.tables_of(documents, 40_000)
    return corpora.encode(documents, tables, 16, MaskSettings(max_predictions=2))[0][:3]


@pytest.fixture(scope="module")
def columns() -> Columns:
    return Columns.of(features_of("static"), 16, 2, strict=True)


def test_damage_of_any_bit_of_a_record_or_its_frame_is_noticed(records, columns):
    whole = framed(records)
    offsets = find_frames(whole, "shard")
    for bit in range(8 * int(offsets[1]), 8 * int(offsets[2])):
        damaged = whole.copy()
        damaged[bit // 8] ^= 1 << bit % 8
        rows = Rows(columns, 3)
        rows.decode(np.frombuffer(damaged.tobytes(), np.uint8), offsets, np.arange(3), np.arange(3))
        assert rows.faults.tolist() == [0, DAMAGED, 0]


@settings(max_examples=500)
@given(data=st.data())
def test_records_that_are_wrong_before_their_checksum_was_made_never_read_beyond(data, records):
    """Cut, lengthened and changed at random: the verdict of the parser, or a number that is too large."""
    columns = Columns.of(features_of("static"), 16, 2, strict=True)
    record = bytearray(records[data.draw(st.integers(0, 2))])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(record) - 1))
        record[at : at + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))
    buffer = framed([bytes(record)])
    rows = decoded([bytes(record)], columns)
    try:
        expected = vars(parse_examples(buffer, *find_records(buffer, "s"), 16, 2, "s"))
    except Exception as error:
        fault = WRONG_LENGTH if "has no feature" in str(error) else MALFORMED
        assert rows.faults[0] in (fault, TOO_LARGE)
        return
    integers = [v for v in expected.values() if v.dtype == np.int64]
    if any(((v < 0) | (v >= 2**31)).any() for v in integers):
        assert rows.faults[0] == TOO_LARGE
        return
    assert rows.faults[0] == 0
    for name, values in rows.arrays().items():
        assert values.tobytes() == expected[name].astype(values.dtype).tobytes()


def test_offsets_of_another_file_are_damage_and_no_crash(records, columns):
    buffer = framed(records)
    right = find_frames(buffer, "shard")
    for offsets in (right + 1, right - 1, right * 3, -right, right[::-1].copy(), right * 0):
        rows = Rows(columns, 2)
        rows.decode(buffer, offsets, np.arange(2), np.arange(2))
        assert rows.faults.tolist() == [DAMAGED, DAMAGED]


def test_every_fault_has_words():
    assert set(FAULTS) == {MALFORMED, WRONG_LENGTH, DAMAGED, TOO_LARGE}
