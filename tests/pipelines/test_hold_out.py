"""Documents held out of training, through the command line: which they are, and that they stay out."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pyarrow.parquet as pq
import pytest

from albert_data.insight.shard_set import open_shards
from albert_data.tokens.vocabulary import load_vocabulary
from tests.command_line import (
    CORPUS,
    MERGING,
    SMALL,
    albert_data,
    content,
    fails,
    finish,
    leftovers,
    start,
    succeeds,
)

NAMES = ["source", "document"]


def documents(folder, *columns) -> set:
    """Names of the documents that the segments of a set's records are of."""
    columns = columns or NAMES
    rows = set()
    for path in folder.glob("provenance-*"):
        rows |= set(map(tuple, pq.read_table(path).select(columns).to_pandas().to_numpy()))
    return {row for row in rows if row[0]}


def manifest_of(folder) -> dict:
    return json.loads((folder / "manifest.json").read_text())


@pytest.fixture(scope="module")
def held(tmp_path_factory, vocabulary_file):
    """A build of which documents are held out, in token files of 40 kB."""
    folder = tmp_path_factory.mktemp("held") / "shards"
    given = ["--vocab", vocabulary_file, "--output", folder, *SMALL, "--workers=1"]
    return folder, succeeds(albert_data("build", *CORPUS, *given, "--hold-out=15%"))


@pytest.fixture(scope="module")
def chosen(held):
    return documents(held[0] / "held-out")


def test_every_document_is_on_one_side(held, chosen):
    folder, _ = held
    trained = documents(folder)
    assert chosen and not chosen & trained
    parts = manifest_of(folder)["hold_out"], manifest_of(folder / "held-out")["hold_out"]
    assert [part["part"] for part in parts] == ["training", "held-out"]
    assert parts[0]["documents"] == parts[1]["documents"] >= len(chosen)
    counts = [manifest_of(f)["totals"]["documents"] for f in (folder, folder / "held-out")]
    assert counts == [parts[0]["of"] - parts[0]["documents"], parts[0]["documents"]]
    assert parts[0]["records"] == manifest_of(folder / "held-out")["totals"]["examples"]
    assert leftovers(folder) == leftovers(folder / "held-out") == []


def test_both_sets_verify_and_the_build_says_what_was_held_out(held):
    folder, result = held
    assert "held out" in result.err and "in held-out/" in result.err
    told = succeeds(albert_data("verify", folder)).err
    assert f"{folder / 'held-out'} is as its manifest claims" in told
    assert (
        "| documents held out of training (`hold_out` 15%) |" in (folder / "README.md").read_text()
    )


def test_two_worker_processes_and_merged_blocks_hold_out_the_same_bytes(
    tmp_path, held, vocabulary_file
):
    folder = tmp_path / "b"
    process = start(
        "build", *CORPUS[::-1], "--vocab", vocabulary_file, "--output", folder, *SMALL,
        "--workers=2", "--hold-out=0.15", program=MERGING,
    )  # fmt: skip
    succeeds(finish(process))
    assert content(folder) == content(held[0])
    assert content(folder / "held-out") == content(held[0] / "held-out")


def test_beam_holds_out_and_leaves_out_the_same_bytes(tmp_path, held, vocabulary_file):
    folder = tmp_path / "b"
    given = ["--vocab", vocabulary_file, "--output", folder, *SMALL, "--runner=DirectRunner"]
    succeeds(albert_data("build", *CORPUS, *given, "--hold-out=15%"))
    assert content(folder) == content(held[0])
    assert content(folder / "held-out") == content(held[0] / "held-out")
    for name in ("left_out.parquet", "tokens/left_out.parquet", "held-out/left_out.parquet"):
        assert (folder / name).read_bytes() == (held[0] / name).read_bytes()


def test_without_the_option_nothing_is_held_out(tiny_build):
    assert not (tiny_build / "held-out").exists()
    assert manifest_of(tiny_build)["hold_out"] is None
    assert "held out" not in (tiny_build / "README.md").read_text()


VARIANTS = {
    "nsp": ["--set=pairs.objective=nsp", "--set=pairs.max_length=48"],
    "masks": [
        "--config=tiny",
        "--set=masking.rate=0.3",
        "--set=pairs.dupe_factor=1",
        "--set=seed=3",
    ],
    "dynamic": ["--set=masking.mode=dynamic"],
    "wikipedia": ["--set=pairs.sources=wikipedia:*"],
}


