"""The command, on corpora that hold known pieces of known evaluation texts."""

from __future__ import annotations

import json
import re
import shutil
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from albert_data.corpus.normalize import NORMALIZERS
from albert_data.insight.contamination.evaluation import read_sets
from albert_data.schema import Contamination
from albert_data.storage.sealed import read_sealed
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.vocabulary import load_vocabulary
from tests.command_line import albert_data, content, edit, fails, succeeds
from tests.shared import SHARED, needs_shared_data

ONE = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
LONG = "bees keep honey in combs of wax which they make from what flowers give them in summer"
CORPUS = [
    f"It began. Then he said: “{ONE.title()}!” and went.",
    f"{LONG}. A second sentence.",
    f"Nothing is here. {' '.join(LONG.split()[:12])}. It ends.",
]
QUESTIONS = [
    ("So bees keep honey in combs of wax which they make from what flowers, no?", ["flowers"]),
    ("Bees keep honey in combs of wax which?", ["seven words are too short for this"]),
]
EVALUATION = {
    "context": LONG,
    "qas": [{"question": q, "answers": [{"text": a} for a in own]} for q, own in QUESTIONS],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, vocabulary_file) -> Path:
    """A token cache of three documents."""
    folder = tmp_path_factory.mktemp("corpus")
    rows = [{"id": f"d{i}", "title": f"T{i}", "text": text} for i, text in enumerate(CORPUS)]
    (folder / "c.jsonl").write_text("\n".join(map(json.dumps, rows)))
    given = ["--vocab", vocabulary_file, "--output", folder / "tokens", "--workers=1"]
    succeeds(albert_data("tokenize", f"--source=jsonl:{folder / 'c.jsonl'}", *given))
    return folder / "tokens"


@pytest.fixture
def tokens(tmp_path, corpus) -> Path:
    return shutil.copytree(corpus, tmp_path / "tokens")


@pytest.fixture
def squad(tmp_path) -> Path:
    path = tmp_path / "squad" / "dev.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"data": [{"paragraphs": [EVALUATION]}]}))
    return path


def test_contexts_questions_and_answers_are_counted_apart(tokens, squad):
    plain = squad.with_name("plain.txt")
    plain.write_text(f"{ONE}\n")
    made = succeeds(albert_data("contamination", "--tokens", tokens, "--against", squad, plain))
    result = json.loads((tokens / "contamination.json").read_text())
    counted = ("items", "matched", "too_short", "ngrams", "ngrams_found")
    assert made.out == f"{tokens / 'contamination.json'}\n"
    # LONG has 17 words: 5 n-grams. The first question has 15, so 3, of which the second lies in
    # LONG; the second question has 8 and is looked for whole; the answers are too short.
    assert {own["name"]: [own[name] for name in counted] for own in result["sets"]} == {
        "squad/dev.json contexts": [1, 1, 0, 5, 5],
        "squad/dev.json questions": [2, 2, 0, 4, 2],
        "squad/dev.json answers": [2, 0, 2, 0, 0],
        "squad/plain.txt texts": [1, 1, 0, 2, 2],
    }
    # d1 holds LONG and the short question, d2 the latter only; d0 quotes ONE.
    assert [list(document.values()) for document in result["documents"]] == [
        ["jsonl:c.jsonl", "d1", "T1", 6, 5, 2, 0, 0],
        ["jsonl:c.jsonl", "d0", "T0", 2, 0, 0, 0, 2],
        ["jsonl:c.jsonl", "d2", "T2", 1, 0, 1, 0, 0],
    ]
    assert result["overlapping_documents"] == 3
    assert "100.0%" in made.err
    assert read_sealed(tokens / "contamination.json", Contamination) is not None


