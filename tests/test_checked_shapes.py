"""Arrays of other shapes and dtypes than a function or tuple says are refused in test runs."""

from __future__ import annotations

import numpy as np
import pytest

from albert_data.examples.masking import MaskTables, example_memory
from albert_data.examples.pairs import Pairs, cut_long_sentences
from albert_data.records.encode import MaskCounts
from albert_data.records.tfrecord import add_checksums, find_records
from albert_data.tokens.documents import Documents


def pairs_of(count: int, **others: np.ndarray) -> Pairs:
    arrays = {
        "ranges": np.zeros((count, 4), np.int64),
        **{name: np.zeros(count, np.int64) for name in ("document", "chunk", "label")},
        "totals": np.zeros(8, np.int64),
        "dropped": np.zeros(0, np.int64),
    }
    return Pairs(**{**arrays, **others})


def test_a_function_refuses_an_argument_of_another_dtype_or_number_of_axes():
    buffer = np.zeros(40, np.uint8)
    find_records(np.zeros(0, np.uint8), "a file")
    with pytest.raises(TypeError, match="parameter 'lengths'"):
        add_checksums(buffer, np.zeros(0, np.int64))
    with pytest.raises(TypeError, match="parameter 'buffer'"):
        find_records(buffer.reshape(2, 20), "a file")


def test_a_function_refuses_a_tuple_or_number_of_another_kind():
    with pytest.raises(TypeError, match="parameter 'documents'"):
        cut_long_sentences((), np.ones(5, np.bool_), 10)
    with pytest.raises(TypeError, match="parameter 'max_length'"):
        example_memory(12.0)


def test_a_tuple_refuses_fields_of_another_dtype_or_size():
    pairs_of(3)
    with pytest.raises(TypeError, match=r"Pairs.label is int64\[2\], not Int64"):
        pairs_of(3, label=np.zeros(2, np.int64))
    with pytest.raises(TypeError, match=r"Pairs.ranges is int64\[3, 2\]"):
        pairs_of(3, ranges=np.zeros((3, 2), np.int64))
    with pytest.raises(TypeError, match="MaskTables.starts is int64"):
        MaskTables(np.zeros(5, np.int64), np.zeros(5, np.int32), 1, 2, 3, 0)
    spans, replaced, tokens, labels = MaskCounts.zeros(3, 10)
    with pytest.raises(TypeError, match="MaskCounts.spans"):
        MaskCounts(spans[0], replaced, tokens, labels)


def test_a_size_may_be_one_more_than_another():
    ids, offsets = np.zeros(6, np.int32), np.array([0, 2, 6])
    Documents(ids, offsets, np.array([0, 1, 2]), np.zeros(2, np.uint64))
    with pytest.raises(TypeError, match="Documents.document_offsets"):
        Documents(ids, offsets, np.array([0, 2]), np.zeros(2, np.uint64))
