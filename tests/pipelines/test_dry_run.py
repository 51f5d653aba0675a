"""`--dry-run`: what can be checked of a job is, and nothing is made."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from tests.command_line import CORPUS, albert_data
from tests.silent import closed_port, full, silent


def tree(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def build(vocabulary, output, *more):
    given = [*CORPUS, "--vocab", vocabulary, "--config=tiny", "--output", output, "--dry-run"]
    return albert_data("build", *given, *more)


def lines_of(result) -> dict[str, str]:
    """What each check says, with its mark in front, by its name."""
    told = [line.split(None, 2) for line in result.out.splitlines() if line[:2] != "  "]
    return {words[1]: f"{words[0]} {words[2]}" for words in told if len(words) == 3}


def test_a_job_that_can_run_is_said_to_and_leaves_nothing(vocabulary_file, tmp_path):
    result = build(vocabulary_file, tmp_path / "a" / "shards", "--workers=1")
    assert result.code == 0, result.out
    told = lines_of(result)
    assert told["options"] == "ok 1 worker on this machine"
    assert told["vocabulary"].startswith("ok ") and "pieces" in told["vocabulary"]
    assert told["input"].startswith("ok 4 files") or "files" in told["input"]
    assert "nothing is there yet" in told["--output"]
    assert tree(tmp_path) == []


def test_all_that_is_wrong_is_told_at_once(vocabulary_file, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "no.model").write_text("no")
    result = build(tmp_path / "no.model", tmp_path / "full", "--runer=x")
    assert result.code == 2
    told = lines_of(result)
    assert [n for n, says in told.items() if says.startswith("FAILED")] == [
        "options", "vocabulary", "input", "--output"
    ]  # fmt: skip
    assert "did you mean --runner?" in result.out and "other files (mine.txt)" in result.out


def test_sources_that_are_not_there_or_cannot_be_read_fail(vocabulary_file, tmp_path):
    given = ["--vocab", vocabulary_file, "--output", tmp_path / "o", "--dry-run", "--workers=1"]
    result = albert_data("tokenize", "--source=books:/nowhere/x.txt", *given)
    assert result.code == 2 and "FAILED input" in result.out


def test_another_build_at_work_is_seen(vocabulary_file, tmp_path):
    output = tmp_path / "shards"
    output.mkdir()
    lock = os.open(output / ".lock", os.O_RDWR | os.O_CREAT)
    os.write(lock, json.dumps({"host": "elsewhere", "process": 7}).encode())
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        result = build(vocabulary_file, output, "--workers=1")
        assert "another build is writing into this folder (process 7 of elsewhere)" in result.out
        assert result.code == 2
    finally:
        os.close(lock)
    assert build(vocabulary_file, output, "--workers=1").code == 0


def test_folder_of_a_finished_or_other_build_is_told(tiny_build, vocabulary_file):
    before = tree(tiny_build)
    result = build(vocabulary_file, tiny_build, "--workers=1")
    assert result.code == 0 and "is complete already" in result.out, result.out
    result = build(vocabulary_file, tiny_build, "--workers=1", "--set", "seed=9")
    assert result.code == 2 and "begun with other settings" in result.out
    assert tree(tiny_build) == before


def test_variant_of_a_token_cache_is_checked_too(tiny_build, tmp_path):
    result = albert_data("remask", tiny_build / "tokens", "--output", tmp_path / "v", "--dry-run")
    assert result.code == 0 and "tokens in" in lines_of(result)["input"], result.out
    result = albert_data("remask", tmp_path, "--output", tmp_path / "v", "--dry-run")
    assert result.code == 2 and "no complete token cache" in result.err


@pytest.mark.parametrize("server", [silent, full])
def test_job_server_that_never_answers_is_named(server, vocabulary_file, tmp_path, monkeypatch):
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.5")
    with server() as port:
        result = build(
            vocabulary_file, tmp_path / "s", "--runner=FlinkRunner",
            f"--job_endpoint=127.0.0.1:{port}", "--environment_type=LOOPBACK",
        )  # fmt: skip
    assert result.code == 2
    assert f"no answer from 127.0.0.1:{port}" in lines_of(result)["--job_endpoint"]


def test_runner_whose_options_are_not_whole_says_which(vocabulary_file, tmp_path):
    result = build(vocabulary_file, tmp_path / "s", "--runner=DataflowRunner", "--project=p")
    assert result.code == 2 and lines_of(result)["options"].startswith("FAILED")
    assert lines_of(result)["runner"].startswith("? ")


def test_endpoint_that_is_no_address_is_refused(vocabulary_file, tmp_path):
    result = build(
        vocabulary_file, tmp_path / "s", "--runner=PortableRunner", "--job_endpoint=here",
        "--environment_type=LOOPBACK",
    )  # fmt: skip
    assert result.code == 2 and "not an address: 'here'" in result.out


def test_a_port_where_nobody_listens_is_no_job_server(vocabulary_file, tmp_path, monkeypatch):
    monkeypatch.setenv("ALBERT_DATA_CONNECT_SECONDS", "0.5")
    given = [f"--job_endpoint=127.0.0.1:{closed_port()}", "--environment_type=LOOPBACK"]
    result = build(vocabulary_file, tmp_path / "s", "--runner=SparkRunner", *given)
    assert result.code == 2 and "FAILED --job_endpoint" in result.out
