"""`albert-data estimate`: against corpora whose truth is known, and against real builds."""

from __future__ import annotations

import bz2
import gzip
import json
import random
import shutil
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from backports import zstd

from albert_data.base.errors import ConfigError
from albert_data.config.load import load
from albert_data.insight.estimate.excerpts import PART, Excerpts
from albert_data.insight.estimate.look import parse_share, plan_look
from albert_data.insight.estimate.predict import predict
from albert_data.insight.estimate.recut import recut
from albert_data.insight.estimate.shards import Work
from albert_data.insight.report.page import read_build, render
from albert_data.schema import ESTIMATE_NAMES, Estimate
from albert_data.tokens.documents import Documents
from tests.command_line import CORPUS, albert_data, succeeds
from tests.shared import SHARED, needs_shared_data

SENTENCE = "The goose walked slowly down to the river."
SIZES = ("tokens", "examples", "example_tokens", "shard_bytes", "provenance_bytes", "cache_bytes")


def actual(folder: Path) -> dict[str, float]:
    """What a build came to."""
    manifest = json.loads((folder / "manifest.json").read_text())
    index = json.loads((folder / "tokens" / "tokens.json").read_text())
    return {
        **manifest["totals"],
        "cache_bytes": sum(file["bytes"] for file in index["files"]),
        "provenance_bytes": sum(shard["provenance"]["bytes"] for shard in manifest["shards"]),
    }


def values(estimate: Estimate) -> dict[str, float]:
    return {name: figure.value for name, figure in estimate.predicted.items()}


def text_of(documents: int, sentences: int) -> str:
    return "\n".join((SENTENCE + "\n") * sentences for _ in range(documents))


def test_a_sample_of_everything_gives_the_numbers_of_the_build(tiny_build, vocabulary_file):
    sources = [option.removeprefix("--source=") for option in CORPUS]
    config = load("tiny", [])
    assert config.pairs.dupe_factor <= 2  # all passes are made
    found, truth = values(predict(sources, vocabulary_file, config, share=1.0)), actual(tiny_build)
    names = ("documents", "tokens", "examples", "example_tokens", "shard_bytes", "provenance_bytes")
    for name in (*names, "cache_bytes"):
        assert found[name] == truth[name], name


def test_a_corpus_of_equal_documents_is_told_from_a_tenth_of_it(tmp_path, vocabulary_file):
    (tmp_path / "all.txt").write_text(text_of(2000, 12))
    config = load("tiny", ["pairs.short_probability=0", "pairs.dupe_factor=1"])
    source = [f"text:{tmp_path / 'all.txt'}"]
    whole = values(predict(source, vocabulary_file, config, share=1.0))
    sampled = predict(source, vocabulary_file, config, share=0.1)
    assert whole["documents"] == 2000
    for name in ("documents", "tokens"):
        assert values(sampled)[name] == whole[name]
    assert values(sampled)["examples"] == pytest.approx(whole["examples"], rel=0.02)
    tokens = sampled.predicted["tokens"]
    assert tokens.low == tokens.value == tokens.high  # equal documents have no error
    assert sampled.read == pytest.approx(0.1 * sampled.corpus, abs=1)


@pytest.mark.parametrize("objective", ["sop", "nsp"])
def test_long_documents_of_which_a_part_is_read_end_as_rarely_as_in_the_corpus(
    objective, tmp_path, vocabulary_file
):
    (tmp_path / "all.txt").write_text(text_of(150, 400))
    given = ["pairs.max_length=512", "masking.max_predictions=77", f"pairs.objective={objective}"]
    config, source = load("tiny", given), [f"text:{tmp_path / 'all.txt'}"]
    whole = values(predict(source, vocabulary_file, config, share=1.0))
    sampled = values(predict(source, vocabulary_file, config, share=0.1))
    for name in ("examples", "example_tokens", "shard_bytes"):
        assert sampled[name] == pytest.approx(whole[name], rel=0.05), name
    assert sampled["provenance_bytes"] == pytest.approx(whole["provenance_bytes"], rel=0.15)


def test_two_documents_of_which_a_tenth_is_read_are_nsp_partners(tmp_path, vocabulary_file):
    (tmp_path / "two.txt").write_text(text_of(2, 400))
    config, source = load("tiny", ["pairs.objective=nsp"]), [f"text:{tmp_path / 'two.txt'}"]
    whole = values(predict(source, vocabulary_file, config, share=1.0))
    sampled = values(predict(source, vocabulary_file, config, share=0.1))
    assert sampled["examples"] == pytest.approx(whole["examples"], rel=0.1)


