"""Every Parquet file that is read, with any column of any kind: read, or one error that names the file.

Token files have checksums that fit: what is changed is behind that door.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from albert_data.base.errors import DataError
from albert_data.config.settings import SourceSettings
from albert_data.corpus.plan import plan_all, read_split
from albert_data.corpus.source_protocol import ReadContext
from albert_data.shards.provenance import read_names, read_provenance
from albert_data.storage.file_names import LEFT_OUT, PARTS, TOKENS
from albert_data.tokens.left_out_file import read_left_out
from albert_data.tokens.source_patterns import Choice
from albert_data.tokens.token_file import name_documents, read_documents, read_keys, read_rows
from tests.command_line import albert_data
from tests.damaged_tables import damaged_files

ROWS = {"id": ["a", "b"], "title": ["A", "B"], "text": ["One two. Three.", "Four. Five six."]}


def source(bad_input: str) -> Callable[[Path], Any]:
    def read(path: Path) -> None:
        context = ReadContext(SourceSettings(bad_input=bad_input))
        for split in plan_all([f"parquet:{path}"], context.settings):
            for _ in read_split(split, context):
                pass

    return read


READERS: dict[str, dict[str, Callable[[Path], Any]]] = {
    "token file": {
        "documents": read_documents,
        "of some sources": lambda path: read_documents(path, None, Choice("books:*", 2**62)),
        "names": read_names,
        "names of documents": lambda path: name_documents(path, []),
        "keys": lambda path: read_keys(path, None),
        "all of it": read_rows,
    },
    "sidecar": {
        "rows": read_provenance,
        "names": lambda path: read_provenance(path, ("document", "title")),
    },
    "list of what was left out": {"rows": lambda path: list(read_left_out(path))},
    "source": {"strictly": source("fail"), "leaving out": source("drop")},
}


@pytest.fixture(scope="module")
def files(tiny_build, tmp_path_factory) -> dict[str, Path]:
    own = tmp_path_factory.mktemp("tables") / "rows.parquet"
    pq.write_table(pa.table(ROWS), own)
    return {
        "token file": next((tiny_build / TOKENS / PARTS).glob("*.parquet")),
        "sidecar": next(tiny_build.glob("provenance-*")),
        "list of what was left out": tiny_build / TOKENS / LEFT_OUT,
        "source": own,
    }


@pytest.mark.parametrize(("kind", "reader"), [(k, r) for k, own in READERS.items() for r in own])
def test_any_column_of_any_kind_is_read_or_one_error_that_names_the_file(
    files, tmp_path, kind, reader
):
    path, read = tmp_path / "damaged.parquet", READERS[kind][reader]
    read(files[kind])
    refused = 0
    for what, content in damaged_files(files[kind]):
        path.write_bytes(content)
        try:
            read(path)
        except DataError as error:
            assert error.where.startswith(str(path)) and error.fix, what
            str(error).encode()
            refused += 1
        except Exception as error:
            raise AssertionError(f"{what}: {error!r}") from error
    assert refused
    assert [*tmp_path.iterdir()] == [path]


COMMANDS = {
    "sidecar": (["verify"], ["inspect"], ["inspect", "--document=weighing"]),
    "list of what was left out": (
        ["left-out"],
        ["left-out", "--count=2"],
        ["left-out", "--source=w*"],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", COMMANDS)
def test_commands_on_a_build_with_such_a_file_end_well_or_in_one_error(
    files, tiny_build, tmp_path, kind
):
    folder = Path(shutil.copytree(tiny_build, tmp_path / "shards"))
    path = folder / files[kind].relative_to(tiny_build)
    for what, content in damaged_files(files[kind]):
        path.write_bytes(content)
        for command, *options in COMMANDS[kind]:
            ended = albert_data(command, folder, *options)
            assert ended.code == 0 or ended.err.count("error: ") + ended.out.count("off ") >= 1, (
                what
            )
            assert "Traceback" not in ended.err, what