def test_the_data_card_shows_what_was_found_and_shards_and_manifest_stay_the_same(
    tmp_path, tokens, squad
):
    given = ["--config=tiny.yaml", "--set=checks=warn", "--workers=1"]
    succeeds(albert_data("remask", tokens, "--output", tmp_path / "before", *given))
    succeeds(albert_data("contamination", "--tokens", tokens, "--against", squad))
    succeeds(albert_data("remask", tokens, "--output", tmp_path / "after", *given))
    before, after = tmp_path / "before", tmp_path / "after"
    different = {name for name in content(after) if content(after)[name] != content(before)[name]}
    assert different == {"README.md"}
    assert "Evaluation texts" not in (before / "README.md").read_text()
    row = "| squad/dev.json questions | 2 | 0 | 2 | 50.00% |"
    assert row in (after / "README.md").read_text().splitlines()
    assert (after / "contamination.json").read_text() == (tokens / "contamination.json").read_text()


def test_what_was_found_in_another_corpus_is_not_shown(tmp_path, tokens, squad):
    succeeds(albert_data("contamination", "--tokens", tokens, "--against", squad))
    edit(tokens / "contamination.json", lambda result: result.update(corpus="0" * 64))
    given = ["--config=tiny.yaml", "--set=checks=warn", "--workers=1"]
    succeeds(albert_data("remask", tokens, "--output", tmp_path / "shards", *given))
    assert "Evaluation texts" not in (tmp_path / "shards/README.md").read_text()
    assert not (tmp_path / "shards/contamination.json").exists()


def test_every_text_that_overlaps_is_listed_with_its_place(tmp_path, tokens, squad):
    listed = tmp_path / "overlapping.jsonl"
    given = ["contamination", "--tokens", tokens, "--against", squad]
    plain = succeeds(albert_data(*given))
    assert "which texts these are: --texts FILE" in plain.err
    made = succeeds(albert_data(*given, "--texts", listed))
    assert f"3 texts in {listed}" in made.err and "--texts FILE" not in made.err
    rows = [json.loads(line) for line in listed.read_text().splitlines()]
    place = "article 0, paragraph 0"
    assert [(row["part"], row["place"]) for row in rows] == [
        ("contexts", place),
        ("questions", f"{place}, question"),
        ("questions", f"{place}, question"),
    ]
    assert [(row["ngrams"], row["ngrams_found"]) for row in rows] == [(5, 5), (3, 1), (1, 1)]
    assert rows[0]["text"] == EVALUATION["context"] and rows[0]["file"] == str(squad)


def test_two_results_are_not_written_into_one_file(tmp_path, tokens, squad):
    given = ["--tokens", tokens, "--against", squad]
    for one, other in combinations(("--output", "--exclude", "--texts"), 2):
        both = [one, tmp_path / "x", other, tmp_path / "x"]
        fails(albert_data("contamination", *given, *both), f"{one} and {other} are one file")


def test_what_cannot_be_searched_is_refused(tmp_path, tokens, squad):
    short = tmp_path / "short.txt"
    short.write_text("too short\n")
    for arguments, expected in (
        (["--tokens", squad.parent, "--against", squad], "no complete token cache"),
        (["--tokens", tokens, "--against", short], "no text has the 8 words"),
        (["--tokens", tokens, "--against", tmp_path / "x.json"], "no such file or folder"),
    ):
        fails(albert_data("contamination", *arguments), expected)
    assert not (tokens / "contamination.json").exists()


@needs_shared_data
def test_squads_contexts_are_found_in_a_corpus_made_of_them(tmp_path):
    dev = SHARED / "squad/squad-v1.1-format-xquad-en-part.json"
    model = SHARED / "vocab/albert-30k-clean.model"
    given = ["--vocab", model, "--output", tmp_path / "tokens", "--workers=1"]
    succeeds(albert_data("tokenize", f"--source=squad:{dev}", *given))
    succeeds(albert_data("contamination", "--tokens", tmp_path / "tokens", "--against", dev))
    result = json.loads((tmp_path / "tokens/contamination.json").read_text())
    contexts, questions, answers = result["sets"]
    assert (contexts["items"], contexts["matched"]) == (120, 120)
    assert contexts["ngrams"] == contexts["ngrams_found"]
    assert questions["matched"] < 6 <= answers["matched"]
    assert result["overlapping_documents"] == 24


