"""Provenance: each record's row names the sentences it is made of, in bytes that do not vary."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from albert_data.base.errors import DataError
from albert_data.config.load import from_dict
from albert_data.schema import PROVENANCE_COLUMNS, Sidecar
from albert_data.shards.partition import read_shard
from albert_data.shards.provenance import describe, read_names, read_provenance
from albert_data.tokens.source_patterns import Choice
from tests import corpora
from tests.command_line import albert_data, fails, succeeds

CONFIG = from_dict({"pairs": {"max_length": 24}, "masking": {"max_predictions": 4}})


def names_of(*rows: tuple[str, str, str]) -> pa.Table:
    columns = [pa.array(column, pa.large_string()) for column in zip(*rows, strict=True)]
    return pa.table(columns, names=["source", "document", "title"])


def sentences_of(tokens: Path) -> dict[tuple[str, str], list[list[int]]]:
    """(source, id) → the pieces of each sentence, as any Parquet reader finds them."""
    documents = {}
    for path in (tokens / "parts").iterdir():
        for row in pq.read_table(path).to_pylist():
            ends = np.cumsum([0, *row["sentence_lengths"]])
            own = [row["pieces"][a:b] for a, b in zip(ends, [*ends[1:], ends[-1]], strict=True)]
            documents[row["source"], row["id"]] = own[:-1]
    return documents


def segments_of(record: bytes) -> tuple[list[int], list[int]]:
    """The two segments of a record, unmasked, as TensorFlow reads it."""
    fields = corpora.fields_of(record)
    ids = fields["input_ids"]
    for place, piece, weight in zip(
        fields["masked_lm_positions"],
        fields["masked_lm_ids"],
        fields["masked_lm_weights"],
        strict=True,
    ):
        if weight:
            ids[place] = piece
    size = sum(fields["input_mask"])
    second = fields["segment_ids"].index(1)
    return ids[1 : second - 1], ids[second : size - 1]


def is_within(part: list[int], sentences: list[list[int]]) -> bool:
    """Whether a segment is a run of these sentences that begins in the first, ends in the last."""
    whole = [piece for sentence in sentences for piece in sentence]
    return any(
        whole[at : at + len(part)] == part and at + len(part) > len(whole) - len(sentences[-1])
        for at in range(len(sentences[0]))
    )


@pytest.mark.parametrize("objective", ["sop", "nsp"])
def test_every_record_is_made_of_the_sentences_that_its_row_names(tiny_build, tmp_path, objective):
    folder = tmp_path / "shards"
    given = ["--output", folder, "--config=tiny.yaml", "--workers=1"]
    succeeds(
        albert_data("remask", tiny_build / "tokens", *given, f"--set=pairs.objective={objective}")
    )
    documents = sentences_of(tiny_build / "tokens")
    elsewhere, records = 0, 0
    for index in range(4):
        rows = pq.read_table(folder / f"provenance-0000{index}-of-00004.parquet").to_pylist()
        dataset = tf.data.TFRecordDataset(str(folder / f"shards-0000{index}-of-00004"))
        for row, record in zip(rows, dataset.as_numpy_iterator(), strict=True):
            first, second = segments_of(record)
            own = documents[row["source"], row["document"]]
            other = own
            if objective == "nsp":
                other = documents[row["x2_source"], row["x2_document"]]
                label = corpora.fields_of(record)["next_sentence_labels"][0]
                assert label == (row["x2_document"] != row["document"])
                elsewhere += label
            assert is_within(first, own[row["x1_first"] : row["x1_last"] + 1])
            assert is_within(second, other[row["x2_first"] : row["x2_last"] + 1])
            records += 1
    assert records > 500
    assert (elsewhere > 100) == (objective == "nsp")


def test_the_rows_of_two_small_documents(tmp_path):
    documents = corpora.documents_of([3, 3, 3], [2, 30])  # 30 pieces: cut into parts of 10
    names = names_of(("books:a.txt", "a", "Ä"), ("jsonl:b", "7", ""))
    config = replace(CONFIG, pairs=replace(CONFIG.pairs, short_probability=0.0))
    tables = corpora.tables_of(documents, 60)
    block = corpora.write_block(tmp_path / "b", (0, 0, 5), documents, tables, config, 1, names)
    corpora.write_shard(tmp_path, 0, 1, [block], config)
    rows = pq.read_table(tmp_path / "provenance-00000-of-00001.parquet").to_pylist()
    rows = sorted(rows, key=lambda row: (row["document"], row["chunk"]), reverse=True)
    order = [column.name for column in PROVENANCE_COLUMNS][:9]
    assert all(list(row) == order for row in rows)
    spans = [[row[name] for name in order[5:]] for row in rows]
    assert [(row["source"], row["document"], row["title"]) for row in rows] == [
        ("books:a.txt", "a", "Ä"),
        ("jsonl:b", "7", ""),
        ("jsonl:b", "7", ""),
    ]
    assert [(row["dupe"], row["chunk"]) for row in rows] == [(5, 0), (5, 1), (5, 0)]
    assert sorted(
        set(sum((list(range(a, b + 1)) for a, b in (spans[0][:2], spans[0][2:])), []))
    ) == [
        0,
        1,
        2,
    ]  # the whole of document a, cut somewhere
    assert spans[1] == [1, 1, 1, 1]  # two parts of the sentence of 30 pieces


def test_sidecars_are_the_same_bytes_every_time_and_shards_are_as_without_them(tmp_path):
    documents = corpora.random_documents(8, 30, 900)
    tables = corpora.tables_of(documents, 900)
    names = names_of(*((f"books:{n}", str(n), "x" * n) for n in range(30)))
    found = []
    for name, given in (("a", names), ("b", names), ("c", None)):
        folder = tmp_path / name
        folder.mkdir()
        blocks = [
            corpora.write_block(
                folder / f"{d}.block", (0, 0, d), documents, tables, CONFIG, 2, given
            )
            for d in (1, 0)
        ]
        found.append([corpora.write_shard(folder, index, 2, blocks, CONFIG) for index in range(2)])
    assert found[0] == found[1]
    assert found[0][0].provenance.sha256 != found[0][1].provenance.sha256
    assert [replace(shard, provenance=None) for shard in found[0]] == found[2]
    assert not list((tmp_path / "c").glob("provenance-*"))


def test_a_block_without_records_for_a_shard_has_no_rows_there(tmp_path):
    documents = corpora.documents_of([3, 3])
    tables = corpora.tables_of(documents, 30)
    names = names_of(("books:a", "a", "A"))
    block = corpora.write_block(tmp_path / "b", (0, 0, 0), documents, tables, CONFIG, 8, names)
    sizes = [
        len(read_shard(corpora.ranges_of([block], shard)).origins.numbers) for shard in range(8)
    ]
    assert sorted(sizes) == [0] * 7 + [1]
    shards = [corpora.write_shard(tmp_path, index, 8, [block], CONFIG) for index in range(8)]
    rows = [len(pq.read_table(tmp_path / shard.provenance.name)) for shard in shards]
    assert rows == sizes


def test_titles_are_cut_and_ids_are_not(tmp_path):
    row = {"source": ["books:a"], "id": ["i" * 300], "title": ["ß" * 300]}
    pq.write_table(pa.table(row), tmp_path / "t.parquet")
    assert read_names(tmp_path / "t.parquet").to_pylist() == [
        {"source": "books:a", "document": "i" * 300, "title": "ß" * 200}
    ]


def test_names_are_those_of_the_chosen_sources(tmp_path):
    rows = {"source": ["books:a", "wiki:b", "books:c"], "id": ["1", "2", "3"], "title": [""] * 3}
    pq.write_table(
        pa.table({**rows, "key": pa.array([7, 8, 9], pa.uint64())}), tmp_path / "t.parquet"
    )
    found = read_names(tmp_path / "t.parquet", Choice("books:*"))
    assert found.column_names == ["source", "document", "title"]
    assert found["document"].to_pylist() == ["1", "3"]
    assert read_names(tmp_path / "t.parquet")["document"].to_pylist() == ["1", "2", "3"]
    assert {column.type for column in found.columns} == {pa.large_string()}


@pytest.mark.parametrize("objective", ["sop", "nsp"])
def test_sidecars_are_as_described_and_packed_tightly(tmp_path, objective):
    documents = corpora.random_documents(8, 30, 900)
    tables = corpora.tables_of(documents, 900)
    names = names_of(*((f"books:{n % 3}", str(n), f"Ä{n}") for n in range(30)))
    config = replace(CONFIG, pairs=replace(CONFIG.pairs, objective=objective))
    block = corpora.write_block(tmp_path / "b", (0, 0, 1), documents, tables, config, 1, names)
    shard = corpora.write_shard(tmp_path, 0, 1, [block], config)
    path = tmp_path / "provenance-00000-of-00001.parquet"
    raw = path.read_bytes()
    digest = hashlib.sha256(raw).hexdigest()
    assert shard.provenance == Sidecar(path.name, len(raw), digest)
    described = describe()
    assert described.written_by == f"pyarrow {pa.__version__}"
    columns = described.columns if objective == "nsp" else described.columns[:9]
    assert described.columns == list(PROVENANCE_COLUMNS)
    table = pq.read_table(path)
    assert [(c.name, c.type) for c in columns] == [(f.name, str(f.type)) for f in table.schema]
    assert read_provenance(path).equals(table)
    file = pq.ParquetFile(path).metadata
    assert b"ARROW:schema" not in (file.metadata or {})
    assert file.num_rows == shard.records
    for place, column in enumerate(columns):
        chunk = file.row_group(0).column(place)
        assert chunk.compression == "ZSTD"
        packed = "RLE_DICTIONARY" if column.type == "string" else "DELTA_BINARY_PACKED"
        assert packed in chunk.encodings
        assert ("DELTA_BINARY_PACKED" in chunk.encodings) == (column.type != "string")


def test_a_sidecar_that_cannot_be_read_is_one_error_with_its_path(tmp_path):
    path = tmp_path / "p.parquet"
    needed = [column.name for column in PROVENANCE_COLUMNS][:9]
    for content, reason in (
        (None, "No such file"),
        (b"", "is 0 bytes"),
        (b"PAR1 and more", "magic bytes not found"),
        (bytes(100), "magic bytes not found"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            read_provenance(path)
        assert caught.value.problem.startswith("not a readable provenance file: ")
        assert reason in caught.value.problem
        assert "\n" not in caught.value.problem
        assert caught.value.where == str(path)
    pq.write_table(
        pa.table({name: [1] for name in needed if name not in ("x1_last", "chunk")}), path
    )
    with pytest.raises(DataError) as caught:
        read_provenance(path)
    assert caught.value.problem == "a provenance file without chunk, x1_last"
    assert caught.value.where == str(path)
    numbers = {name: pa.array([1], pa.uint32()) for name in needed[3:]}
    pq.write_table(pa.table({**{name: ["a"] for name in needed[:3]}, **numbers}), path)
    assert read_provenance(path).column_names == needed


def test_a_build_without_provenance_has_the_same_shards_and_says_so(tiny_build, tmp_path):
    given = ["--output", tmp_path / "b", "--config=tiny.yaml", "--workers=1"]
    off = "--set=shards.provenance=false"
    succeeds(albert_data("remask", tiny_build / "tokens", *given, off))
    succeeds(albert_data("verify", tmp_path / "b"))
    with_it, without = (
        json.loads((folder / "manifest.json").read_text())
        for folder in (tiny_build, tmp_path / "b")
    )
    assert not list((tmp_path / "b").glob("provenance-*"))
    assert without["provenance"] is None
    assert with_it["provenance"]["written_by"] == f"pyarrow {pa.__version__}"
    assert [s["sha256"] for s in with_it["shards"]] == [s["sha256"] for s in without["shards"]]
    assert [s["provenance"] for s in without["shards"]] == [None] * 4


def _remove(path: Path) -> None:
    path.unlink()


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 3] ^= 1
    path.write_bytes(raw)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def _drop_a_row(path: Path) -> None:
    pq.write_table(pq.read_table(path).slice(1), path)


def _add(path: Path) -> None:
    shutil.copy(path, path.with_name("provenance-00009-of-00004.parquet"))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_remove, "provenance file is missing"),
        (_flip, "provenance-00001-of-00004.parquet"),
        (_cut, "not a readable provenance file"),
        (_drop_a_row, "records, the file has"),
        (_add, "provenance-00009-of-00004.parquet: provenance file is not in the manifest"),
    ],
)
def test_verify_finds_a_sidecar_that_is_not_as_built(tiny_build, tmp_path, damage, said):
    folder = Path(shutil.copytree(tiny_build, tmp_path / "shards"))
    damage(folder / "provenance-00001-of-00004.parquet")
    fails(albert_data("verify", folder), said, code=1)
