"""Other forms of a shard set: each read by its own library, the same records in the same order."""

from __future__ import annotations

import hashlib
import itertools
import json
import struct

import numpy as np
import pytest
import tensorflow as tf

from albert_data import open_shards
from albert_data.base.errors import ConfigError, DataError
from albert_data.commands.export import export as command
from albert_data.read import export as forms
from albert_data.read import mds
from albert_data.read.export import FORMS, export
from tests.command_line import albert_data, fails, succeeds
from tests.model.make_shards import write_shards
from tests.read.conftest import LENGTH, PREDICTIONS, VOCABULARY, needs

# MosaicML's readers leave their files to the garbage collector.
of_streaming = pytest.mark.filterwarnings(
    "ignore:unclosed file:ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)


def rows_of_datasets(files):
    import datasets

    paths = [str(path) for path in files]
    read = datasets.load_dataset("parquet", data_files=paths, split="train", streaming=True)
    return list(read.with_format("numpy"))


def rows_of_numpy(files):
    for path in files:
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files}
        for row in range(len(arrays["input_ids"])):
            yield {name: values[row] for name, values in arrays.items()}


def rows_of_array_record(files):
    needs("array_record")
    from array_record.python import array_record_module as module

    for path in files:
        reader = module.ArrayRecordReader(str(path))
        for record in reader.read_all() if reader.num_records() else ():
            features = tf.train.Example.FromString(record).features.feature
            yield {
                name: np.array(feature.int64_list.value or feature.float_list.value)
                for name, feature in features.items()
                if name != "token_boundary"
            }


def rows_of_streaming(files):
    """By MosaicML's reader of local files."""
    needs("streaming")
    import streaming

    yield from streaming.LocalDataset(str(files[0].parent))


READERS = {
    "parquet": rows_of_datasets,
    "npz": rows_of_numpy,
    "arrayrecord": rows_of_array_record,
    "mds": rows_of_streaming,
}


def test_every_form_has_a_reader_here():
    assert set(READERS) == set(FORMS)
    assert [to.type.choices for to in command.params if to.name == "form"] == [tuple(FORMS)]


@pytest.mark.parametrize(
    "form", [pytest.param(form, marks=[of_streaming] if form == "mds" else []) for form in FORMS]
)
def test_rows_are_the_records_in_their_order(tmp_path, form):
    if needed := {"arrayrecord": "array_record", "mds": "streaming"}.get(form):
        needs(needed)
    shards = open_shards(write_shards(tmp_path / "in", [5, 0, 9], LENGTH, PREDICTIONS, VOCABULARY))
    files = list(export(shards, form, tmp_path / "out"))
    assert len(files) == 3 + (form == "mds") and all(path.is_file() for path in files)
    rows = list(READERS[form](files))
    assert len(rows) == 14
    for number, row in enumerate(rows):
        record = shards[number]
        assert set(row) == set(record)
        for name, values in record.items():
            np.testing.assert_array_equal(row[name], values)


def test_mds_files_are_the_bytes_that_their_format_says(tmp_path):
    shards = open_shards(write_shards(tmp_path / "in", [2], LENGTH, PREDICTIONS, VOCABULARY))
    path, index = export(shards, "mds", tmp_path / "out")
    data = path.read_bytes()
    records, first, second, end = struct.unpack("<4I", data[:16])
    head = json.loads(data[16:first])
    assert (records, second - first, end) == (2, sum(head["column_sizes"]), len(data))
    assert head["column_names"] == sorted(shards[0]) and head["format"] == "mds"
    place = second + sum(head["column_sizes"][: head["column_names"].index("input_ids")])
    ids = np.frombuffer(data, "<i4", LENGTH, place)
    np.testing.assert_array_equal(ids, shards[1]["input_ids"])
    [shard] = json.loads(index.read_text())["shards"]
    named = {"basename": path.name, "bytes": len(data)}
    hashes = {"sha256": hashlib.sha256(data).hexdigest()}
    assert shard == {
        **head,
        "samples": 2,
        "raw_data": {**named, "hashes": hashes},
        "zip_data": None,
    }


def test_mds_places_that_do_not_fit_into_their_bits_are_refused(tmp_path, monkeypatch):
    shards = open_shards(write_shards(tmp_path / "in", [9], LENGTH, PREDICTIONS, VOCABULARY))
    monkeypatch.setattr(mds, "_MOST_BYTES", 1000)
    with pytest.raises(ConfigError, match="9 records is more than an MDS file holds"):
        list(export(shards, "mds", tmp_path / "out"))
    assert not list((tmp_path / "out").iterdir())


@of_streaming
def test_mosaicmls_dataset_streams_the_records_in_their_order(tmp_path):
    needs("streaming")
    import streaming

    folder = write_shards(tmp_path / "in", [5, 9], LENGTH, PREDICTIONS, VOCABULARY)
    shards = open_shards(folder)
    list(export(shards, "mds", tmp_path / "out"))
    data = streaming.StreamingDataset(
        local=str(tmp_path / "cache"),
        remote=str(tmp_path / "out"),
        shuffle=False,
        batch_size=1,
        validate_hash="sha256",
    )
    rows = list(data)
    assert len(rows) == 14
    for number, row in enumerate(rows):
        np.testing.assert_array_equal(row["input_ids"], shards[number]["input_ids"])


def test_the_command_says_what_it_wrote(tmp_path, tiny_build):
    out = tmp_path / "out"
    result = succeeds(albert_data("export", tiny_build, "--to", "npz", "--output", out))
    shards = open_shards(tiny_build)
    assert f"{len(shards):,} records in {len(shards.manifest.shards)} files" in result.err
    rows = itertools.islice(rows_of_numpy(sorted(out.iterdir())), 3)
    for number, row in enumerate(rows):
        np.testing.assert_array_equal(row["input_ids"], shards[number]["input_ids"])
    fails(
        albert_data("export", tiny_build, "--to", "npz", "--output", out),
        "not empty", "name a new or an empty folder", code=2,
    )  # fmt: skip


def test_what_does_not_read_back_is_an_error_and_leaves_no_file(tmp_path, numbered, monkeypatch):
    wrong = FORMS["npz"]._replace(read=lambda path: {})
    monkeypatch.setitem(forms.FORMS, "npz", wrong)
    with pytest.raises(DataError, match="does not read back"):
        list(export(numbered, "npz", tmp_path / "out"))
    assert not list((tmp_path / "out").iterdir())


def test_other_forms_are_refused(tmp_path, numbered):
    with pytest.raises(ConfigError, match="no such form"):
        list(export(numbered, "csv", tmp_path))
