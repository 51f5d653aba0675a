"""What docs/extending.md says is enough: its changes, made in a copy of the package, build a corpus."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from tests.corpora import fields_of
from tests.shared import ROOT

BLOCK = re.compile(r"^```(diff|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARTS = ("albert_data", "pipelines", "model", "configs", "pyproject.toml")
PROSE = (
    "# Geese\n\n```\ncode that is no prose\n```\n\n- The goose *ran* home. It rained [all day](x.html).\n"
    "\n| a | table |\n\n"
)


def change(root: Path, document: str) -> list[str]:
    """Makes the changes of a document's blocks that name a file; the names.

    A diff has a part of a file on each side of `@@`: lines that are there (` `, `-`), each part once,
    and those that are there afterwards (` `, `+`). Python code is a whole new file.
    """
    names = []
    for language, block in BLOCK.findall(document):
        head, _, body = block.partition("\n")
        name = head.removeprefix("--- ").removeprefix("# ")
        if language == "python" and head.startswith("# "):
            assert not (root / name).exists()
            (root / name).write_text(body)
            names.append(name)
        elif language == "diff":
            for hunk in body.split("@@\n"):
                lines = hunk.splitlines()
                before, after = (
                    "".join(f"{line[1:]}\n" for line in lines if line[:1] != other)
                    for other in ("+", "-")
                )
                text = (root / name).read_text()
                assert text.count(before) == 1, f"{name} has not once:\n{before}"
                (root / name).write_text(text.replace(before, after))
            names.append(name)
    return names


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package."""
    root = tmp_path / "package"
    root.mkdir()
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=ignored)
        else:
            shutil.copy(ROOT / part, root)
    return root


def run(root: Path, *arguments: str | Path) -> str:
    """A command of the copy; what it printed."""
    code = "from albert_data.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_the_changes_of_the_document_fit_the_code(copy: Path):
    names = change(copy, (ROOT / "docs/extending.md").read_text())
    assert len(names) == 8
    for name in names:
        compile((copy / name).read_text(), name, "exec")


NEW_TASK = """
from albert_data.tokens.vocabulary import load_vocabulary
from model.tasks.features.make import features_of
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.readers.find import read_task
from model.tasks.table import find_task

task = find_task("headlines")
examples = read_task("headlines.tsv", task, "train")
features = features_of(task, "train", examples, BuildTokenizer(load_vocabulary("vocab.model")), 32)
print(task.outputs, features.columns["label"].tolist(), len(features))
"""


def test_a_new_task_is_a_row_of_the_table(copy: Path, vocabulary_file: Path):
    change(copy, (ROOT / "docs/extending.md").read_text())
    (copy / "headlines.tsv").write_text("desk\theadline\nworld\tA ferry sank\nlocal\tGeese\n")
    shutil.copy(vocabulary_file, copy / "vocab.model")
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-c", NEW_TASK]
    done = subprocess.run(command, env=environment, cwd=copy, capture_output=True, text=True)
    assert done.stdout == "3 [2, 0] 2\n", done.stderr


@pytest.mark.slow
def test_the_changes_of_the_document_build_a_corpus(
    copy: Path, tmp_path: Path, vocabulary_file: Path
):
    change(copy, (ROOT / "docs/extending.md").read_text())
    pages, shards = tmp_path / "pages", tmp_path / "shards"
    pages.mkdir()
    for number in range(30):
        (pages / f"{number}.md").write_text(PROSE + f"Goose {number} swam. " * 20)
    (pages / "short.md").write_text("# Title\n\nOne sentence.\n")
    (pages / "empty.md").write_text("")
    said = run(
        copy, "build", f"--source=markdown:{pages}", "--vocab", vocabulary_file, "--output", shards,
        "--config=tiny.yaml", "--workers=1", "--set=masking.ngram_law=geometric",
        "--set=sources.min_sentences=3", "--set=sources.bad_input=drop",
    )  # fmt: skip
    assert "1 too few sentences" in said
    run(copy, "verify", shards)
    manifest = json.loads((shards / "manifest.json").read_text())
    counts = manifest["reading"]["counts"]
    assert counts["kept/document"] == 30
    assert counts["dropped/document/empty file"] == 1
    assert manifest["reading"]["samples"]["dropped/document/too few sentences"] == [
        "markdown:short.md short.md short.md"
    ]
    assert manifest["config"]["masking"]["ngram_law"] == "geometric"
    assert "markdown:" in run(copy, "build", "--help")
    check_lengths(shards)


def check_lengths(shards: Path) -> None:
    """The new feature says of every record what its segments do: x2 and the [SEP] behind it have a 1."""
    for path in sorted(shards.glob("shards-*")):
        records = [fields_of(one) for one in tf.data.TFRecordDataset(str(path)).as_numpy_iterator()]
        assert [record["second_length"] for record in records] == [
            [sum(record["segment_ids"]) - 1] for record in records
        ]
        assert records
