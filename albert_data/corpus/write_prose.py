"""Sources → a file of the prose that a build reads from them, a document a line (`schema.PROSE_ROW`).

Units are read one after the other, or each by a process of its own; the file is the same. What is written
is what token files are made of, so that `prose:` gives the records that the sources would have given.
Memory is that of reading a document; a unit of more than one process waits on the disk, packed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Counted, Tally
from albert_data.config.settings import Config
from albert_data.corpus import leave_out
from albert_data.corpus.file_formats import compressed
from albert_data.corpus.file_formats.forms import UNPACK
from albert_data.corpus.left_out_list import ListingTally
from albert_data.corpus.plan import group_splits, plan_all, read_split, refuse_input_as_output
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.storage.atomic import atomic_path, check_name
from albert_data.storage.file_names import TEMPORARY

Progress = Callable[[int], None]


@dataclass(frozen=True)
class _Task:
    """A unit to be written.

    Attributes:
        number: of the unit, in the rows.
        sentences: whether they are written, too.
        prose, left_out: files that are written, packed as their names say; `left_out` if it is asked for.
    """

    number: int
    splits: tuple[Split, ...]
    config: Config
    sentences: bool
    prose: Path
    left_out: Path | None


def write_prose(
    sources: Sequence[str],
    output: Path,
    config: Config,
    sentences: bool = False,
    left_out: Path | None = None,
    workers: int = 1,
    progress: Progress = lambda documents: None,
) -> Tally:
    """Writes the prose of the sources; what was counted.

    Args:
        output: packed as its suffix says.
        sentences: whether the sentences of the paragraphs are written, too.
        left_out: file for what was left out (`schema.LEFT_OUT_ROW`).
        progress: called with the number of documents written.

    Raises:
        ConfigError: a source is unknown, or nothing matches it, or a file cannot be written so.
        DataError: broken input; then there is no file.
    """
    if left_out == output:
        fix = "name another file for one of the two"
        raise ConfigError("--output and --left-out are one file", where=str(output), fix=fix)
    for path in (output, left_out):
        if path and path.suffix.lower() in UNPACK:
            ends = ", ".join(compressed.packed(".jsonl"))
            raise ConfigError(
                "no archive of this kind is written", where=str(path), fix=f"end it in {ends}"
            )
    with ExitStack() as stack:
        targets = [stack.enter_context(_target(path)) for path in (output, left_out) if path]
        with _listing(targets[1] if left_out else None) as tally:
            splits = plan_all(sources, config.sources, tally)
        refuse_input_as_output(splits, *(str(path) for path in (output, left_out) if path))
        for split in splits:
            check_name(split.path)
        units = group_splits(splits, config.sources.unit_bytes)
        beside = tempfile.TemporaryDirectory(prefix=TEMPORARY, dir=targets[0].parent)
        folder = Path(stack.enter_context(beside))
        tasks = [
            _Task(
                number,
                tuple(unit),
                config,
                sentences,
                folder / f"{number}-{output.name}",
                folder / f"{number}-of-{left_out.name}" if left_out else None,
            )
            for number, unit in enumerate(units)
        ]
        for task, counted in zip(tasks, _made(tasks, workers, stack), strict=True):
            tally.merge(Tally.of(counted))
            for path, target in zip((task.prose, task.left_out), targets, strict=False):
                if path:
                    _append(path, target)
            progress(tally.counts["kept/document"])
        tally.check_balance()
        if not tally.counts["kept/document"]:
            reasons = ", ".join(f"{n} {reason}" for reason, n in tally.dropped("document").items())
            raise DataError(
                f"no document is left to write ({reasons or 'none was read'})",
                where="; ".join(sources[:3]),
                fix=leave_out.NOTHING_LEFT,
            )
    return tally


@contextmanager
def _listing(path: Path | None) -> Iterator[ListingTally]:
    """A tally that lists into a file, if there is one."""
    if path is None:
        yield ListingTally(None)
        return
    with compressed.writer(path) as stream:
        yield ListingTally(lambda row: stream.write(_line(row)))


def _target(path: Path) -> Any:
    path.parent.mkdir(parents=True, exist_ok=True)
    return atomic_path(path)


def _made(tasks: Sequence[_Task], workers: int, stack: ExitStack) -> Iterable[Counted]:
    """What was counted of each task, in their order, when its files are there."""
    workers = min(workers, len(tasks))
    if workers <= 1:
        return map(_write_unit, tasks)
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
    stack.callback(pool.shutdown, cancel_futures=True)
    return _of_pool(pool.map(_write_unit, tasks))


def _of_pool(counted: Iterable[Counted]) -> Iterator[Counted]:
    try:
        yield from counted
    except BrokenProcessPool:
        fix = "was it killed for its memory? give fewer --workers"
        raise DataError("a process that reads a unit is gone", fix=fix) from None


def _write_unit(task: _Task) -> Counted:
    with compressed.writer(task.prose) as prose, _listing(task.left_out) as tally:
        cut = splitter(task.config.sentences)
        for split in task.splits:
            tally.split = split
            context = ReadContext(task.config.sources, tally)
            for document in read_split(split, context):
                tally.keep("document")
                prose.write(_line(_row(document, split, task, cut, tally)))
            tally.rename(split.path, split.name)
    return tally.counted()


def _row(
    document: Document,
    split: Split,
    task: _Task,
    cut: Callable[[list[str]], list[str]],
    tally: Tally,
) -> dict[str, Any]:
    row: dict[str, Any] = {
        "source": split.source_of(document),
        "id": document.id,
        "unit": task.number,
        "title": document.title,
    }
    if not document.presegmented:
        row["paragraphs"] = list(document.paragraphs)
    if document.presegmented or document.sentences is not None or task.sentences:
        name = f"{split.source_of(document)} {document.id} {document.title}"
        about = leave_out.about(document, split.source_of(document))
        row["sentences"] = leave_out.without_holes(document.cut(cut), tally, name, about)
    return row


def _append(path: Path, target: Path) -> None:
    """Puts a file behind another, as archives may stand, and removes it."""
    with open(path, "rb") as source, open(target, "ab") as stream:
        shutil.copyfileobj(source, stream, 2**20)
    path.unlink()


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"
