"""Grids through the command line: what they make, what they share, keep and refuse."""

from __future__ import annotations

import json
import shutil
import signal

import pytest
from albert_pipelines import launch, pair_stages, stages
from albert_pipelines.job import MASK, PAIR

from tests.command_line import (
    CORPUS,
    albert_data,
    content,
    fails,
    finish,
    leftovers,
    start,
    stop_at,
    succeeds,
)

GRID = """\
base: {config: tiny}
variants:
  sop: {}
  again: {}
  nsp: {pairs.objective: nsp}
  gzip: {shards.compression: gzip}
  once: {pairs.dupe_factor: 1, masking.max_ngram: 2}
cross: {pairs.max_length: [48]}
"""
REMASKED = {
    "sop": [],
    "again": [],
    "nsp": ["--set=pairs.objective=nsp"],
    "gzip": ["--set=shards.compression=gzip"],
    "once": ["--set=pairs.dupe_factor=1", "--set=masking.max_ngram=2"],
    "max_length=48": ["--set=pairs.max_length=48"],
}


@pytest.fixture(scope="module")
def tokens(tmp_path_factory, vocabulary_file):
    """A token cache of several files."""
    folder = tmp_path_factory.mktemp("tokens") / "cache"
    given = ["--vocab", vocabulary_file, "--set=sources.unit_bytes=40000", "--workers=1"]
    succeeds(albert_data("tokenize", *CORPUS, "--output", folder, *given))
    return folder


@pytest.fixture(scope="module")
def grid_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("grid") / "grid.yaml"
    path.write_text(GRID)
    return path


def command(grid, tokens, folder, *more):
    return ["ablate", grid, "--tokens", tokens, "--output", folder, *more]


@pytest.fixture(scope="module")
def made(tmp_path_factory, tokens, grid_file):
    """A finished grid and what the command printed; to be copied before it is changed."""
    folder = tmp_path_factory.mktemp("made") / "grid"
    return folder, succeeds(albert_data(*command(grid_file, tokens, folder, "--workers=1")))


@pytest.fixture(scope="module")
def remasked(tmp_path_factory, tokens):
    """Every variant made alone, as content."""
    folder = tmp_path_factory.mktemp("alone")
    for name, settings in REMASKED.items():
        given = ["--output", folder / name, "--config=tiny", "--workers=1", *settings]
        succeeds(albert_data("remask", tokens, *given))
    return {name: content(folder / name) for name in REMASKED}


def variants_of(folder) -> dict:
    return {name: content(folder / name) for name in REMASKED}


def test_every_variant_is_the_bytes_of_a_remask_of_its_own(made, remasked):
    assert variants_of(made[0]) == remasked
    assert leftovers(made[0]) == []


@pytest.mark.slow
def test_two_workers_make_the_same_bytes(tmp_path, tokens, grid_file, remasked):
    folder = tmp_path / "grid"
    succeeds(finish(start(*command(grid_file, tokens, folder, "--workers=2"))))
    assert variants_of(folder) == remasked


def test_every_variant_is_a_shard_set_that_verifies(made):
    for name in REMASKED:
        succeeds(albert_data("verify", made[0] / name))


def test_the_table_and_the_file_say_what_each_variant_is(made):
    folder, result = made
    report = json.loads((folder / "ablation.json").read_text())
    variants = {variant["name"]: variant for variant in report["variants"]}
    assert report["schema_version"] == 2 and list(variants) == list(REMASKED)
    assert variants["once"]["differs"] == {"pairs.dupe_factor": 1, "masking.max_ngram": 2}
    assert variants["again"]["differs"] == {}
    for name, variant in variants.items():
        manifest = json.loads((folder / name / "manifest.json").read_text())
        assert variant["records"] == manifest["totals"]["examples"]
        assert variant["bytes"] == manifest["totals"]["shard_bytes"]
        assert variant["configuration"] == manifest["fingerprints"]["configuration"]
        assert variant["seconds"] >= 0
        assert f"pair {name} 100%" in result.err and f"assemble {name} 100%" in result.err
        assert f"{variant['records']:,}" in result.err
    assert "pairs.objective=nsp" in result.err and "(the base)" in result.err
    assert result.out.strip() == str(folder / "ablation.json")


