"""Unmasked shards through the command line: what they say about themselves, and their checks."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
import tensorflow as tf

from tests.command_line import CORPUS, albert_data, edit, fails, shard_names, succeeds


@pytest.fixture(scope="module")
def shards(tmp_path_factory, vocabulary_file):
    folder = tmp_path_factory.mktemp("dynamic") / "shards"
    given = ["--vocab", vocabulary_file, "--config=tiny", "--workers=1"]
    result = succeeds(
        albert_data("build", *CORPUS, "--output", folder, *given, "--set=masking.mode=dynamic")
    )
    assert "by the trainer (masking.mode: dynamic)" in result.err and "spans" not in result.err
    return folder


def test_the_manifest_and_the_card_say_that_nothing_is_masked_yet(shards):
    manifest = json.loads((shards / "manifest.json").read_text())
    assert manifest["config"]["masking"]["mode"] == "dynamic"
    assert [(f["name"], f["length"]) for f in manifest["features"]] == [
        ("input_ids", 64),
        ("input_mask", 64),
        ("mask_stream", 4),
        ("next_sentence_labels", 1),
        ("segment_ids", 64),
        ("token_boundary", 64),
    ]
    assert manifest["statistics"]["masked_tokens"] == 0
    assert "| masks | drawn by the trainer" in (shards / "README.md").read_text()


def test_tensorflow_reads_the_features_of_the_manifest(shards):
    manifest = json.loads((shards / "manifest.json").read_text())
    spec = {
        f["name"]: tf.io.FixedLenFeature([f["length"]], f["dtype"]) for f in manifest["features"]
    }
    files = [str(shards / name) for name in shard_names(shards)]
    mask = manifest["vocabulary"]["special_ids"]["[MASK]"]
    records = 0
    for batch in tf.data.TFRecordDataset(files).batch(512):
        read = tf.io.parse_example(batch, spec)
        assert not tf.reduce_any(read["input_ids"] == mask)
        records += len(batch)
    assert records == manifest["totals"]["examples"] > 1000


def test_verify_reads_them_and_finds_a_forged_stream(tmp_path, shards):
    result = succeeds(albert_data("verify", shards))
    assert "0 masked tokens" in result.err
    folder = tmp_path / "forged"
    shutil.copytree(shards, folder)
    path = folder / "shards-00001-of-00004"
    records = [tf.train.Example.FromString(r.numpy()) for r in tf.data.TFRecordDataset(str(path))]
    records[3].features.feature["mask_stream"].int64_list.value[1] = 2**32
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            writer.write(record.SerializeToString(deterministic=True))
    raw = path.read_bytes()
    claim = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}
    edit(folder / "manifest.json", lambda manifest: manifest["shards"][1].update(claim))
    expected = "record 3: mask_stream is not from 0 to 4294967295"
    fails(albert_data("verify", folder), "shards-00001-of-00004", expected, code=1)
