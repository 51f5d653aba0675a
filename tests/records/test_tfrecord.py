"""TFRecord framing: TensorFlow writes and reads the same bytes; every damage is found and placed."""

from __future__ import annotations

import re

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.records.tfrecord import add_checksums, find_records

record_lists = st.lists(st.binary(max_size=300), max_size=12)
FRAMING = 16


def frame(records: list[bytes]) -> bytes:
    """The records framed by our code."""
    blank = b"".join(len(r).to_bytes(8, "little") + bytes(4) + r + bytes(4) for r in records)
    buffer = np.frombuffer(blank, np.uint8).copy()
    add_checksums(buffer, np.array([len(r) + FRAMING for r in records], np.uint32))
    return buffer.tobytes()


def find(data: bytes) -> list[bytes]:
    begins, ends = find_records(np.frombuffer(data, np.uint8), "some-shard")
    return [data[b:e] for b, e in zip(begins, ends, strict=True)]


def starts_of(records: list[bytes]) -> list[int]:
    """Where each framed record begins, and the end of the last."""
    return np.cumsum([0, *(len(r) + FRAMING for r in records)]).tolist()


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return str(tmp_path_factory.mktemp("tfrecord") / "file")


@settings(max_examples=60)
@given(records=record_lists)
def test_framing_is_byte_equal_to_tensorflows(path, records):
    with tf.io.TFRecordWriter(path) as writer:
        for record in records:
            writer.write(record)
    with open(path, "rb") as stream:
        theirs = stream.read()
    assert frame(records) == theirs
    assert find(theirs) == records


# As TensorFlow writes the records b"", b"one" and 200 times the byte 7.
LITERAL = {
    b"": "000000000000000029039807d8ea82a2",
    b"one": "0300000000000000b099490e6f6e6501405508",
    b"\x07" * 200: "c800000000000000fdaa9078" + "07" * 200 + "77fc9ead",
}


def test_three_records_are_framed_to_these_bytes_and_found_in_them():
    framed = frame(list(LITERAL))
    assert framed == b"".join(map(bytes.fromhex, LITERAL.values()))
    assert find(framed) == list(LITERAL)


@settings(max_examples=100)
@given(records=record_lists)
def test_what_was_framed_is_found(records):
    assert find(frame(records)) == records


@settings(max_examples=15)
@given(records=record_lists)
def test_tensorflow_reads_our_framing(path, records):
    with open(path, "wb") as stream:
        stream.write(frame(records))
    assert list(tf.data.TFRecordDataset(path).as_numpy_iterator()) == records


def test_lengths_of_zero_stand_for_no_record():
    framed = frame([b"one", b"two"])
    blank = np.frombuffer(framed, np.uint8).copy()
    for begin in (0, 19):
        blank[begin + 8 : begin + 12] = 0
        blank[begin + 15 : begin + 19] = 0
    add_checksums(blank, np.array([0, 19, 0, 0, 19, 0], np.uint32))
    assert blank.tobytes() == framed


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=60), min_size=1, max_size=6), st.data())
def test_a_changed_byte_is_found_and_its_record_and_place_are_named(records, data):
    framed = bytearray(frame(records))
    place = data.draw(st.integers(0, len(framed) - 1))
    framed[place] ^= data.draw(st.integers(1, 255))
    starts = starts_of(records)
    damaged = int(np.searchsorted(starts, place, side="right")) - 1
    with pytest.raises(DataError) as caught:
        find(bytes(framed))
    assert f"record {damaged} " in caught.value.problem
    assert caught.value.where == f"some-shard byte {starts[damaged]}"


@settings(max_examples=100)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=6), st.data())
def test_a_file_cut_off_inside_a_record_is_refused(records, data):
    framed = frame(records)
    size = data.draw(st.integers(0, len(framed)))
    starts = starts_of(records)
    whole = int(np.searchsorted(starts, size, side="right")) - 1
    if starts[whole] == size:
        assert find(framed[:size]) == records[:whole]
        return
    with pytest.raises(DataError) as caught:
        find(framed[:size])
    assert caught.value.problem == f"record {whole} is cut off or its length is damaged"
    assert caught.value.where == f"some-shard byte {starts[whole]}"


@pytest.mark.parametrize("length", [2**63 - 1, 2**63 - 17, 2**64 - 1, 2**63, 2**32, 30, 15])
def test_a_damaged_length_is_refused_whatever_it_is(length):
    framed = length.to_bytes(8, "little") + frame([b"some data here"])[8:]
    with pytest.raises(DataError, match=re.escape("some-shard byte 0: record 0 ")):
        find(framed)


def test_an_empty_file_holds_no_record():
    begins, ends = find_records(np.frombuffer(b"", np.uint8), "x")
    assert begins.tolist() == ends.tolist() == []


def test_random_bytes_are_refused():
    rng = np.random.default_rng(0)
    for size in range(1, 200):
        with pytest.raises(DataError, match="record 0"):
            find(rng.bytes(size))
