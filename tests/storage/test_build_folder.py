"""Output folders that cannot be used: one clear error, nothing that looks whole, and the same command
works when the cause is gone."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from albert_data.config.settings import Config
from albert_data.storage import locks
from albert_data.storage.build_folder import claim, keep_only
from albert_data.tokens.train_vocabulary import train_vocabulary
from tests.command_line import (
    CORPUS,
    albert_data,
    content,
    fails,
    finish,
    leftovers,
    mounted,
    remount,
    shard_names,
    start,
    succeeds,
)

TINY = "--config=tiny.yaml"


@pytest.fixture(scope="module")
def command(vocabulary_file):
    """The arguments of a build into a folder."""

    def of(folder, *more, workers=1):
        given = ["--vocab", vocabulary_file, "--output", folder, TINY, f"--workers={workers}"]
        return ["build", *CORPUS, *given, *more]

    return of


@pytest.fixture(scope="module")
def made(tmp_path_factory, command):
    folder = tmp_path_factory.mktemp("made") / "shards"
    succeeds(albert_data(*command(folder)))
    return folder


@pytest.fixture(scope="module")
def other_vocabulary(tmp_path_factory, example_sources):
    path = tmp_path_factory.mktemp("vocabulary") / "other.model"
    train_vocabulary(example_sources, path, 1500, Config())
    return path


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_a_changed_configuration_is_refused_with_what_changed(made, command):
    before = files_in(made)
    fails(
        albert_data(*command(made, "--set=masking.max_ngram=2", "--set=seed=7")),
        f"{made}: this folder was begun with other settings: ",
        "config.seed 12345 → 7; config.masking.max_ngram 3 → 2\n",
        "fix: name another --output",
        code=2,
    )
    assert files_in(made) == before


def test_another_corpus_or_vocabulary_in_the_same_folder_is_refused(
    made, command, other_vocabulary
):
    fewer = [word for word in command(made) if word != CORPUS[0]]
    fails(albert_data(*fewer), "other input: books:item_40117.txt is gone; books:", code=2)
    other = [*command(made), "--vocab", other_vocabulary]
    fails(
        albert_data(*other),
        "another vocabulary; corpus.settings.vocabulary.size 2000 → 1500",
        code=2,
    )


def test_where_the_first_try_failed_another_kind_of_source_goes_on_in_its_folder(
    tmp_path, vocabulary_file
):
    """It is no other version that made it, nor does anything of the first input stay."""
    wrong = tmp_path / "notes.md"
    wrong.write_text("No dump.\n")
    given = ["--vocab", vocabulary_file, "--output", tmp_path / "out", TINY, "--workers=1"]
    fails(albert_data("build", f"--source=wikipedia:{wrong}", *given), "not a MediaWiki XML dump")
    text = tmp_path / "text.jsonl"
    text.write_text('{"id": "a", "text": "It rained. The river rose. We stayed."}\n')
    succeeds(albert_data("build", f"--source=jsonl:{text}", "--set=checks=warn", *given))


def test_a_token_cache_of_another_vocabulary_is_refused(made, command, other_vocabulary, tmp_path):
    tokens = made / "tokens"
    before = files_in(tokens)
    result = albert_data(
        *command(tmp_path / "new", "--tokens", tokens, "--vocab", other_vocabulary)
    )
    fails(
        result,
        f"{tokens}: the token cache was made otherwise: another vocabulary; "
        "settings.vocabulary.size 2000 → 1500",
        "fix: name another folder for the tokens",
        code=2,
    )
    assert files_in(tokens) == before and shard_names(tmp_path / "new") == []


def test_a_build_from_the_token_cache_of_another_makes_it_no_second_time(made, command, tmp_path):
    before = {p: p.stat().st_mtime_ns for p in (made / "tokens/parts").iterdir()}
    succeeds(albert_data(*command(tmp_path / "new", "--tokens", made / "tokens")))
    assert content(tmp_path / "new") == content(made)
    assert not (tmp_path / "new/tokens").exists()
    assert before == {p: p.stat().st_mtime_ns for p in (made / "tokens/parts").iterdir()}


@pytest.mark.parametrize("name", ["notes.txt", "README.md", "shards-00000-of-00004", "vocab.model"])
def test_a_folder_with_files_of_somebody_else_is_refused_untouched(tmp_path, command, name):
    (tmp_path / name).write_text("mine")
    fails(
        albert_data(*command(tmp_path)),
        f"{tmp_path}: the folder holds other files ({name})",
        "fix: name an empty or new folder with --output",
        code=2,
    )
    assert files_in(tmp_path) == {str(tmp_path / name): b"mine"}


def test_a_manifest_without_its_build_is_refused(tmp_path, command):
    (tmp_path / "manifest.json").write_text("{}")
    fails(albert_data(*command(tmp_path)), "has a manifest but no build.json", code=2)
    assert (tmp_path / "manifest.json").read_text() == "{}"


def test_an_output_that_is_a_file_is_refused(tmp_path, command):
    path = tmp_path / "shards"
    path.write_text("mine")
    fails(albert_data(*command(path)), f"{path}: is a file, not a folder", code=2)
    fails(albert_data(*command(path / "sub")), "is a file, not a folder", code=2)
    assert path.read_text() == "mine"


def test_a_folder_that_another_build_writes_into_is_refused(tmp_path, command, made):
    with open(tmp_path / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        fails(albert_data(*command(tmp_path)), f"{tmp_path}: another build is writing", code=2)
    succeeds(albert_data(*command(tmp_path)))  # the lock goes with the process that holds it
    assert content(tmp_path) == content(made)
    assert not [path for path in tmp_path.rglob(".lock")]


def test_a_lock_that_its_owner_removed_meanwhile_is_none(tmp_path, monkeypatch):
    opened = os.open

    def slowly(path, *arguments):  # another process ends between this one's opening and its locking
        monkeypatch.setattr(os, "open", opened)
        file = opened(path, *arguments)
        Path(path).unlink()
        return file

    monkeypatch.setattr(os, "open", slowly)
    with locks.held(tmp_path):
        with pytest.raises(locks.Held), locks.held(tmp_path):
            pass
        assert (tmp_path / ".lock").exists()
    assert list(tmp_path.iterdir()) == []


def test_a_read_only_folder_is_refused(tmp_path, command, made):
    with mounted(tmp_path / "disk", "size=8m,ro") as disk:
        for folder in (disk, disk / "shards"):
            fails(
                albert_data(*command(folder)),
                f"{folder}: the folder cannot be written: Read-only file system",
                "fix: name another --output, or make it writable",
                code=2,
            )
        tokens = disk / "tokens"
        result = albert_data(*command(tmp_path / "shards", "--tokens", tokens))
        fails(result, f"{tokens}: the folder cannot be", "fix: name another --tokens", code=2)
        remount(disk, "rw")
        succeeds(albert_data(*command(disk / "shards")))
        assert content(disk / "shards") == content(made)


# A disk that is full in the middle of: parts of the vocabulary's, the tokens' and the records' sizes
# that fit on it (beside the records lie pairs and tokens laid out, a third of them here), and what cannot
# be written (of a shard's two files, the records and their provenance, either may be the one).
FULL = {
    "opening the token cache": ((0.5, 0, 0), "/tokens/vocab.model: No space left on device"),
    "tokenizing": ((1, 0.4, 0), "No space left on device"),
    "making pairs": ((1, 1, 0.15), "/work/", ": No space left on device"),
    "assembling": ((1, 1, 0.7), "-of-00004", ": No space left on device"),
}


@pytest.fixture(scope="module")
def sizes(made):
    """Bytes of the vocabulary, the token files and the records."""
    patterns = ("vocab.model", "tokens/parts/*", "shards-*")
    return [sum(path.stat().st_size for path in made.glob(pattern)) for pattern in patterns]


def check_full_disk(tmp_path, sizes, stage, made, run):
    shares, *message = FULL[stage]
    size = sum(int(share * size) for share, size in zip(shares, sizes, strict=True)) + 30_000
    with mounted(tmp_path / "disk", f"size={size}") as disk:
        folder = disk / "shards"
        fails(run(folder), *message, str(folder), code=1)
        assert not (folder / "manifest.json").exists() and not list(folder.rglob(".tmp-*"))
        remount(disk, "size=8m")
        succeeds(run(folder))
        assert content(folder) == content(made) and leftovers(folder) == []


@pytest.mark.parametrize("stage", FULL)
def test_a_full_disk_stops_a_build_which_goes_on_when_there_is_room(
    tmp_path, command, made, sizes, stage
):
    check_full_disk(tmp_path, sizes, stage, made, lambda folder: albert_data(*command(folder)))


def test_what_a_worker_was_writing_goes_when_another_one_fails(tmp_path):
    written = tmp_path / "tokens" / "left-out" / ".tmp-12ab-unit.parquet"
    with pytest.raises(KeyError), claim(tmp_path):
        written.parent.mkdir(parents=True)
        written.touch()
        raise KeyError("another worker's")
    assert not written.exists() and not (tmp_path / ".lock").exists()


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["tokenizing", "assembling"])
def test_a_full_disk_stops_worker_processes_too(tmp_path, command, made, sizes, stage):
    check_full_disk(
        tmp_path, sizes, stage, made, lambda folder: finish(start(*command(folder, workers=2)))
    )


def test_shards_of_another_count_go_with_their_sidecars_and_offsets(tmp_path):
    kept = {"shards-00000-of-00001", "provenance-00000-of-00001.parquet"}
    gone = {"shards-00001-of-00002", "provenance-00001-of-00002.parquet"}
    offsets = {"offsets-shards-00000-of-00001", "offsets-shards-00001-of-00002"}
    for name in kept | gone | offsets:
        (tmp_path / name).write_bytes(b"")
    keep_only(tmp_path, kept)
    assert {path.name for path in tmp_path.iterdir()} == kept | {"offsets-shards-00000-of-00001"}
