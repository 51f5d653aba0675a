"""`albert-data estimate --scale`: corpora that are not here, from a sample or from measured rates."""

from __future__ import annotations

import datetime
import math

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from albert_data.base.errors import ConfigError
from albert_data.config.load import load
from albert_data.insight.estimate import elsewhere
from albert_data.insight.estimate.elsewhere import measured, predict_sizes
from albert_data.insight.estimate.look import Size, parse_size
from albert_data.insight.estimate.places import Exchange, memory_bytes, places, prices
from albert_data.insight.estimate.predict import START_SECONDS, predict
from albert_data.schema import Figure
from tests.command_line import albert_data
from tests.shared import SHARED, needs_shared_data

SENTENCE = "The goose walked slowly down to the river."
MIB = 2**20


@pytest.mark.parametrize("text, size", [
    ("24GB", Size("", 24e9)), ("24 gb", Size("", 24e9)), ("1.5TiB", Size("", 1.5 * 2**40)),
    ("wikipedia:24GB", Size("wikipedia", 24e9)), ("books:700MB", Size("books", 7e8)),
    ("22GB.bz2", Size("", 88e9)), ("wikipedia:1GB.zst", Size("wikipedia", 3e9)), ("10B", Size("", 10)),
])  # fmt: skip
def test_sizes_are_read_with_kind_unit_and_packing(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize(
    "text", ["", "GB", "24", "24XB", "-1GB", "0GB", "24GB.doc", "a:b:1GB", "nan"]
)
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ConfigError, match="not a size of a corpus"):
        parse_size(text)


@given(st.text(max_size=12))
def test_any_text_is_a_size_or_refused(text):
    try:
        assert parse_size(text).bytes > 0
    except ConfigError as error:
        assert error.where == "--scale"


def corpus(folder, documents: int) -> str:
    kinds = (SENTENCE, "Unquestionably, hydrological measurements continued.", "It rained.")
    text = "\n".join((kinds[i % 3] + "\n") * (5 + i % 40) for i in range(documents))
    (folder / "all.txt").write_text(text)
    return f"text:{folder / 'all.txt'}"


def test_a_sample_stands_for_a_corpus_of_another_size(tmp_path, vocabulary_file):
    source = corpus(tmp_path, 400)
    here = (tmp_path / "all.txt").stat().st_size
    config = load("tiny", [])
    whole = predict([source], vocabulary_file, config, share=1.0)
    larger = predict([source], vocabulary_file, config, sizes=[Size("", 50 * here)])
    assert larger.beyond == pytest.approx(50) and larger.corpus == pytest.approx(50 * here)
    for name in ("documents", "tokens", "examples", "shard_bytes"):
        figure = larger.predicted[name]
        assert figure.value == pytest.approx(50 * whole.predicted[name].value, rel=0.05), name
    tokens = larger.predicted["tokens"]
    assert tokens.low < tokens.value < tokens.high  # though all that is here was read
    assert any("stand for" in note for note in larger.notes)


def test_sizes_by_kind_need_a_sample_of_each(tmp_path, vocabulary_file):
    source, config = corpus(tmp_path, 50), load("tiny", [])
    for sizes, problem in (
        ([Size("wikipedia", 1e9)], "no sample of wikipedia is here"),
        ([Size("text", 1e9), Size("text", 1e9)], "two sizes of one kind"),
        ([Size("text", 1e9), Size("", 1e9)], "with and without a kind"),
    ):
        with pytest.raises(ConfigError, match=problem):
            predict([source], vocabulary_file, config, sizes=sizes)


def test_start_up_is_work_once_however_many_workers_wait(tmp_path, vocabulary_file):
    source, config = corpus(tmp_path, 50), load("tiny", [])
    found = predict([source], vocabulary_file, config, workers=64, price=1.0)
    hours = found.predicted["core_hours"].value
    cpu = found.predicted["cpu_seconds"].value
    assert hours == pytest.approx((START_SECONDS + cpu) / 3600)
    assert found.predicted["price"].value == pytest.approx(hours)


@needs_shared_data
@pytest.mark.slow
@pytest.mark.parametrize("kind, source, size, tokens, examples, shard_bytes", [
    ("books", "books", 14.04e6, 3_372_064, 6719, 20_336_822),
    ("wikipedia", "wiki", 6.824e6, 628_919, 1343, 4_112_803),
])  # fmt: skip
def test_measured_rates_give_back_what_they_were_measured_of(
    kind, source, size, tokens, examples, shard_bytes
):
    config = load("paper", ["pairs.dupe_factor=1"])
    vocabulary = SHARED / "vocab" / "albert-30k-clean.model"
    whole = predict([f"{kind}:{SHARED / source}"], vocabulary, config, share=1.0).predicted
    assert whole["tokens"].value == pytest.approx(tokens, rel=0.03)  # the rates are not out of date
    found = predict_sizes([Size(kind, size)], config).predicted
    assert found["tokens"].value == pytest.approx(tokens, rel=0.01)
    assert found["examples"].value == pytest.approx(examples, rel=0.03)
    assert found["shard_bytes"].value == pytest.approx(shard_bytes, rel=0.05)