@pytest.mark.parametrize("exchange", [PAIR, MASK])
def test_blocks_and_pairs_that_variants_share_are_made_once(
    tmp_path, made, tokens, grid_file, monkeypatch, exchange
):
    calls: dict[str, int] = {}

    def counted(module, name):
        function = getattr(module, name)

        def call(*arguments, **named):
            calls[name] = calls.get(name, 0) + 1
            return function(*arguments, **named)

        monkeypatch.setattr(module, name, call)

    stages._placed_pairs.cache_clear()
    stages.read_words.cache_clear()
    for module, name in (
        (stages, "write_block"),
        (stages, "place_pairs"),
        (stages, "read_documents"),
        (pair_stages, "write_pair_block"),
        (pair_stages, "write_mapped"),
    ):
        counted(module, name)
    monkeypatch.setattr(launch, "exchange_of", lambda engine, home: exchange)
    succeeds(albert_data(*command(grid_file, tokens, tmp_path / "grid", "--workers=1")))
    files = len(json.loads((tokens / "tokens.json").read_text())["files"])
    assert files == 5
    # Blocks a file: of sop, again and gzip one a dupe; nsp and max_length=48 two; once one.
    if exchange == MASK:
        assert calls["write_block"] == files * (2 + 2 + 2 + 1)
        assert "write_mapped" not in calls
    else:  # of what is masked otherwise, too, the pairs are the same
        assert calls["write_pair_block"] == files * (2 + 2 + 2)
        assert calls["write_mapped"] == files
    # Pairs a file and dupe: of sop (with again, gzip and once), nsp, max_length=48.
    assert calls["place_pairs"] == files * 2 * 3
    assert calls["read_documents"] <= files * 2
    for name in REMASKED:
        assert content(tmp_path / "grid" / name) == content(made[0] / name)


def test_a_finished_grid_is_left_as_it_is(tmp_path, made, tokens, grid_file):
    folder = tmp_path / "grid"
    shutil.copytree(made[0], folder)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("shards-*")}
    result = succeeds(albert_data(*command(grid_file, tokens, folder)))
    assert result.err.count("is complete already") == len(REMASKED)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("shards-*")} == before
    known = json.loads((made[0] / "ablation.json").read_text())
    assert json.loads((folder / "ablation.json").read_text()) == known


def test_a_new_variant_is_made_and_the_others_are_kept(tmp_path, made, tokens, grid_file, remasked):
    folder, grown = tmp_path / "grid", tmp_path / "grown.yaml"
    shutil.copytree(made[0], folder)
    grown.write_text(GRID.replace("  again: {}\n", "  half: {masking.rate: 0.075}\n"))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("shards-*")}
    succeeds(albert_data(*command(grown, tokens, folder, "--workers=1")))
    for path, time in before.items():
        assert path.stat().st_mtime_ns == time
    succeeds(albert_data("verify", folder / "half"))
    names = [v["name"] for v in json.loads((folder / "ablation.json").read_text())["variants"]]
    assert sorted(names) == sorted([*REMASKED, "half"])  # `again` left the grid, not the folder


def test_a_variant_that_changed_is_refused_with_what_changed(tmp_path, made, tokens):
    folder, changed = tmp_path / "grid", tmp_path / "changed.yaml"
    shutil.copytree(made[0], folder)
    changed.write_text(GRID.replace("objective: nsp", "objective: none"))
    result = albert_data(*command(changed, tokens, folder))
    fails(result, "grid/nsp", "config.pairs.objective nsp → none", code=2)
    assert content(folder / "nsp") == content(made[0] / "nsp")


MOMENTS = [
    ("before", ".block", 6),
    ("after", "/grid/nsp/shards-00001-", 1),
    ("before", "/manifest.json", 3),
]


@pytest.mark.parametrize(
    "moments", [MOMENTS[2:], pytest.param(MOMENTS, marks=pytest.mark.slow)], ids=["last", "all"]
)
def test_a_killed_grid_is_resumed_to_the_same_bytes(tmp_path, tokens, grid_file, remasked, moments):
    folder = tmp_path / "grid"
    for when, text, number in moments:
        blocks = {p: p.stat().st_mtime_ns for p in folder.glob("work/blocks/[0-9a-f]*.block")}
        process = start(
            *command(grid_file, tokens, folder, "--workers=1"),
            **stop_at(tmp_path, when, text, number),
        )
        assert finish(process).code == -signal.SIGKILL
        assert {p: p.stat().st_mtime_ns for p in blocks} == blocks
    assert len(list(folder.glob("*/manifest.json"))) == 2
    succeeds(albert_data(*command(grid_file, tokens, folder, "--workers=1")))
    assert variants_of(folder) == remasked and leftovers(folder) == []
    assert not (folder / "work").exists()