@needs_shared_data
@pytest.mark.slow
def test_on_real_text_the_search_finds_what_sets_of_decoded_words_have_in_common(tmp_path):
    """SQuAD's and RTE's texts in a Wikipedia excerpt: one text of RTE quotes what Apollo 11 does."""
    model = SHARED / "vocab/albert-30k-clean.model"
    dump = SHARED / "wiki/enwiki-excerpt-206pages.xml.bz2"
    squad, rte = SHARED / "squad/squad-v2.0-dev-part.json", SHARED / "glue/RTE/dev.tsv"
    given = ["--vocab", model, "--output", tmp_path / "tokens", "--workers=1"]
    succeeds(albert_data("tokenize", f"--source=wikipedia:{dump}", *given))
    succeeds(albert_data("contamination", "--tokens", tmp_path / "tokens", "--against", squad, rte))
    result = json.loads((tmp_path / "tokens/contamination.json").read_text())

    processor = load_vocabulary(model).processor

    def words(ids: list[int]) -> list[str]:
        return re.findall(r"[a-z0-9]+", processor.decode(ids))

    def ngrams(words: list[str], n: int) -> set[tuple[str, ...]]:
        return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}

    tables = [pq.read_table(path) for path in (tmp_path / "tokens/parts").glob("*.parquet")]
    rows = [row for table in tables for row in table.to_pylist()]
    documents = {row["id"]: words(row["pieces"]) for row in rows}
    corpus = {n: set().union(*(ngrams(d, n) for d in documents.values())) for n in range(8, 14)}
    encode, asked = Encoder(load_vocabulary(model)).encode, set()
    for own in read_sets([str(squad), str(rte)]):
        for part, texts in own.parts.items():
            ids, lengths = encode(NORMALIZERS["albert"](texts))
            split = [words(one.tolist()) for one in np.split(ids, np.cumsum(lengths)[:-1])]
            wanted = [ngrams(w, min(len(w), 13)) if len(w) >= 8 else set() for w in split]
            asked |= set().union(*wanted)
            matched = sum(any(ngram in corpus[len(ngram)] for ngram in w) for w in wanted)
            found = next(s for s in result["sets"] if s["name"].endswith(f"{own.name[-8:]} {part}"))
            assert (found["items"], found["matched"]) == (len(texts), matched), found["name"]
    holding = {
        name for name, d in documents.items() if any(ngrams(d, n) & asked for n in range(8, 14))
    }
    assert {document["id"] for document in result["documents"]} == holding == {"662"}
    assert [s["matched"] for s in result["sets"]] == [0, 0, 0, 1]


def test_documents_from_the_threshold_on_are_listed_and_left_out_of_another_cache(
    tmp_path, tokens, corpus, squad, vocabulary_file
):
    listed = tmp_path / "documents.txt"
    given = ["--tokens", tokens, "--against", squad, "--exclude", listed, "--threshold=2"]
    made = succeeds(albert_data("contamination", *given))
    assert f"1 document in {listed}" in made.err
    assert listed.read_text().splitlines()[2:] == ["jsonl:c.jsonl\td1"]
    result = json.loads((tokens / "contamination.json").read_text())
    assert result["excluded"] == {"threshold": 2, "documents": 1}

    source = f"--source=jsonl:{corpus.parent / 'c.jsonl'}"
    clean = ["--output", tmp_path / "clean", "--vocab", vocabulary_file, "--workers=1"]
    succeeds(albert_data("tokenize", source, *clean, "--exclude", listed))
    succeeds(albert_data("contamination", "--tokens", tmp_path / "clean", "--against", squad))
    again = json.loads((tmp_path / "clean/contamination.json").read_text())
    assert [document["id"] for document in again["documents"]] == ["d2"]