@pytest.mark.parametrize("name", VARIANTS)
def test_variants_of_the_same_tokens_hold_out_the_same_documents(tmp_path, held, chosen, name):
    folder = tmp_path / name
    given = ["--output", folder, "--workers=1", *VARIANTS[name]]
    succeeds(albert_data("remask", held[0] / "tokens", *given))
    own, trained = documents(folder / "held-out"), documents(folder)
    assert own == chosen and not own & trained
    if name == "nsp":
        seconds = documents(folder, "x2_source", "x2_document")
        assert seconds and not seconds & chosen
        assert documents(folder / "held-out", "x2_source", "x2_document") <= chosen
    succeeds(albert_data("verify", folder))


def test_a_grid_holds_out_the_same_documents_also_of_another_vocabulary(
    tmp_path, held, chosen, vocabulary_file
):
    grid = tmp_path / "grid.yaml"
    grid.write_text(
        "base: {config: tiny, pairs.dupe_factor: 1}\nvariants:\n"
        "  once: {}\n  nsp: {pairs.objective: nsp}\n"
        "  cased: {tokens.normalization: albert-cased, tokens.max_unknown: 1}\n"
    )
    given = ["--tokens", held[0] / "tokens", "--output", tmp_path / "grid", "--workers=1", *CORPUS]
    succeeds(albert_data("ablate", grid, *given))
    for name in ("once", "nsp", "cased"):
        folder = tmp_path / "grid" / name
        assert documents(folder / "held-out") == chosen
        assert not documents(folder) & chosen


def test_a_grid_whose_variants_hold_out_others_is_refused(tmp_path, held):
    grid = tmp_path / "grid.yaml"
    grid.write_text("base: {config: tiny}\nvariants: {a: {hold_out: 15%}, b: {hold_out: 4}}\n")
    given = ["--tokens", held[0] / "tokens", "--output", tmp_path / "grid"]
    fails(albert_data("ablate", grid, *given), "hold_out is 4", "15% is held out", code=2)


@pytest.mark.parametrize("option", ["--hold-out=3", "--hold-out=0", "--set=hold_out=2%"])
def test_other_documents_of_the_same_tokens_are_refused(tmp_path, held, option):
    result = albert_data("remask", held[0] / "tokens", "--output", tmp_path / "b", option)
    fails(result, "15% is held out", code=2)


def test_documents_may_be_held_out_of_a_cache_that_was_made_for_none(tmp_path, tiny_build):
    given = ["--output", tmp_path / "b", "--workers=1", "--hold-out=5"]
    succeeds(albert_data("remask", tiny_build / "tokens", *given))
    part = manifest_of(tmp_path / "b")["hold_out"]
    assert (part["documents"], part["wish"]) == (5, "5")


def test_a_larger_share_holds_out_the_same_and_more(tmp_path, tiny_build, chosen):
    given = ["--output", tmp_path / "b", "--workers=1", "--hold-out=30%"]
    succeeds(albert_data("remask", tiny_build / "tokens", *given))
    assert chosen < documents(tmp_path / "b/held-out")


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("--hold-out=0.0001%", "no document is held out of 61"),
        ("--hold-out=99.9999%", "no document is left to train on of 61"),
        ("--hold-out=61", "61 documents of 61 cannot be held out"),
    ],
)
def test_a_wish_that_leaves_a_side_empty_is_refused(tmp_path, tiny_build, option, problem):
    given = ["--output", tmp_path / "b", "--workers=1", option]
    fails(albert_data("remask", tiny_build / "tokens", *given), problem, code=1)


def test_sources_of_which_no_document_is_held_out_are_refused(tmp_path, held):
    given = ["--output", tmp_path / "b", "--workers=1", "--set=pairs.sources=books:*"]
    result = albert_data("remask", held[0] / "tokens", *given)
    fails(result, "no document of these sources is held out", "hold_out 15%", code=1)


def test_a_lost_held_out_folder_is_made_anew_and_the_shards_are_kept(
    tmp_path, held, vocabulary_file
):
    folder = tmp_path / "shards"
    shutil.copytree(held[0], folder)
    shutil.rmtree(folder / "held-out")
    fails(albert_data("verify", folder), "held out of these are not there", code=1)
    before = {p: p.stat().st_mtime_ns for p in folder.glob("shards-*")}
    given = ["--vocab", vocabulary_file, "--output", folder, *SMALL, "--workers=1"]
    succeeds(albert_data("build", *CORPUS, *given, "--hold-out=15%"))
    assert content(folder / "held-out") == content(held[0] / "held-out")
    assert {p: p.stat().st_mtime_ns for p in folder.glob("shards-*")} == before


# ---- a corpus in which a word tells the document


COMMON = 200  # the first pieces are letters and special ones