def test_other_vocabularies_get_caches_of_their_own(
    tmp_path, tokens, vocabulary_file, example_sources
):
    from albert_data.config.settings import Config
    from albert_data.tokens.train_vocabulary import train_vocabulary

    train_vocabulary(example_sources, tmp_path / "small.model", 1000, Config())
    grid = tmp_path / "grid.yaml"
    grid.write_text(
        f"""\
base: {{config: tiny}}
variants:
  given: {{}}
  small: {{vocabulary: {tmp_path}/small.model}}
  small-nsp: {{vocabulary: {tmp_path}/small.model, pairs.objective: nsp}}
  cased: {{tokens.normalization: albert-cased, tokens.max_unknown: 1}}
"""
    )
    folder = tmp_path / "made"
    result = succeeds(albert_data(*command(grid, tokens, folder, *CORPUS, "--workers=1")))
    assert "tokenize 100%" in result.err
    caches = sorted(path.name for path in folder.glob("tokens-*"))
    assert caches == ["tokens-cased", "tokens-small"]
    own = ["--vocab", tmp_path / "small.model", "--config=tiny", "--workers=1"]
    succeeds(albert_data("build", *CORPUS, "--output", tmp_path / "alone", *own))
    assert content(folder / "small") == content(tmp_path / "alone")
    cased = json.loads((folder / "cased/manifest.json").read_text())
    assert cased["config"]["tokens"]["normalization"] == "albert-cased"
    assert cased["vocabulary"]["size"] == 2000
    again = succeeds(albert_data(*command(grid, tokens, folder, *CORPUS, "--workers=1")))
    assert again.err.count("is complete already") == 4


def refuses(tmp_path, tokens, text, *expected, more=()):
    (tmp_path / "g.yaml").write_text(text)
    cache = ["--tokens", tokens] if tokens else []
    given = ["ablate", tmp_path / "g.yaml", *cache, "--output", tmp_path / "out", *more]
    fails(albert_data(*given), *expected, code=2)
    assert not (tmp_path / "out").exists()


def test_what_a_grid_lacks_is_asked_for(tmp_path, tokens):
    own = "variants: {a: {vocabulary: my.model}}"
    refuses(
        tmp_path, tokens, own, "g.yaml line 1, variant a", "a token cache of its own", "--source"
    )
    refuses(tmp_path, None, "variants: {a: }", "line 1, variant a", "name one with --tokens")
    cased = "variants: {a: {tokens.normalization: albert-cased}}"
    refuses(tmp_path, None, cased, "has no vocabulary", "vocabulary: FILE.model", more=CORPUS)
    refuses(
        tmp_path, tokens, "variants: {a: }", "--source: no variant", "leave it out", more=CORPUS
    )
    refuses(tmp_path, tokens, "variants: {a: {sed: 1}}", "g.yaml line 1", "did you mean seed?")


def test_a_folder_with_other_things_is_refused(tmp_path, made, tokens, grid_file, tiny_build):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine.txt").write_text("mine")
    fails(albert_data(*command(grid_file, tokens, tmp_path / "full")), "other files (mine.txt)")
    fails(albert_data(*command(grid_file, tokens, tiny_build)), "holds other files")
    fails(albert_data("remask", tokens, "--output", made[0]), "other files (ablation.json")


SUBSETS = """\
base: {config: tiny}
variants:
  all: {}
  wikipedia: {pairs.sources: "wikipedia:*"}
  one-book: {pairs.sources: "books:the_goose*"}
"""


def test_a_subset_of_the_sources_is_the_shards_of_a_build_from_it_alone(
    tmp_path, tokens, vocabulary_file
):
    (tmp_path / "grid.yaml").write_text(SUBSETS)
    folder = tmp_path / "grid"
    succeeds(albert_data(*command(tmp_path / "grid.yaml", tokens, folder, "--workers=1")))
    books, wikipedia = CORPUS
    goose = f"{books}/the_goose_of_little_wending.txt"
    totals = {}
    for name, source in (("wikipedia", wikipedia), ("one-book", goose)):
        alone = tmp_path / f"alone-{name}"
        given = ["--vocab", vocabulary_file, "--config=tiny", "--workers=1"]
        succeeds(albert_data("build", source, "--output", alone, *given))
        made, expected = content(folder / name), content(alone)
        shards = [file for file in expected if file.startswith("shards-")]
        assert len(shards) == 4
        assert [made[shard] for shard in shards] == [expected[shard] for shard in shards]
        own, other = (json.loads((f / "manifest.json").read_text()) for f in (folder / name, alone))
        assert own["totals"] == other["totals"] and own["sources"] == other["sources"]
        totals[name] = own
        succeeds(albert_data("verify", folder / name))
    everything = json.loads((folder / "all/manifest.json").read_text())
    left_out = totals["wikipedia"]["statistics"]["pairs"]["documents_of_other_sources"]
    assert left_out == 4  # the books
    assert totals["wikipedia"]["totals"]["documents"] + left_out == 61
    assert everything["totals"]["documents"] == 61
    card = (folder / "wikipedia/README.md").read_text()
    assert "| documents of other sources (`pairs.sources`) | 4 | |" in card
    assert "| `pairs.sources` | wikipedia:* |" in card


def test_sources_that_the_cache_does_not_have_are_refused(tmp_path, tokens):
    text = "variants: {a: {pairs.sources: 'wikipdia:*'}}"
    refuses(tmp_path, tokens, text, "no source matches 'wikipdia:*'", "wikipedia:wikipedia.xml")