@pytest.mark.parametrize("objective, documents, sentences", [("sop", 300, 1), ("nsp", 1, 400)])
def test_a_sample_of_which_no_example_can_be_made_is_an_error(
    objective, documents, sentences, tmp_path, vocabulary_file
):
    (tmp_path / "all.txt").write_text(text_of(documents, sentences))
    config = load("tiny", [f"pairs.objective={objective}"])
    with pytest.raises(ConfigError, match="no example can be made of the sample"):
        predict([f"text:{tmp_path / 'all.txt'}"], vocabulary_file, config, share=0.2)


def _documents(*lengths: int) -> Documents:
    """One document of sentences of these lengths; pieces are numbered."""
    ends = np.cumsum(lengths)
    ids, offsets = np.arange(ends[-1], dtype=np.int32), np.concatenate([[0], ends])
    return Documents(ids, offsets, np.array([0, len(lengths)]), np.array([7], np.uint64))


def test_sampled_sentences_are_cut_into_documents_of_the_lengths_of_the_corpus():
    sampled = _documents(*[10] * 60)
    cut = recut(sampled, np.array([1.0] * 50 + [3.0] * 50), 20_000)  # 100 or 300 pieces each
    assert cut.ids.tolist() == list(range(600))
    assert cut.sentence_offsets.tolist() == sampled.sentence_offsets.tolist()
    assert np.diff(cut.document_offsets).tolist() == [10, 20, 30]  # quantiles of a sixth, a half, …
    assert len(set(cut.keys.tolist())) == 3


def test_sentences_that_are_too_few_for_two_documents_are_repeated():
    cut = recut(_documents(3, 4, 5), np.array([1.0, 1.0]), 40)  # 20 pieces a document
    assert cut.ids.tolist() == [*range(12)] * 4
    assert len(cut.document_offsets) - 1 == 2


@pytest.mark.parametrize("shards, dupes, scale, passes, made", [
    (1, 1, 1.0, 1, 1), (1, 2, 1.0, 2, 1), (8, 2, 1.0, 2, 8),  # everything, as in the build
    (8, 10, 1.0, 2, 2),  # everything, two of ten passes
    (0.5, 1, 20.0, 20, 1),  # a twentieth fills a shard of as many records
    (100, 1, 20.0, 1, 5),
    (1, 40, 1000.0, 100, 1),
])  # fmt: skip
def test_passes_over_a_sample_fill_a_shard_and_are_no_more_than_a_hundred(
    shards, dupes, scale, passes, made
):
    work = Work.of(shards, dupes, scale)
    assert (work.passes, work.shards) == (passes, made)
    assert work.scale == scale * dupes / passes


@pytest.mark.parametrize(
    "kind", ["text", "jsonl", "parquet", "books", "wikipedia", "squad", "race", "prose"]
)
@pytest.mark.parametrize("packed", ["", ".gz", ".bz2", ".zst"])
def test_every_kind_of_source_is_estimated(kind, packed, tmp_path, vocabulary_file):
    path = _corpus(kind, packed, tmp_path)
    (tmp_path / "notes.md").write_text("Notes.\n")
    folder = [f"{kind}:{tmp_path}"]
    found = predict(folder, vocabulary_file, load("tiny", []), share=0.2, seed=3)
    assert "files not read, suffix .md: 1 (notes.md)" in found.notes
    tokens = found.predicted["tokens"]
    everything = predict([f"{kind}:{path}"], vocabulary_file, load("tiny", []), share=1.0)
    assert tokens.value == pytest.approx(values(everything)["tokens"], rel=0.15)


