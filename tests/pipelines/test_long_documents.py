"""Books that are read, tokenised and paired in windows make the shards of those that are held whole."""

import pytest
from albert_pipelines import pair_stages

from albert_data.base import spool
from albert_data.corpus.sources.books import BooksSource
from albert_data.shards import mapped_tokens, shard_of_pairs
from albert_data.tokens import token_file, writer
from tests.command_line import albert_data, content, succeeds
from tests.corpus.book_text.test_windows import WRAPPED

SETTINGS = {
    "sop": [],
    "nsp": ["--set=pairs.objective=nsp", "--set=masking.word_rule=unicode"],
}


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for number, times in enumerate([150, 3, 60, 2]):
        text = "".join(f"{WRAPPED}\nChapter {n} was {number}.\n\n" for n in range(times))
        (folder / f"{number}.txt").write_text(text)
    return folder


@pytest.mark.parametrize("name", SETTINGS)
def test_windows_change_no_byte_of_a_build(tmp_path, monkeypatch, vocabulary_file, books, name):
    def build(output):
        given = ["--vocab", vocabulary_file, "--config=tiny", "--workers=1", *SETTINGS[name]]
        succeeds(albert_data("build", f"--source=books:{books}", "--output", output, *given))
        made = content(output)
        assert made.pop("manifest.json") and made.pop(
            "README.md"
        )  # they count characters by batches
        return made

    whole = build(tmp_path / "whole")
    calls = []
    bounds = token_file.DocumentWindows.bounds
    monkeypatch.setattr(BooksSource, "window", 2000)
    monkeypatch.setattr(spool, "IN_MEMORY", 4000)
    monkeypatch.setattr(spool, "LONG", 4000)
    monkeypatch.setattr(writer, "BATCH_CHARACTERS", 3000)
    monkeypatch.setattr(token_file, "LARGE_PIECES", 5000)
    monkeypatch.setattr(token_file, "GROUP_PIECES", 900)
    monkeypatch.setattr(token_file, "LARGE", 1000)
    monkeypatch.setattr(pair_stages, "LARGE_PIECES", 5000)
    monkeypatch.setattr(mapped_tokens, "LARGE", 1000)
    monkeypatch.setattr(shard_of_pairs, "PICKED", 7)
    monkeypatch.setattr(
        token_file.DocumentWindows, "bounds", lambda own: calls.append(own) or bounds(own)
    )
    windowed = build(tmp_path / "windowed")
    assert calls, "the token file was not large"
    assert windowed == whole
