"""`verify --foreign`: what is reached without a model, evaluation texts in the records, and the page."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import numpy as np
import pytest

from albert_data.base.errors import ConfigError, DataError
from albert_data.insight.contamination.words import table_of_texts, words_of_texts
from albert_data.insight.foreign.audit import audit
from albert_data.insight.foreign.page import page_of
from tests.browser import look, needs_chromium
from tests.command_line import albert_data, succeeds
from tests.insight.foreign import made
from tests.insight.foreign.test_audit import WRITERS


@pytest.fixture(scope="module")
def examples():
    return made.examples(600, seed=3, objective="nsp")


def words_of(example: made.Example) -> list[str]:
    """The words of x1, before masking."""
    tokens = list(example.tokens)
    for place, label in zip(example.positions, example.labels, strict=True):
        tokens[place] = label
    words: list[str] = []
    for token in tokens[1 : example.middle]:
        piece = made.PIECES[token]
        if piece.startswith("##") and words:
            words[-1] += piece[2:]
        else:
            words.append(piece.removeprefix("##"))
    return words


@pytest.fixture
def evaluation(tmp_path, examples):
    """Two texts: 14 words of record 5 in capitals and punctuation, and one that stands nowhere."""
    there = ", ".join(words_of(examples[5])[1:15]).upper()
    nowhere = " ".join(f"elsewhere{n}" for n in range(20))
    path = tmp_path / "test.txt"
    path.write_text(f"{there}.\n\n{nowhere}\n")
    return path


@pytest.mark.parametrize("form", WRITERS)
def test_evaluation_texts_are_found_in_every_form(tmp_path, form, examples, evaluation):
    write, name = WRITERS[form]
    path = write(tmp_path / name, examples)
    found = audit(path, made.vocabulary(tmp_path), evaluation=[str(evaluation)]).evaluation
    (texts,) = found.sets
    assert (texts.items, texts.matched, texts.too_short) == (2, 1, 0)
    assert (texts.ngrams_found, texts.ngrams) == (2, 2 + 8)
    assert found.overlapping_records == 1


def test_texts_are_not_looked_for_without_texts_of_pieces(tmp_path, examples, evaluation):
    path = made.tfrecord(tmp_path / "a.tfrecord", examples)
    with pytest.raises(ConfigError, match="--vocab"):
        audit(path, evaluation=[str(evaluation)])
    short = tmp_path / "short.txt"
    short.write_text("Too short.\n")
    with pytest.raises(DataError, match="no text has the 8 words"):
        audit(path, made.vocabulary(tmp_path), evaluation=[str(short)])


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        (["▁play", "ing", "▁", "(", "ball", ")"], "playing (ball)"),
        (["play", "##ing", "(", "ball", ")"], "playing (ball)"),
        (["play", "##ing", "ball"], "Playing ball"),
        (["don", "'", "t", "u", "##.", "##s"], "don't U.S"),
    ],
)
def test_words_by_pieces_and_by_characters_are_the_same(pieces, text):
    ids = np.arange(len(pieces), dtype=np.int32)
    by_pieces, _ = table_of_texts(pieces).words(ids, np.array([0, len(ids)]))
    by_characters, ends = words_of_texts([text])
    assert by_pieces.tolist() == by_characters.tolist() and ends[-1] == len(by_pieces)


def test_figures_without_a_model_are_told_with_what_is_not_known(tmp_path):
    path = made.tfrecord(tmp_path / "a.tfrecord", made.examples(2000, seed=1, objective="nsp"))
    found = audit(path, made.vocabulary(tmp_path)).difficulty
    assert found.cosine.value > 0.8 and found.entropy.n > 10_000
    assert found.documents is None
    assert any("documents are unknown" in note for note in found.notes)


class _Text(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(source)

    def handle_data(self, data):
        self.text += data


def test_the_page_and_the_table_say_the_same(tmp_path, examples, evaluation):
    path = made.tfrecord(tmp_path / "<a>.tfrecord", examples)
    page = tmp_path / "audit.html"
    told = ["verify", "--foreign", path, "--vocab", made.vocabulary(tmp_path)]
    told += ["--evaluation", evaluation]
    shown = succeeds(albert_data(*told, "--output", page)).out
    text = _Text(page.read_text()).text
    for words in ("label 1", "What a model must beat", "idf cosine", "<a>.tfrecord", "test.txt"):
        assert words in text
    assert "<a>" not in page.read_text() and "://" not in page.read_text()
    assert "without a model" in shown and "records that hold evaluation text: 1" in shown
    figures = json.loads(succeeds(albert_data(*told, "--json")).out)
    assert figures["evaluation"]["overlapping_records"] == 1
    assert figures["difficulty"]["records"] == 600


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"one_sentence": 0.2}, "as the reference, not as the law"),
        ({"objective": "nsp", "masking": "pieces"}, "as the reference, not as the law"),
    ],
)
def test_known_defects_are_no_green_page(tmp_path, given, said):
    found = audit(
        made.tfrecord(tmp_path / "a", made.examples(2000, **given)), made.vocabulary(tmp_path)
    )
    page = page_of(found)
    assert said in page and "✓" not in page
    assert page.count('class="verdict known">as the reference') == sum(
        one.verdict == "reference" for one in found.findings
    )


def test_a_page_of_shards_by_the_law_is_green(tiny_build):
    page = page_of(audit(tiny_build))
    assert "✓ as the law" in page and "verdict known" not in page and "verdict bad" not in page


@pytest.mark.slow
@needs_chromium
def test_in_a_browser_the_page_fits_a_phone_with_its_verdicts(tmp_path, examples):
    path = made.tfrecord(tmp_path / "a.tfrecord", examples)
    html = tmp_path / "audit.html"
    html.write_text(page_of(audit(path, made.vocabulary(tmp_path))))
    phone = look(html, 390)
    dark = look(html, 390, "--blink-settings=preferredColorScheme=0")
    for seen in (phone, dark):
        assert seen.console == [] and seen.requests == [] and seen.width <= seen.inner == 390
        assert seen.scrolled == []  # nothing is cut off
    assert (phone.background, dark.background) == ("rgb(246, 247, 249)", "rgb(18, 21, 26)")


def test_options_of_the_audit_are_refused_without_it(tmp_path):
    refused = albert_data("verify", tmp_path, "--output", "a.html")
    assert refused.code == 2 and "belong to --foreign" in refused.err