def _corpus(kind: str, packed: str, folder: Path) -> Path:
    """100 documents of other lengths."""
    lengths = [random.Random(i).randint(10, 60) for i in range(100)]
    texts = [f"{SENTENCE}\n" * n for n in lengths]
    if kind == "parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        if packed:
            pytest.skip("Parquet packs by itself")
        ids = [str(i) for i in range(100)]
        pq.write_table(pa.table({"id": ids, "text": texts}), folder / "rows.parquet")
        return folder / "rows.parquet"
    key = "article" if kind == "race" else "text"
    lines = "\n".join(json.dumps({"id": str(i), key: t}) for i, t in enumerate(texts))
    prose = "\n".join(
        json.dumps({"paragraphs": [t], "sentences": t.splitlines(), "unit": i // 9})
        for i, t in enumerate(texts)
    )
    pages = "".join(
        f"<page><title>P{i}</title><ns>0</ns><id>{i}</id><revision><text>{t}</text></revision></page>"
        for i, t in enumerate(texts)
    )
    contexts = [[{"context": line} for line in t.splitlines()] for t in texts]
    name, content = {
        "text": ("a.txt", "\n".join(texts)),
        "books": ("a.txt", "\n\n".join(" ".join(t.split("\n")) for t in texts)),
        "jsonl": ("a.jsonl", lines),
        "race": ("a.jsonl", lines),
        "prose": ("a.jsonl", prose),
        "wikipedia": ("a.xml", f"<mediawiki>{pages}</mediawiki>"),
        "squad": (
            "a.json",
            json.dumps({"data": [{"title": "t", "paragraphs": own} for own in contexts]}),
        ),
    }[kind]
    pack = {"": bytes, ".gz": gzip.compress, ".bz2": bz2.compress, ".zst": zstd.compress}[packed]
    (folder / (name + packed)).write_bytes(pack(content.encode()))
    return folder / (name + packed)


def test_an_archive_that_is_too_large_is_looked_at_from_its_beginning(
    tmp_path, vocabulary_file, monkeypatch
):
    words = random.Random(1)
    texts = [" ".join(str(words.random()) for _ in range(900)) for _ in range(400)]
    lines = "\n".join(json.dumps({"id": str(i), "text": t}) for i, t in enumerate(texts))
    path = tmp_path / "large.jsonl.gz"
    path.write_bytes(gzip.compress(lines.encode()))
    monkeypatch.setattr("albert_data.insight.estimate.look.LEAST_LOOKED", 2**20)
    config = load("tiny", ["sentences.splitter=lines", "pairs.max_length=64"])
    look = plan_look([f"jsonl:{path}"], config.sources, 0.02, 0, tmp_path)[0]
    assert len(look.cut) == 1 and look.looked < 0.5 * look.weight
    found = predict([f"jsonl:{path}"], vocabulary_file, load("tiny", []), share=0.02)
    assert any("only the beginning of 1 packed file" in note for note in found.notes)
    assert values(found)["documents"] == pytest.approx(400, rel=0.1)


def test_the_same_seed_gives_the_same_sample_and_another_seed_another(tmp_path, vocabulary_file):
    path = _corpus("text", "", tmp_path)
    tokens = [
        values(predict([f"text:{path}"], vocabulary_file, load("tiny", []), share=0.1, seed=s))
        for s in (1, 1, 2)
    ]
    assert tokens[0]["cache_bytes"] == tokens[1]["cache_bytes"] != tokens[2]["cache_bytes"]


def test_parts_are_spread_evenly_and_chosen_at_the_share_asked_for():
    excerpts = Excerpts(0.25, "seed")
    for _ in range(100):
        excerpts.of_paragraphs(["x" * PART] * 4)
    assert sum(seen.taken for seen in excerpts.seen) == 100 * PART  # a part of every four
    assert all(seen.size == 4 * PART for seen in excerpts.seen)


@pytest.mark.parametrize("text", ["0", "0%", "120%", "-1", "half", "", "nan"])
def test_what_is_no_share_of_the_corpus_is_refused(text):
    with pytest.raises(ConfigError, match="not a share of the corpus"):
        parse_share(text)


def test_shares_are_read_in_both_ways():
    assert parse_share("5%") == parse_share("0.05") == 0.05


def test_the_report_shows_the_estimate_saved_before_the_build(
    tiny_build, vocabulary_file, tmp_path
):
    folder = tmp_path / "shards"
    given = [*CORPUS, "--vocab", vocabulary_file, "--config=tiny"]
    saved = folder / "estimate.json"
    run = albert_data("estimate", *given, "--save", saved, "--price-per-core-hour", 0.05)
    succeeds(run)
    estimate = json.loads(saved.read_text())
    assert set(ESTIMATE_NAMES) <= set(estimate["predicted"])
    names = [field.name for field in fields(Estimate)]
    assert list(estimate) == ["schema_version", *names, "seal"]
    succeeds(albert_data("build", *given, "--workers=1", "--output", folder))
    assert saved.exists()
    page = render([read_build(folder)])
    assert "Estimate and what it came to" in page and "cache bytes" in page


@pytest.mark.slow
@needs_shared_data
@pytest.mark.parametrize("kind, name", [("books", "books"), ("wikipedia", "wiki")])
def test_a_twentieth_of_the_shared_corpora_predicts_the_build_within_15_percent(
    kind, name, tmp_path
):
    vocabulary = SHARED / "vocab" / "albert-30k-clean.model"
    source, given = f"{kind}:{SHARED / name}", "pairs.dupe_factor=1"
    folder = tmp_path / "shards"
    options = ["--vocab", vocabulary, "--set", given, "--workers=1", "--output", folder]
    succeeds(albert_data("build", "--source", source, *options))
    truth = actual(folder)
    shutil.rmtree(folder)
    config = load("paper", [given])
    for seed in range(5):
        found = predict([source], vocabulary, config, share=0.05, seed=seed)
        for size in SIZES:
            assert found.predicted[size].value == pytest.approx(truth[size], rel=0.15), (seed, size)
