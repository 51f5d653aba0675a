"""`<unk>`: counted where it arises, named for what it is, and refused where it is too much."""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from msgspec import convert

from albert_data.base.errors import DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document
from albert_data.schema import CacheSettings, IndexedFile, TokenFile, TokenIndex
from albert_data.tokens.source_patterns import select_sources
from albert_data.tokens.token_file import without_documents, write_token_file
from albert_data.tokens.unknown import (
    COUNTED,
    describe,
    kind_of,
    refuse_unknown,
    unknown_characters,
    unknown_pieces,
)
from albert_data.tokens.vocabulary import Vocabulary, vocabulary_from
from albert_data.tokens.writer import TokenWriter
from tests import corpora
from tests.command_line import albert_data, fails, succeeds

SPECIAL = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]"]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    """All lower-case letters and a full stop are known."""
    return vocabulary_from(corpora.model_of([*SPECIAL, "▁", ".", *map(chr, range(97, 123))]), "a")


@pytest.mark.parametrize(
    ("char", "kind"),
    [
        ("я", "Cyrillic letters"), ("Я", "Cyrillic capital letters"), ("T", "Latin capital letters"),
        ("中", "CJK letters"), ("ひ", "Hiragana letters"), ("“", "punctuation"), ("7", "digits"),
        ("€", "symbols"), ("🙂", "symbols"), ("\u0301", "combining marks"), ("\ufe0f", "symbols"),
        ("\ue000", "other characters"),
    ],
)  # fmt: skip
def test_a_character_is_named_for_people(char: str, kind: str) -> None:
    assert kind_of(char) == kind


def test_characters_without_a_piece_are_counted_by_kind(vocabulary: Vocabulary) -> None:
    found = unknown_characters(["the Mill.", "мил and “мил”", "a b"], vocabulary)
    assert found == {"Latin capital letters": 1, "Cyrillic letters": 6, "punctuation": 2}
    assert unknown_characters(["the mill."], vocabulary) == {}


def write(folder: Path, vocabulary: Vocabulary, *texts: str) -> tuple[list[TokenFile], Tally]:
    tally = Tally()
    writer = TokenWriter(
        folder, "a", vocabulary, splitter(SentenceSettings("lines")), NORMALIZERS["albert-cased"],
        2**20, SourceSettings(), tally,
    )  # fmt: skip
    for number, text in enumerate(texts):
        writer.add(f"text:{number % 2}.txt", Document(str(number), "", [text]))
    return writer.close(), tally


TEXTS = ["the mill.", "мил stands.", "a Mill and a Mill.", "no.", "all."]


def test_a_token_file_says_how_many_pieces_of_each_source_are_unknown(tmp_path, vocabulary) -> None:
    files, tally = write(tmp_path, vocabulary, *TEXTS)
    table = pq.read_table(tmp_path / files[0].path)
    counts = Counter[str]()
    for source, pieces in zip(
        table["source"].to_pylist(), table["pieces"].to_pylist(), strict=True
    ):
        counts[source] += pieces.count(vocabulary.unk)
    assert files[0].unknown == {source: n for source, n in counts.items() if n} != {}
    assert unknown_pieces(files) == sum(counts.values())
    assert tally.counts[COUNTED + "Cyrillic letters"] == 3
    rows = np.array([False, True, False, False, False])
    left = without_documents(tmp_path, files[0], rows, vocabulary.unk)
    assert left and left.unknown == {"text:0.txt": counts["text:0.txt"]}
    assert write_token_file(tmp_path / "b.parquet", [table]).unknown is None


def test_a_token_file_of_an_older_version_is_read_and_says_nothing() -> None:
    file = TokenFile("a", 1, 1, 1, 1, 1, "", {"text:a": [1, 1, 1]})
    old = dataclasses.asdict(file)
    del old["unknown"]
    assert convert(old, TokenFile) == file
    assert unknown_pieces([file]) is None
    assert describe(None, 5, {}) == "not counted"


def index(unknown: dict[str, int] | None, kinds: dict[str, int]) -> TokenIndex:
    file = IndexedFile(
        "a", 2, 9, 1000, 1, 1, "", {"text:a": [1, 4, 600], "text:b": [1, 5, 400]}, unknown
    )
    settings = CacheSettings({}, {}, {}, {}, None, 1)  # type: ignore[arg-type]
    counts = Tally({COUNTED + kind: n for kind, n in kinds.items()}).counted()
    return TokenIndex(settings, ["text:a", "text:b"], [file], counts)


CAUSES = [
    ({"CJK letters": 90, "punctuation": 10}, "another language.*CJK", "--vocab of this language"),
    ({"Cyrillic capital letters": 5, "Cyrillic letters": 60}, "with Cyrillic letters", "--vocab"),
    ({"Latin capital letters": 30, "symbols": 1}, "capital letters", "normalization=albert"),
    ({"Latin letters": 30}, "letters with marks", "--vocab of this language"),
    ({"digits": 30}, "characters that the vocabulary does not have", "are they prose"),
]


@pytest.mark.parametrize(("kinds", "cause", "fix"), CAUSES)
def test_too_much_is_an_error_that_names_the_cause_and_the_worst_sources(kinds, cause, fix) -> None:
    found = index({"text:a": 6, "text:b": 200}, kinds)
    with pytest.raises(DataError, match=cause) as caught:
        refuse_unknown(found, 0.1)
    assert caught.value.where == "text:b (50.0%); text:a (1.0%)"
    assert fix in caught.value.fix and "--set tokens.max_unknown" in caught.value.fix
    refuse_unknown(found, 0.21)
    refuse_unknown(index(None, kinds), 0)


@pytest.mark.parametrize("kind", ["punctuation", "symbols", "special pieces that are spelled out"])
def test_what_is_no_letter_does_not_count_for_the_limit(kind: str) -> None:
    found = index({"text:a": 600}, {kind: 900, "Greek letters": 100})
    refuse_unknown(found, 0.0601)
    with pytest.raises(DataError, match="letters alone, 6.0% are more"):
        refuse_unknown(found, 0.0599)
    refuse_unknown(index({"text:a": 600}, {kind: 100}), 0)


@pytest.mark.parametrize(("few", "refused"), [(19, False), (20, True)])
def test_a_few_pieces_are_too_few_to_judge_by(few: int, refused: bool) -> None:
    with pytest.raises(DataError) if refused else contextlib.nullcontext():
        refuse_unknown(index({"text:a": few}, {"Greek letters": few}), 0.01)


def test_the_unknown_of_other_sources_are_left_out() -> None:
    chosen = select_sources(index({"text:a": 6, "text:b": 200}, {}), "text:a")
    assert unknown_pieces(chosen.files) == 6


def test_a_build_of_another_language_ends_before_its_shards_and_keeps_its_tokens(
    tmp_path, vocabulary_file
) -> None:
    rows = [
        {"id": n, "text": f"Мельница стоит у воды {n}. Старый мост был построен. Он стоит."}
        for n in range(40)
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    command = [
        "build", f"--source=jsonl:{tmp_path / 'a.jsonl'}", f"--vocab={vocabulary_file}",
        "--config=tiny", "--workers=1", f"--output={tmp_path / 'out'}",
    ]  # fmt: skip
    cause = "tokens.max_unknown (0.02): another language"
    fails(albert_data(*command), cause, "Cyrillic letters", "jsonl:a.jsonl (", code=1)
    parts = sorted((tmp_path / "out/tokens/parts").iterdir())
    before = [path.stat().st_mtime_ns for path in parts]
    result = succeeds(albert_data(*command, "--set=tokens.max_unknown=1"))
    assert [path.stat().st_mtime_ns for path in parts] == before
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["config"]["tokens"]["max_unknown"] == 1
    totals = manifest["totals"]
    assert totals["unknown"] == manifest["corpus"]["jsonl"]["unknown"] > 0.1 * totals["tokens"]
    share = f"{totals['unknown'] / totals['tokens']:.3%} of the pieces (Cyrillic letters"
    assert share in result.err
    assert share in (tmp_path / "out/README.md").read_text()
    succeeds(albert_data("verify", tmp_path / "out"))
    report = albert_data("report", tmp_path / "out", "--output", tmp_path / "page.html")
    assert share in succeeds(report).err


def test_special_pieces_that_stand_in_a_text_are_a_kind_of_their_own(vocabulary) -> None:
    found = unknown_characters(["the [MASK] mill[SEP] М <pad>"], vocabulary)
    assert found == {"special pieces that are spelled out": 3, "Cyrillic capital letters": 1}