@pytest.fixture(scope="module")
def words(vocabulary_file) -> list[tuple[str, int]]:
    """Words of one piece of letters, and the piece."""
    vocabulary = load_vocabulary(vocabulary_file)
    found = []
    for piece in range(COMMON, vocabulary.size):
        text = vocabulary.processor.id_to_piece(piece)
        if text[0] == "▁" and text[1:].isalpha() and text.isascii() is False and len(text) > 4:
            found.append((text[1:], piece))
    return found[:120]


@pytest.fixture(scope="module")
def worded(tmp_path_factory, words, vocabulary_file):
    """The folder of shards of documents of one word each, the last twenty of them twice under two names."""
    home = tmp_path_factory.mktemp("worded")
    rows = []
    for number, (word, _) in enumerate(words):
        text = "\n".join([f"{word} " * 6] * 8)
        rows.append({"id": f"d{number}", "text": text})
        if number >= 100:
            rows.append({"id": f"again-{number}", "text": text})
    (home / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    settings = ["masking.random_probability=0", "masking.mask_probability=0.9"]
    settings += ["pairs.objective=nsp", "tokens.part_bytes=4000"]

    def build(name, *options):
        succeeds(
            albert_data(
                "build", f"--source=jsonl:{home / 'c.jsonl'}", "--vocab", vocabulary_file,
                "--config=tiny", "--sentences=lines", "--output", home / name, "--workers=1",
                *(f"--set={setting}" for setting in settings), *options,
            )
        )  # fmt: skip
        return home / name

    return build


def pieces(folder, special) -> set[int]:
    """All pieces of the text of a set's records, the masked ones too."""
    shards = open_shards(folder)
    found: set[int] = set()
    for file in shards.files:
        for _, batch in shards.examples(file):
            found |= set(np.unique(batch.input_ids)) | set(np.unique(batch.masked_lm_ids))
    return found - special


def test_no_word_of_a_held_out_document_stands_in_a_training_record(worded, vocabulary_file):
    folder = worded("nsp", "--hold-out=25%", "--set=tokens.dedup=minhash")
    special = {*load_vocabulary(vocabulary_file).identity().special_ids.values(), 0}
    trained, tested = pieces(folder, special), pieces(folder / "held-out", special)
    assert len(tested) > 10 and len(trained) > 60
    assert not trained & tested
    part = manifest_of(folder)["hold_out"]
    assert part["repeated"] == 0
    assert "tokens.dedup=minhash had left repeated" in (folder / "README.md").read_text()
    assert manifest_of(folder / "held-out")["statistics"]["labels"][1] > 0


def test_held_out_documents_that_a_training_document_repeats_are_counted_and_told(worded):
    folder = worded("repeated", "--hold-out=25%")
    rows = documents(folder / "held-out", "document")
    twice = {name for (name,) in rows if name.startswith("again-")}
    twice |= {f"again-{name[1:]}" for (name,) in rows if name[0] == "d" and int(name[1:]) >= 100}
    both = {f"again-{n}" for n in range(100, 120) if {(f"again-{n}",), (f"d{n}",)} <= rows}
    part = manifest_of(folder)["hold_out"]
    assert part["repeated"] == len(twice - both) > 0
    assert f"{part['repeated']} of {part['documents']} are nearly repeated" in (
        (folder / "README.md").read_text()
    )


def test_a_held_out_set_of_another_build_is_told_from_its_own(tmp_path, held, tiny_build):
    folder = tmp_path / "shards"
    shutil.copytree(held[0], folder)
    shutil.rmtree(folder / "held-out")
    shutil.copytree(tiny_build, folder / "held-out")
    fails(albert_data("verify", folder), "not the documents that were held out", code=1)


@pytest.mark.parametrize("wrong", ["70", "0.0001%"])
@pytest.mark.parametrize("mended", [["--hold-out=2"], []])
def test_a_wish_that_cannot_be_met_binds_no_later_one(tmp_path, vocabulary_file, wrong, mended):
    folder = tmp_path / "out"
    given = [
        "build",
        *CORPUS,
        "--vocab",
        vocabulary_file,
        "--output",
        folder,
        *SMALL,
        "--workers=1",
    ]
    fails(albert_data(*given, f"--hold-out={wrong}"), f"hold_out {wrong}")
    succeeds(albert_data(*given, *mended))
    held = manifest_of(folder)["hold_out"]
    assert (held and held["wish"]) == (mended[0].rpartition("=")[2] if mended else None)
    variant = succeeds(albert_data("remask", folder / "tokens", "--output", tmp_path / "variant"))
    assert "hold_out" not in variant.err
