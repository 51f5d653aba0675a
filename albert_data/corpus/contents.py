"""What the files of a plan hold: by this they are known, whatever their time and folder.

A file is hashed when a build is planned, before its work begins (`file_formats/content_hash.py`); not
where a token cache remembers its content under the stamp that it has still. Cost: one reading of what is
new, at the speed of the disk.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from albert_data.corpus.file_formats import content_hash, input_files
from albert_data.corpus.source_protocol import Content, Split
from albert_data.corpus.sources import SOURCES
from albert_data.schema import KnownInput, KnownInputs

MUCH = 2 * 10**9  # bytes


def with_contents(
    splits: Sequence[Split], known: KnownInputs, note: Callable[[str], None]
) -> list[Split]:
    """The splits with the content of their files.

    Args:
        known: files that need not be read.
        note: is told of a reading that takes a while.
    """
    found: dict[str, Content] = {}
    to_read: dict[str, str] = {}
    for split in splits:
        if split.path in found or split.path in to_read:
            continue
        content = SOURCES[split.source].content(split) or _remembered(split, known)
        if content:
            found[split.path] = content
        else:
            to_read[split.path] = split.stamp
    size = sum(os.path.getsize(path) for path in to_read if os.path.isfile(path))
    if size >= MUCH:
        note(f"input of {size / 1e9:,.1f} GB is read once, to know it by its content")
    found |= content_hash.contents(tuple(to_read.items()))
    return [replace(split, content=found[split.path]) for split in splits]


def known_inputs(splits: Iterable[Split], moment: int) -> KnownInputs:
    """The files of a plan as a later one may know them.

    Args:
        moment: before the plan was made, nanoseconds since 1970.
    """
    files = {
        split.path: KnownInput(split.stamp, *split.content) for split in splits if split.content
    }
    return KnownInputs(
        {
            path: file
            for path, file in files.items()
            if file.content.startswith(content_hash.NAME)
            and input_files.is_settled(path, file.stamp, moment)
        }
    )


def _remembered(split: Split, known: KnownInputs) -> Content | None:
    file = known.files.get(split.path)
    return Content(file.bytes, file.content) if file and file.stamp == split.stamp else None
