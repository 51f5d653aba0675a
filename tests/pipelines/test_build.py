"""Builds through the command line: the same bytes however they are made, and what is in them."""

from __future__ import annotations

import gzip
import json
import os
import socket

import pytest
import tensorflow as tf

from tests.command_line import (
    CORPUS,
    SMALL,
    albert_data,
    content,
    fails,
    finish,
    leftovers,
    shard_names,
    start,
    succeeds,
)
from tests.corpus.file_formats.bzip2_streams import block_of, stream_of
from tests.shared import EXAMPLES

BOOKS = sorted(f"--source=books:{path}" for path in (EXAMPLES / "books").iterdir())


def shard_bytes(folder) -> bytes:
    """All records in the order of the shards, with their framing."""
    parts = [(folder / name).read_bytes() for name in shard_names(folder)]
    return b"".join(gzip.decompress(part) if part[:2] == b"\x1f\x8b" else part for part in parts)


def manifest_of(folder) -> dict:
    return json.loads((folder / "manifest.json").read_text())


@pytest.fixture(scope="module")
def build(tmp_path_factory, vocabulary_file):
    """Builds in this process with one worker into a new folder, which it returns."""

    def make(*options, sources=CORPUS, config=SMALL):
        folder = tmp_path_factory.mktemp("build") / "shards"
        succeeds(
            albert_data(
                "build", *sources, "--vocab", vocabulary_file, "--output", folder, *config,
                "--workers=1", *options,
            )
        )  # fmt: skip
        assert leftovers(folder) == []
        return folder

    return make


@pytest.fixture(scope="module")
def plain(build):
    return build()


@pytest.fixture(scope="module")
def packed(build):
    return build("--set=shards.compression=gzip", "--set=shards.count=1")


def test_two_worker_processes_make_the_same_bytes_as_one(tmp_path, plain, vocabulary_file):
    process = start(
        "build", *CORPUS, "--vocab", vocabulary_file, "--output", tmp_path / "b", *SMALL,
        "--workers=2",
    )  # fmt: skip
    succeeds(finish(process))
    assert content(tmp_path / "b") == content(plain)
    assert leftovers(tmp_path / "b") == []
    units = list((tmp_path / "b/tokens/units").iterdir())
    assert len(units) == 5  # there was something to share out


@pytest.mark.parametrize(
    "sources",
    [CORPUS[::-1], [CORPUS[1], *BOOKS], [*BOOKS[::-1], CORPUS[1], BOOKS[1]]],
    ids=["reversed", "each book by name", "books reversed and one named twice"],
)
def test_the_order_and_grouping_of_sources_does_not_change_a_byte(build, plain, sources):
    assert content(build(sources=sources)) == content(plain)


def test_neither_the_cuts_of_a_packed_dump_nor_the_size_of_units_change_a_record(build, tmp_path):
    text, path = (EXAMPLES / "wikipedia.xml").read_bytes(), tmp_path / "wikipedia.xml.bz2"
    path.write_bytes(stream_of(block_of(text[at : at + 3000]) for at in range(0, len(text), 3000)))
    made, units = set(), []
    for size in (6000, 25_000, 2**25):
        folder = build(f"--set=sources.unit_bytes={size}", sources=[f"--source=wikipedia:{path}"])
        made.add(shard_bytes(folder))
        units.append(len(list((folder / "tokens/units").iterdir())))
    assert len(made) == 1 and made != {b""}
    assert units[0] > units[1] > units[2] == 1


def test_the_place_of_the_corpus_on_the_disk_does_not_change_a_byte(build, plain, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "books").mkdir(parents=True)
    for path in [*(EXAMPLES / "books").iterdir(), EXAMPLES / "wikipedia.xml"]:
        (elsewhere / path.relative_to(EXAMPLES)).write_bytes(path.read_bytes())
    sources = [option.replace(str(EXAMPLES), str(elsewhere)) for option in CORPUS]
    assert content(build(sources=sources)) == content(plain)


def test_tokenize_and_remask_make_the_same_bytes_as_build(tmp_path, plain, vocabulary_file):
    tokens, shards = tmp_path / "tokens", tmp_path / "shards"
    given = ["--vocab", vocabulary_file, "--output", tokens, "--workers=1"]
    first = succeeds(albert_data("tokenize", *CORPUS, *given, *SMALL))
    count = manifest_of(plain)["totals"]["tokens"]
    assert first.err.splitlines()[-1].startswith(f"{count:,} tokens in {tokens}")
    succeeds(albert_data("remask", tokens, "--output", shards, *SMALL[:1], "--workers=1"))
    assert content(shards) == content(plain)
    assert leftovers(tokens) == leftovers(shards) == []


