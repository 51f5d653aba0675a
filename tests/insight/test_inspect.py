"""`albert-data inspect`: which records are shown, and what is said of each, word for word."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

from albert_data.insight.inspect import find
from albert_data.insight.shard_set import open_shards
from tests import corpora
from tests.command_line import albert_data, edit, fails, succeeds

# The words of one example: [CLS] x1 [SEP] x2 [SEP] and four tokens of padding.
INPUT = "[CLS] ▁the [MASK] s [MASK] [SEP] ▁and ▁water ▁of ▁in ▁to [SEP]".split()
PREDICTIONS = {2: "▁water", 3: "s", 4: "▁is", 7: "▁the", 9: "▁in"}
SHOWN = (
    "[CLS] the ⟨2 [MASK: water][kept: s] [MASK: is]⟩ [SEP] and ⟨1 [water for: the]⟩ of"
    " ⟨1 [kept: in]⟩ to [SEP]"
)


def record(vocabulary, label: int, without: str = "") -> bytes:
    """An example as the reference writes it, serialised by TensorFlow."""

    def ids(pieces):
        found = [vocabulary.processor.piece_to_id(piece) for piece in pieces]
        assert vocabulary.unk not in found
        return found

    def padded(values, size):
        return [*values, *[0] * (size - len(values))]

    starts = [int(piece[0] in "▁[" and piece != "[MASK]") for piece in INPUT]
    starts[2] = starts[4] = 1
    size = len(INPUT)
    fields = {
        "input_ids": ids(INPUT) + [vocabulary.pad] * 4,
        "input_mask": padded([1] * size, 16),
        "segment_ids": padded([0] * 6 + [1] * 6, 16),
        "token_boundary": padded(starts, 16),
        "masked_lm_positions": padded(PREDICTIONS, 7),
        "masked_lm_ids": padded(ids(PREDICTIONS.values()), 7),
        "masked_lm_weights": padded([1.0] * 5, 7),
        "next_sentence_labels": [label],
    }
    fields.pop(without, None)
    return corpora.example_of(fields).SerializeToString()


@pytest.fixture
def reference(vocabulary, tmp_path) -> Path:
    """A bare TFRecord file of three records, labels 0, 1, 1."""
    path = tmp_path / "examples.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        for label in (0, 1, 1):
            writer.write(record(vocabulary, label))
    return path


def test_a_bare_file_of_the_reference_is_shown_word_for_word(reference, vocabulary_file):
    result = succeeds(albert_data("inspect", reference, "--vocab", vocabulary_file, "--count=1"))
    assert result.out.splitlines() == [
        "record 0, examples.tfrecord row 0",
        "label 0; 12 tokens, 5 predicted in 3 spans (2 of 1, 1 of 2 words)",
        SHOWN,
        "",
    ]


def test_records_that_do_not_say_where_words_begin_are_shown_the_same(
    vocabulary, vocabulary_file, tmp_path
):
    path = tmp_path / "older.tfrecord"
    with tf.io.TFRecordWriter(str(path)) as writer:
        writer.write(record(vocabulary, 0, without="token_boundary"))
        writer.write(record(vocabulary, 0))
    shown = succeeds(albert_data("inspect", path, "--vocab", vocabulary_file)).out
    assert shown.splitlines()[2] == SHOWN and shown.count(SHOWN) == 2


def test_records_are_chosen_by_their_label_and_number(reference, vocabulary_file):
    def heads(*options):
        given = ["inspect", reference, "--vocab", vocabulary_file, *options]
        out = succeeds(albert_data(*given)).out.splitlines()
        return [line.split(",")[0] for line in out if line.startswith("record ")]

    assert heads() == ["record 0", "record 1", "record 2"]
    assert heads("--where=swapped") == ["record 1", "record 2"]
    assert heads("--where=swapped", "--count=1") == ["record 1"]
    assert heads("--where=in-order") == ["record 0"]
    assert heads("--record=2") == ["record 2"]


def test_a_gzip_file_and_a_folder_of_files_count_on(reference, vocabulary_file):
    (reference.parent / "more.gz").write_bytes(gzip.compress(reference.read_bytes()))
    shards = open_shards(reference.parent, vocabulary_file)
    assert [shards.records(file) for file in shards.files] == [3, 3]
    assert (shards.max_length, shards.max_predictions) == (16, 7)
    given = ["inspect", reference.parent, "--vocab", vocabulary_file, "--record=5"]
    assert succeeds(albert_data(*given)).out.startswith("record 5, more.gz row 2\n")


def test_a_damaged_gzip_file_is_one_error_with_its_place(reference, vocabulary_file):
    packed = gzip.compress(reference.read_bytes(), mtime=0)
    path = reference.parent / "more.gz"
    for damaged, place in (
        (packed[:200] + b"\xff" * 20 + packed[220:], "more.gz, bytes 0 to"),
        (packed + b"junk", f"more.gz, byte {len(packed)}: the gzip archive is damaged"),
        (packed[:-5], f"more.gz, byte {len(packed) - 5}: the gzip archive is truncated"),
    ):
        path.write_bytes(damaged)
        fails(albert_data("inspect", path, "--vocab", vocabulary_file), place, "restore the file")


def test_the_terminal_gets_colours_and_a_pipe_none(reference, vocabulary_file, monkeypatch):
    given = ["inspect", reference, "--vocab", vocabulary_file, "--count=1"]
    assert "\x1b" not in albert_data(*given).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = albert_data(*given).out
    for style, text in (("1;31", "[MASK: water]"), ("1;32", "[kept: s]"), ("36", "[CLS]")):
        assert f"\x1b[{style}m{text}" in coloured
    assert "\x1b[1;33m[water for: the]" in coloured


def test_every_record_of_a_document_is_found_and_its_origin_told(tiny_build):
    rows = [
        row
        for index in range(4)
        for row in pq.read_table(
            tiny_build / f"provenance-0000{index}-of-00004.parquet"
        ).to_pylist()
    ]
    document = rows[0]["document"]
    wanted = [number for number, row in enumerate(rows) if row["document"] == document]
    result = succeeds(albert_data("inspect", tiny_build, "--document", document, "--count=100000"))
    lines = result.out.splitlines()
    heads = [line for line in lines if line.startswith("record ")]
    assert [int(line.split(",")[0].split()[1]) for line in heads] == wanted
    row = rows[0]
    assert lines[2] == f"from: {row['source']}, {document}, “{row['title']}”"
    spans = [(row[f"{x}_first"], row[f"{x}_last"]) for x in ("x1", "x2")]
    told = [str(a) if a == b else f"{a} … {b}" for a, b in spans]
    assert lines[3] == (
        f"sentences x1 = {told[0]}, x2 = {told[1]}; dupe {row['dupe']}, chunk {row['chunk']}"
    )


def test_a_builds_label_is_named_by_its_objective(tiny_build):
    out = succeeds(albert_data("inspect", tiny_build, "--where=swapped", "--count=1")).out
    assert "\nlabel 1: swapped; " in out


def test_a_build_without_provenance_is_shown_and_cannot_be_searched(tiny_build, tmp_path):
    folder = Path(shutil.copytree(tiny_build, tmp_path / "shards"))

    def without_provenance(manifest: dict) -> None:
        for shard in manifest["shards"]:
            (folder / shard["provenance"]["name"]).unlink()
            shard["provenance"] = None

    edit(folder / "manifest.json", without_provenance)
    shown = succeeds(albert_data("inspect", folder, "--count=1")).out
    assert "from: " not in shown and "[CLS] " in shown
    expected = "no provenance", "shards.provenance=true"
    fails(albert_data("inspect", folder, "--document=x"), *expected, code=2)


def test_short_full_and_unknown_are_as_they_say(tiny_build):
    shards = open_shards(tiny_build)
    sizes = np.concatenate(
        [e.input_mask.sum(axis=1) for file in shards.files for _, e in shards.examples(file)]
    )
    full, short = sizes == shards.max_length, sizes < shards.max_length / 2
    for where, wanted in (("full", full), ("short", short)):
        out = succeeds(albert_data("inspect", tiny_build, f"--where={where}", "--count=99999")).out
        heads = [line for line in out.splitlines() if line.startswith("record ")]
        assert [int(line.split(",")[0][7:]) for line in heads] == np.flatnonzero(wanted).tolist()
    assert full.any() and short.any()


def test_what_cannot_be_shown_is_one_clear_error(reference, vocabulary_file, tmp_path):
    vocabulary = ["--vocab", vocabulary_file]
    fails(albert_data("inspect", reference), "--vocab FILE.model", code=2)
    fails(albert_data("inspect", tmp_path / "absent", *vocabulary), "no such folder", code=2)
    fails(albert_data("inspect", reference, *vocabulary, "--record=3"), "the last is 2", code=2)
    text = tmp_path / "a.text"
    text.write_text("no TFRecord file at all, but text")
    fails(albert_data("inspect", text, *vocabulary), "a.text: record 0 is cut off", code=1)
    cut = tmp_path / "cut"
    cut.write_bytes(reference.read_bytes()[:-3])
    fails(albert_data("inspect", cut, *vocabulary), "record 2 is cut off", code=1)
    other = tmp_path / "other"
    with tf.io.TFRecordWriter(str(other)) as writer:
        writer.write(b"something else")
    fails(albert_data("inspect", other, *vocabulary), "no pretraining example", code=1)


def test_unmasked_records_are_shown_as_the_trainer_masks_them_first(tiny_build, tmp_path):
    made = []
    for mode in ("static", "dynamic"):
        given = ["--output", tmp_path / mode, "--config=tiny.yaml", "--workers=1"]
        given += [f"--set=masking.mode={mode}", "--set=pairs.dupe_factor=1"]
        succeeds(albert_data("remask", tiny_build / "tokens", *given))
        made.append(succeeds(albert_data("inspect", tmp_path / mode, "--count=40")).out)
    assert made[0] == made[1] and made[0].count("[MASK: ") > 100


def test_a_document_is_found_by_its_title_in_any_case_and_a_near_one_is_named(tiny_build):
    by_id = succeeds(albert_data("inspect", tiny_build, "--document", "1303", "--count", "99")).out
    for title in ("Optical telegraph", "optical TELEGRAPH"):
        given = ["--document", title, "--count", "99"]
        assert succeeds(albert_data("inspect", tiny_build, *given)).out == by_id
    fails(
        albert_data("inspect", tiny_build, "--document", "Optical telegaph"), "“Optical telegraph”"
    )


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_of_a_document_its_own_records_alone_are_read(
    tiny_build, tmp_path, compression, monkeypatch
):
    """Those that a scan of all records finds, in the same order."""
    given = ["--config=tiny.yaml", "--workers=1", f"--set=shards.compression={compression}"]
    folder = tmp_path / "b"
    succeeds(albert_data("remask", tiny_build / "tokens", "--output", folder, *given))
    shards = open_shards(folder)
    document = shards.origins(shards.files[0])["document"][7].as_py()
    every = [found for found in find(shards) if found.origin["document"] == document]
    parsed = []
    usual = type(shards)._parsed
    monkeypatch.setattr(
        type(shards),
        "_parsed",
        lambda *place: parsed.append(len(place[-1])) or usual(*place),
    )
    assert list(find(shards, document=document)) == every
    assert parsed == [1] * len(every)
    later = [found for found in every if found.number >= every[2].number]
    assert list(find(shards, every[2].number, document)) == later
