"""What is damaged or no pretraining example is one error that names the file and the place."""

from __future__ import annotations

import sys

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from albert_data.base.errors import DataError
from albert_data.insight.foreign.audit import audit
from tests.command_line import albert_data, fails
from tests.insight.foreign import made
from tests.insight.foreign.records import write_tfrecord

EXAMPLES = made.examples(20, seed=5)


def check(path, *expected, options=()):
    fails(albert_data("verify", "--foreign", path, *options), path.name, *expected)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("masked_lm_positions", made.LENGTH, "record 7: masked_lm_positions holds 96"),
        ("masked_lm_positions", -1, "record 7: masked_lm_positions holds -1"),
        ("input_ids", -3, "record 7: input_ids holds -3"),
        ("next_sentence_labels", 2, "record 7: next_sentence_labels holds 2"),
        ("segment_ids", 4, "record 7: segment_ids holds 4"),
        ("input_mask", 9, "record 7: input_mask holds 9"),
    ],
)
@pytest.mark.parametrize("form", ["tfrecord", "hdf5"])
def test_a_value_out_of_range_is_named_with_its_record(tmp_path, form, name, value, problem):
    named = made.arrays(EXAMPLES)
    named[name][7, 0] = value
    path = tmp_path / f"bad.{form}"
    if form == "tfrecord":
        write_tfrecord(path, named)
    else:
        with h5py.File(path, "w") as file:
            for key, values in named.items():
                file[key] = values
    check(path, problem)


def test_a_tfrecord_without_a_feature_is_no_example(tmp_path):
    named = made.arrays(EXAMPLES)
    del named["segment_ids"]
    check(write_tfrecord(tmp_path / "a.tfrecord", named), "has no segment_ids")


def test_a_record_of_another_length_is_named(tmp_path):
    path = made.tfrecord(tmp_path / "a.tfrecord", EXAMPLES)
    named = {name: values[:1] for name, values in made.arrays(EXAMPLES).items()}
    named["input_ids"] = named["input_ids"][:, :-1]
    other = write_tfrecord(tmp_path / "b.tfrecord", named)
    path.write_bytes(path.read_bytes() + other.read_bytes())
    check(path, "record 20 has no feature input_ids of 96 values")


def test_a_damaged_or_truncated_record_is_named(tmp_path):
    path = made.tfrecord(tmp_path / "a.tfrecord", EXAMPLES)
    data = bytearray(path.read_bytes())
    path.write_bytes(data[:-5])
    check(path, "record 19")
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    check(path, "is damaged (CRC-32C)")


def test_a_file_of_no_records_is_an_error(tmp_path):
    path = tmp_path / "a.tfrecord"
    path.write_bytes(b"")
    check(path, "no records")
    check(made.lddl(tmp_path / "a.parquet", []), "")


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_truncated_hdf5_or_parquet_file_is_named(tmp_path, keep):
    for write, name in ((made.hdf5, "a.h5"), (made.lddl, "a.parquet")):
        path = write(tmp_path / name, EXAMPLES)
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * keep)])
        check(path)


def test_hdf5_of_other_shapes_or_names_is_refused(tmp_path):
    path = made.hdf5(tmp_path / "a.h5", EXAMPLES)
    with h5py.File(path, "a") as file:
        del file["segment_ids"]
        file["segment_ids"] = np.zeros((20, 5), np.int8)
    check(path, "segment_ids is of shape (20, 5)")
    with h5py.File(path, "w") as file:
        file["text"] = np.zeros(3)
    check(path, "has no input_ids")


def test_without_h5py_the_extra_is_named(tmp_path, monkeypatch):
    path = made.hdf5(tmp_path / "a.h5", EXAMPLES)
    monkeypatch.setitem(sys.modules, "h5py", None)
    check(path, "h5py", "pip install 'albert-data[foreign]'")


def rewritten(path, **columns):
    table = pq.read_table(path)
    for name, values in columns.items():
        table = table.set_column(table.column_names.index(name), name, [values])
    pq.write_table(table, path)
    return path


