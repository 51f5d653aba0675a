"""A build from a file of prose has the shards of a build from what the prose was made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from albert_data.schema import Manifest
from albert_data.storage.sealed import read_sealed
from albert_data.tokens import writer
from albert_data.tokens.cache import read_index
from tests.command_line import CORPUS, SMALL, albert_data, content, fails, succeeds

NAMES = [option.removeprefix("--source=") for option in CORPUS]
# Small token files of few documents each, so that it matters with which others a document stands.
PARTS = [*SMALL, "--set=pairs.objective=nsp", "--set=tokens.part_bytes=9000"]


def build(folder: Path, vocabulary: Path, *options: str) -> dict[str, str]:
    """The hashes of what a build makes, but for the manifest and the data card, which name the source."""
    given = ["--vocab", vocabulary, "--output", folder, "--workers=1"]
    succeeds(albert_data("build", *given, *options))
    found = content(folder)
    return {name: found[name] for name in found if name not in ("manifest.json", "README.md")}


@pytest.mark.parametrize("form", ["paragraphs", "sentences"])
def test_shards_are_bit_for_bit_those_of_the_sources(
    tmp_path, vocabulary_file, monkeypatch, form: str
) -> None:
    monkeypatch.setattr(writer, "BATCH_CHARACTERS", 3000)
    direct = build(tmp_path / "direct", vocabulary_file, *CORPUS, *PARTS)
    assert sum(name.startswith(("shards-", "provenance-")) for name in direct) > 2
    path = tmp_path / "p.jsonl.zst"
    arguments = [*NAMES, "--output", path, "--as", form, *SMALL, "--workers=1"]
    succeeds(albert_data("prose", *arguments))
    again = build(tmp_path / "again", vocabulary_file, f"--source=prose:{path}", *PARTS)
    assert again == direct
    indexes = [read_index(tmp_path / name / "tokens") for name in ("direct", "again")]
    assert [file.content for file in indexes[0].files] == [
        file.content for file in indexes[1].files
    ]
    assert len(indexes[0].files) > 5


def test_sources_are_known_by_the_names_that_they_had(tmp_path, vocabulary_file) -> None:
    path = tmp_path / "p.jsonl"
    succeeds(albert_data("prose", *NAMES, "--output", path, *SMALL))
    wanted = "--set=pairs.sources=wikipedia:*"
    direct = build(tmp_path / "direct", vocabulary_file, *CORPUS, *SMALL, wanted)
    assert (
        build(tmp_path / "again", vocabulary_file, f"--source=prose:{path}", *SMALL, wanted)
        == direct
    )
    manifest = read_sealed(tmp_path / "again/manifest.json", Manifest)
    assert manifest and manifest.sources == ["wikipedia:wikipedia.xml"]


def test_files_that_are_not_read_stand_in_the_manifest_and_the_closing_lines(
    tmp_path, vocabulary_file
):
    folder = tmp_path / "books"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text("The goose ran home. It rained all day. So it was.\n" * 40)
    (folder / "cover.jpg").write_bytes(b"\xff\xd8\xff")
    given = ["--vocab", vocabulary_file, *SMALL, "--workers=1"]
    result = succeeds(
        albert_data("build", f"--source=books:{folder}", "--output", tmp_path / "s", *given)
    )
    assert "files not read, suffix .jpg: 1 (cover.jpg)" in result.err
    counts = json.loads((tmp_path / "s/manifest.json").read_text())["reading"]["counts"]
    assert counts["dropped/file/suffix .jpg"] == 1
    assert (counts["read/file"], counts["kept/file"]) == (3, 2)
    assert "| file/suffix .jpg | 1 | cover.jpg |" in (tmp_path / "s/README.md").read_text()
    (folder / "c.txt.7z").write_bytes(b"7z\xbc\xaf\x27\x1c")
    fails(
        albert_data("build", f"--source=books:{folder}", "--output", tmp_path / "t", *given),
        "look like books input but cannot be read: c.txt.7z",
        code=2,
    )