def test_settings_count_though_no_text_is_here():
    short = predict_sizes([Size("books", 1e9)], load("paper-128", [])).predicted
    long = predict_sizes([Size("books", 1e9)], load("paper", [])).predicted
    assert 3.3 < short["examples"].value / long["examples"].value < 4.7
    once = predict_sizes([Size("books", 1e9)], load("paper", ["pairs.dupe_factor=1"])).predicted
    assert long["examples"].value / once["examples"].value == pytest.approx(10, rel=0.1)
    packed = predict_sizes(
        [Size("books", 1e9)], load("paper", ["shards.compression=gzip"])
    ).predicted
    assert packed["shard_bytes"].value < 0.7 * long["shard_bytes"].value


def test_kinds_of_which_nothing_was_measured_ask_for_a_sample():
    with pytest.raises(ConfigError, match="--source parquet:PATH --scale SIZE"):
        predict_sizes([Size("parquet", 1e9)], load("paper", []))


def test_drawn_documents_have_the_measured_lengths():
    rate = measured()["wikipedia"]
    documents, names = elsewhere.drawn(rate, 200_000, 0)
    lengths = documents.sentence_offsets[1:] - documents.sentence_offsets[:-1]
    assert lengths.mean() == pytest.approx(sum(rate["sentence_tokens"]) / 20, rel=0.05)
    assert len(documents.ids) == pytest.approx(200_000, rel=0.1)
    assert len(documents.keys) == names.num_rows == len(documents.document_offsets) - 1
    assert documents.ids.max() < elsewhere.VOCABULARY and documents.ids.min() >= 5


FIGURES = {
    name: Figure(value, value, value)
    for name, value in (
        ("seconds", 3600.0), ("cpu_seconds", 7200.0), ("shard_bytes", 0.0), ("provenance_bytes", 0.0)
    )
}  # fmt: skip


def test_price_of_an_hour_of_four_machines():
    found = places(FIGURES, workers=8, machines=4, exchange=Exchange(1, 1))
    here, *rented, dataflow = found
    assert here.usd is None
    rows = prices()["machines"]
    assert [p.usd for p in rented] == [pytest.approx(4 * row["usd_per_hour"]) for row in rows]
    rates = prices()["dataflow"]
    hourly = 2 * rates["usd_per_core_hour"] + 16 * rates["usd_per_gib_hour"] + 50 * 0.000054
    hours = (240 + 7200 / 8) / 3600
    assert dataflow.usd == pytest.approx(4 * hourly * hours, rel=1e-3)
    assert dataflow.seconds == pytest.approx(240 + 900, abs=0.1)
    own = places(FIGURES, workers=3, machines=1, exchange=Exchange(1, 1), own_price=0.5)
    assert [p.usd for p in own[1:-1]] == [1.0]  # two machines of two cores


def test_every_price_says_where_and_when_it_was_read():
    for row in [*prices()["machines"], prices()["dataflow"], prices()["storage"]]:
        assert isinstance(row["read"], datetime.date) and row["source"] and row["of"]
    assert {row["cloud"] for row in prices()["machines"]} == {"Google Cloud", "AWS", "Azure"}


def test_blocks_are_merged_where_that_pays():
    few, many = Exchange(100, 100), Exchange(10_000, 10_000)
    assert not few.merged(True) and few.reads() == 10_000
    assert many.merged(True) and many.merged(False)
    assert many.reads() == pytest.approx(2 * 1e8 / math.sqrt(10_000))


def test_memory_grows_with_shards_and_workers():
    usual = memory_bytes(load("paper", []), 1, 0)
    assert usual == 573 * MIB
    larger = memory_bytes(load("paper", [f"shards.target_bytes={256 * MIB}"]), 2, 0)
    assert larger == 2 * (573 + 256) * MIB


def test_command_needs_sources_or_a_size(tmp_path):
    result = albert_data("estimate")
    assert result.code == 2 and "what is to be estimated?" in result.err
    result = albert_data("estimate", "--source", "text:x", "--scale", "1GB")
    assert result.code == 2 and "no --vocab" in result.err


def test_command_of_a_size_alone_shows_places_and_is_saved(tmp_path):
    saved = tmp_path / "estimate.json"
    result = albert_data(
        "estimate", "--scale=books:2GB", "--workers=4", "--machines=3", "--save", saved
    )
    assert result.code == 0, result.err
    for word in ("Dataflow 3 x", "AWS", "Azure", "Google Cloud", "this machine"):
        assert word in result.out, word
    assert "17 novels" in result.err and yaml.safe_load(saved.read_text())["beyond"] == 0