@pytest.mark.parametrize(
    ("column", "change", "problem"),
    [
        ("A", lambda v: "", "row 3: A has no pieces"),
        ("A", lambda v: None, "row 3: A is empty"),
        ("masked_lm_labels", lambda v: v + " more", "row 3:"),
        ("masked_lm_positions", lambda v: v[:-1], "row 3: masked_lm_positions is no saved array"),
        ("masked_lm_positions", lambda v: b"", "row 3: masked_lm_positions is no saved array"),
        ("masked_lm_positions", lambda v: v[:-2] + b"\xff\x00", "row 3: position 255 of"),
    ],
)
def test_a_bad_row_of_lddl_is_named(tmp_path, column, change, problem):
    path = made.lddl(tmp_path / "a.parquet", EXAMPLES)
    values = pq.read_table(path)[column].to_pylist()
    values[3] = change(values[3])
    check(rewritten(path, **{column: pa.array(values)}), problem)


@pytest.mark.parametrize(
    ("column", "change", "problem"),
    [
        ("labels", lambda v: v[:-1], "row 3: labels holds"),
        ("labels", lambda v: [-7, *v[1:]], "record 3: labels holds -7"),
        ("input_ids", lambda v: [None, *v[1:]], "row 3: input_ids has an empty value"),
        ("token_type_ids", lambda v: [2, *v[1:]], "record 3: token_type_ids holds 2"),
        ("next_sentence_label", lambda v: 3, "record 3: the sentence label holds 3"),
    ],
)
def test_a_bad_row_of_hugging_face_is_named(tmp_path, column, change, problem):
    path = made.hugging_face(tmp_path / "a.parquet", EXAMPLES)
    values = pq.read_table(path)[column].to_pylist()
    values[3] = change(values[3])
    check(rewritten(path, **{column: pa.array(values)}), problem)


def test_columns_of_another_kind_are_refused(tmp_path):
    path = tmp_path / "text.parquet"
    pq.write_table(pa.table({"id": ["1"], "text": ["a text"]}), path)
    check(path, "the columns are id, text")
    pq.write_table(pa.table({"input_ids": ["1 2"], "labels": ["3"]}), path)
    check(path, "not lists of ids")


def test_files_of_two_forms_are_not_mixed(tmp_path):
    folder = tmp_path / "mixed"
    folder.mkdir()
    made.hdf5(folder / "a.h5", EXAMPLES)
    made.tfrecord(folder / "b.tfrecord", EXAMPLES)
    with pytest.raises(DataError, match=r"b\.tfrecord: this is TFRecords"):
        audit(folder)


def test_a_vocabulary_of_other_records_is_refused(tmp_path, vocabulary_file):
    path = made.tfrecord(tmp_path / "a.tfrecord", EXAMPLES)
    small = tmp_path / "vocab.txt"
    small.write_text("\n".join(made.PIECES[:50]))
    fails(albert_data("verify", "--foreign", path, "--vocab", small), "it has 50 pieces")
    small.write_text("\n".join(["x", *made.PIECES]))
    fails(albert_data("verify", "--foreign", path, "--vocab", small), "its [CLS] is 3")
    small.write_text("a\nb\n")
    fails(albert_data("verify", "--foreign", path, "--vocab", small), "has no [CLS]")


def test_options_of_the_audit_are_refused_without_it(tiny_build):
    result = albert_data("verify", tiny_build, "--json")
    assert result.code == 2 and "--foreign" in result.err


@settings(max_examples=60)
@given(st.binary(max_size=400), st.sampled_from(["", "h5", "parquet", "arrow"]))
def test_any_bytes_are_one_error(tmp_path_factory, data, suffix):
    path = tmp_path_factory.mktemp("any") / f"file.{suffix}"
    magic = {"h5": b"\x89HDF\r\n\x1a\n", "parquet": b"PAR1"}.get(suffix, b"")
    path.write_bytes(magic + data)
    with pytest.raises(DataError):
        audit(path)


def test_a_path_that_is_not_there_is_said_so(tmp_path):
    check(tmp_path / "nowhere", "there is no such file or folder")
