"""One writer for any list of features, TensorFlow as the witness; what the table says is what is checked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.config.settings import MaskSettings
from albert_data.records.features import (
    ALL_FEATURES,
    STREAM,
    Feature,
    features_of,
    table_of,
    working_memory,
)
from albert_data.records.parse import parse_examples, parse_unmasked
from albert_data.records.validate import check_examples
from albert_data.records.wire import new_scratch, write_example
from tests import corpora

LENGTH, PREDICTIONS, SIZE = 24, 4, 300
SPECIAL_IDS = {"[CLS]": corpora.CLS, "[SEP]": corpora.SEP, "[MASK]": corpora.MASK, "<pad>": 0}


@st.composite
def any_features(draw) -> list[Feature]:
    """Features that nobody has thought of yet."""
    rest = draw(st.lists(st.text("xyz_", max_size=30), min_size=1, max_size=6))
    names = [letter + text for letter, text in zip("abcdef", rest, strict=False)]
    return [
        Feature(
            name,
            draw(st.sampled_from(["int64", "float32"])),
            draw(st.sampled_from(["max_length", "max_predictions", "one", "four"])),
            "",
            row=draw(st.integers(0, STREAM)),
            below=draw(st.sampled_from([2, 128, 2**32, "vocabulary"])),
            padded=draw(st.booleans()),
        )
        for name in names
    ]


@settings(max_examples=100)
@given(any_features(), st.integers(8, 300), st.integers(1, 20), st.data())
def test_any_features_of_working_memory_are_written_as_tensorflow_writes_them(
    features, max_length, most, data
):
    n, chosen = data.draw(st.integers(5, max_length)), data.draw(st.integers(0, min(most, 8)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    memory = working_memory(max(max_length, most))
    bits = rng.integers(1, 33, memory.shape)  # numbers of one to five bytes as varints
    memory[:] = rng.integers(0, 2**bits)
    for feature in features:
        if feature.dtype == "int64" and feature.below in (2, 128):
            memory[feature.row] %= 128
        if feature.dtype == "float32":  # Python's floats keep no NaN's bits
            memory[feature.row] &= 0xBFFFFFFF
    fields, kinds = {}, {}
    for feature in features:
        values = np.zeros(feature.size(max_length, most), np.uint32)
        held = {"max_length": n, "max_predictions": chosen}.get(feature.length, len(values))
        held = len(values) if feature.padded else held
        values[:held] = memory[feature.row, :held]
        is_float = feature.dtype == "float32"
        kinds[feature.name] = "float_list" if is_float else "int64_list"
        fields[feature.name] = values.view(np.float32) if is_float else values
    out = np.full(2 * 5 * max_length * len(features) + 1000, 0xAA, np.uint8)
    table = table_of(features, max_length, most)
    end = write_example(out, 3, memory, n, chosen, table, new_scratch(table))
    theirs = corpora.example_of(fields, kinds).SerializeToString(deterministic=True)
    assert out[3 + 12 : end - 4].tobytes() == theirs
    assert int.from_bytes(out[3:11].tobytes(), "little") == len(theirs)


def test_numbers_at_the_borders_of_a_varints_length_are_written_as_tensorflow_writes_them():
    values = [2 ** (7 * size) + shift for size in (1, 2, 3, 4) for shift in (-1, 0, 1)]
    memory = working_memory(len(values))
    memory[STREAM, : len(values)] = values
    feature = Feature("a", "int64", "max_length", "", row=STREAM, below="vocabulary")
    out = np.zeros(200, np.uint8)
    table = table_of([feature], len(values), 1)
    end = write_example(out, 0, memory, len(values), 0, table, new_scratch(table))
    theirs = corpora.example_of({"a": values}).SerializeToString(deterministic=True)
    assert out[12 : end - 4].tobytes() == theirs


def arrays(mode: str):
    """Some records of a mode, parsed."""
    documents = corpora.random_documents(5, 6, SIZE)
    tables = corpora.tables_of(documents, SIZE)
    settings_ = MaskSettings(max_predictions=PREDICTIONS)
    records, _, _ = corpora.encode(documents, tables, LENGTH, settings_, mode=mode)
    buffer = np.frombuffer(b"".join(records), np.uint8)
    ends = np.cumsum([len(record) for record in records])
    begins = np.concatenate([[0], ends[:-1]])
    if mode == "dynamic":
        return parse_unmasked(buffer, begins, ends, LENGTH, "s")
    return parse_examples(buffer, begins, ends, LENGTH, PREDICTIONS, "s")


@pytest.mark.parametrize("mode", ["static", "dynamic"])
def test_a_record_has_the_features_of_its_mode_and_they_are_as_they_should_be(mode):
    found = arrays(mode)
    assert set(vars(found)) == {feature.name for feature in features_of(mode)}
    check_examples(found, {"size": SIZE, "special_ids": SPECIAL_IDS}, "s")


@pytest.mark.parametrize("feature", ALL_FEATURES, ids=lambda feature: feature.name)
def test_a_number_out_of_a_features_range_is_found(feature):
    if feature.dtype != "int64":
        return
    limit = {"vocabulary": SIZE, "max_length": LENGTH}.get(feature.below, feature.below)
    for wrong in (-1, limit, 2**62):
        found = arrays("dynamic" if feature.written == "dynamic" else "static")
        values = getattr(found, feature.name)
        values.reshape(len(values), -1)[2, 0] = wrong
        with pytest.raises(DataError, match="^s: record 2: "):
            check_examples(found, {"size": SIZE, "special_ids": SPECIAL_IDS}, "s")


def test_what_others_records_may_lack_is_read_as_zeros_and_nothing_else_may_be_absent():
    documents = corpora.random_documents(5, 6, SIZE)
    tables = corpora.tables_of(documents, SIZE)
    settings_ = MaskSettings(max_predictions=PREDICTIONS)
    whole = corpora.fields_of(corpora.encode(documents, tables, LENGTH, settings_)[0][0])
    for feature in features_of("static"):
        fields = {name: values for name, values in whole.items() if name != feature.name}
        record = np.frombuffer(corpora.example_of(fields).SerializeToString(), np.uint8)
        place = record, np.array([0]), np.array([len(record)]), LENGTH, PREDICTIONS, "s"
        if feature.needed:
            with pytest.raises(DataError, match=f"has no feature {feature.name} of"):
                parse_examples(*place, strict=False)
        else:
            assert not getattr(parse_examples(*place, strict=False), feature.name).any()
            with pytest.raises(DataError, match=f"has no feature {feature.name} of"):
                parse_examples(*place)