def test_the_global_order_of_records_does_not_depend_on_the_shard_count(build, plain, packed):
    assert shard_names(packed) == ["shards-00000-of-00001.gz"]
    assert shard_names(plain) == [f"shards-0000{i}-of-00004" for i in range(4)]
    assert shard_bytes(packed) == shard_bytes(plain)


def test_more_shards_than_records_are_written_too_and_some_are_empty(build):
    one, many = (build(f"--set=shards.count={n}", sources=BOOKS[:1]) for n in (1, 300))
    assert len(shard_names(many)) == 300
    assert min(shard["records"] for shard in manifest_of(many)["shards"]) == 0
    assert shard_bytes(many) == shard_bytes(one) != b""
    succeeds(albert_data("verify", many))


def test_another_seed_makes_other_records_from_the_same_tokens(build, plain):
    other = build("--set=seed=1")
    ours, theirs = manifest_of(plain), manifest_of(other)
    assert theirs["totals"]["tokens"] == ours["totals"]["tokens"] > 40_000
    assert theirs["fingerprints"]["sources"] == ours["fingerprints"]["sources"]
    names = shard_names(plain)
    assert not {content(plain)[n] for n in names} & {content(other)[n] for n in names}


def test_an_objective_of_each_kind_remasks_the_same_token_cache(tmp_path, plain):
    for objective in ("nsp", "none"):
        folder = tmp_path / objective
        option = f"--set=pairs.objective={objective}"
        succeeds(
            albert_data("remask", plain / "tokens", "--output", folder, *SMALL[:1], option,
                        "--workers=1")
        )  # fmt: skip
        ones = manifest_of(folder)["statistics"]["labels"][1]
        assert (ones > 0) == (objective == "nsp")
        succeeds(albert_data("verify", folder))


def test_sources_of_which_no_document_is_left_are_an_error_before_anything_is_masked(
    tmp_path, vocabulary_file
):
    (tmp_path / "empty.jsonl").write_text('{"text": " "}\n')
    chosen = [f"--source=jsonl:{tmp_path}/empty.jsonl", "--set=pairs.sources=jsonl:*"]
    given = ["--vocab", vocabulary_file, "--output", tmp_path / "b", *SMALL, "--workers=1"]
    result = albert_data("build", *CORPUS, *chosen, *given)
    fails(result, "pairs.sources jsonl:*: no document of these sources", code=1)
    assert not (tmp_path / "b/work/blocks").exists()


def test_a_finished_build_is_left_as_it_is(plain, vocabulary_file):
    before = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in plain.rglob("*") if p.is_file()}
    again = succeeds(
        albert_data("build", *CORPUS, "--vocab", vocabulary_file, "--output", plain, *SMALL)
    )
    assert "is complete already: nothing to do" in again.err
    after = {p: (p.stat().st_ino, p.stat().st_mtime_ns) for p in before}
    assert {p.name for p in before if before[p] != after[p]} <= {"build.json"}


def test_manifest_and_data_card_tell_nothing_of_the_machine(plain):
    for name in ("manifest.json", "README.md"):
        text = (plain / name).read_text()
        assert str(plain) not in text and str(EXAMPLES) not in text and os.getcwd() not in text
        assert socket.gethostname() not in text


def features(max_length: int, predictions: int) -> dict:
    """As the input function of google-research/albert declares them."""

    def of(size, dtype=tf.int64):
        return tf.io.FixedLenFeature([size], dtype)

    return {
        "input_ids": of(max_length),
        "input_mask": of(max_length),
        "segment_ids": of(max_length),
        "token_boundary": of(max_length),
        "masked_lm_positions": of(predictions),
        "masked_lm_ids": of(predictions),
        "masked_lm_weights": of(predictions, tf.float32),
        "next_sentence_labels": of(1),
    }


@pytest.mark.parametrize(("folder", "compression"), [("plain", ""), ("packed", "GZIP")])
def test_tensorflow_reads_every_shard_and_finds_the_totals_of_the_manifest(
    request, folder, compression
):
    folder = request.getfixturevalue(folder)
    manifest = manifest_of(folder)
    examples = tokens = masked = ones = 0
    for shard in manifest["shards"]:
        data = tf.data.TFRecordDataset(str(folder / shard["name"]), compression).batch(256)
        records = 0
        for batch in data:
            parsed = tf.io.parse_example(batch, features(64, 10))
            records += len(batch)
            tokens += int(tf.reduce_sum(parsed["input_mask"]))
            masked += int(tf.reduce_sum(parsed["masked_lm_weights"]))
            ones += int(tf.reduce_sum(parsed["next_sentence_labels"]))
        assert records == shard["records"]
        examples += records
    totals, statistics = manifest["totals"], manifest["statistics"]
    assert examples == totals["examples"] == sum(statistics["labels"]) > 1000
    assert tokens == totals["example_tokens"]
    assert masked == statistics["masked_tokens"] == sum(statistics["replaced"].values())
    assert ones == statistics["labels"][1]
