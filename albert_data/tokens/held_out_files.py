"""The documents that are held out, copied from a token cache into token files of their own.

    token files of the cache, a group of them ─► one token file of what they hold out, its signatures
    every token file ─► which of those documents a document that stays repeats

A group is so many files that its held-out documents make about one token file, so that `nsp` finds
partners among them. What stays is not copied: it is read from the cache, with the others left out
(`source_patterns.Choice`). Memory: a token file and what its group holds out; of the signatures 600 bytes
a document held out. Price: reading the token cache once, and MinHash of it (5 % of tokenising) unless
`tokens.dedup=minhash` has left repetitions out already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Bool, Int64, UInt32
from albert_data.base.errors import DataError
from albert_data.config.settings import TokenSettings, fingerprint
from albert_data.schema import HoldOut, IndexedFile, TokenIndex
from albert_data.storage import file_names
from albert_data.storage.file_names import token_file_name
from albert_data.tokens.dedup import first_that_agrees, minhash
from albert_data.tokens.hold_out import is_held_out
from albert_data.tokens.token_file import (
    counts_by_source,
    read_documents,
    read_keys,
    read_rows,
    unknown_by_source,
    write_token_file,
)

_MOST_FILES = 256  # of a group


@dataclass(frozen=True)
class Gathered:
    """What a group of token files holds out.

    Attributes:
        number: of the group.
        file: that holds it; None where it holds nothing.
        left: name of a token file → documents, sentences and tokens by source, and `<unk>` by source, of
            what it holds out; of files that hold out any.
    """

    number: int
    file: IndexedFile | None
    left: dict[str, tuple[dict[str, list[int]], dict[str, int]]]


def groups_of(files: Sequence[IndexedFile], below: int) -> list[list[IndexedFile]]:
    """The token files of a cache in runs, each of which holds out about one file's documents."""
    expected = len(files) * below / 2**64
    number = max(1, int(expected), math.ceil(len(files) / _MOST_FILES))
    return [
        list(map(files.__getitem__, run)) for run in np.array_split(np.arange(len(files)), number)
    ]


def gather(
    parts: Path, number: int, files: Sequence[IndexedFile], below: int, folder: Path, unk: int
) -> Gathered:
    """Copies what a group of token files holds out into a file of `folder`.

    Args:
        parts: folder of the token files.
        unk: id of `<unk>`.
    """
    tables, left = [], {}
    for file in files:
        table = read_rows(parts / file.path, file.crc32c)
        held_out = table.filter(pa.array(is_held_out(table["key"].to_numpy(), below)))
        if held_out.num_rows:
            left[file.path] = counts_by_source(held_out), unknown_by_source(held_out, unk)
            tables.append(held_out)
    if not tables:
        return Gathered(number, None, left)
    path = folder / token_file_name(file_names.HELD_OUT, number)
    made = write_token_file(path, tables, unk)
    return Gathered(number, IndexedFile(**vars(made), unit=number), left)


def signatures_of(
    path: Path, crc32c: int, starts: Bool[np.ndarray, " V"]
) -> UInt32[np.ndarray, "bands D rows"]:
    """MinHash signatures of a token file's documents."""
    documents = read_documents(path, crc32c)
    return minhash(documents.ids, documents.sentence_offsets[documents.document_offsets], starts)


def repeated_in(
    file: Path, crc32c: int, starts: np.ndarray, below: int, held_out: np.ndarray, threshold: float
) -> Int64[np.ndarray, " few"]:
    """Which held-out documents a document of a token file that stays repeats.

    Args:
        held_out: signatures of all documents held out.
        threshold: share of a signature that must agree.
    """
    keys = read_keys(file, crc32c)
    others = signatures_of(file, crc32c, starts)[:, ~is_held_out(keys, below)]
    return np.flatnonzero(first_that_agrees(held_out, others, threshold))


def part_of(
    index: TokenIndex,
    gathered: Iterable[Gathered],
    wish: str,
    below: int,
    repeated: int,
    held: bool,
) -> TokenIndex:
    """A token cache's index as it were of one part alone; its tally stays.

    Args:
        gathered: of all groups.
        repeated: number of documents held out that others repeat.
        held: the documents that are held out, not the others.

    Raises:
        DataError: one of the parts would have no document.
    """
    gathered = sorted(gathered, key=lambda group: group.number)
    own = [group.file for group in gathered if group.file]
    left = {path: counts for group in gathered for path, counts in group.left.items()}
    documents, total = (sum(f.documents for f in files) for files in (own, index.files))
    if not 0 < documents < total:
        problem = "no document is held out" if not documents else "no document is left to train on"
        raise DataError(
            f"{problem} of {total:,}",
            where=f"hold_out {wish}",
            fix="hold out a number of documents, as --hold-out 2, or another share",
        )
    part = HoldOut(
        part="held-out" if held else "training",
        wish=wish,
        below=below,
        documents=documents,
        tokens=sum(file.tokens for file in own),
        of=total,
        repeated=repeated,
    )
    files = own if held else list(_without(index.files, left, below))
    return replace(index, files=files, hold_out=part)


def _without(
    files: Sequence[IndexedFile],
    left: dict[str, tuple[dict[str, list[int]], dict[str, int]]],
    below: int,
) -> Iterator[IndexedFile]:
    """The files with the counts and the name of content of what stays in each."""
    for file in files:
        if file.path not in left:
            yield file
            continue
        gone, gone_unknown = left[file.path]
        sources = {
            source: [n - m for n, m in zip(counts, gone.get(source, [0, 0, 0]), strict=True)]
            for source, counts in file.sources.items()
        }
        sources = {source: counts for source, counts in sources.items() if counts[0]}
        unknown = file.unknown
        if unknown is not None:
            unknown = {s: n - gone_unknown.get(s, 0) for s, n in unknown.items()}
            unknown = {source: n for source, n in unknown.items() if n}
        if sources:
            documents, sentences, tokens = map(sum, zip(*sources.values(), strict=True))
            yield replace(
                file, documents=documents, sentences=sentences, tokens=tokens, sources=sources,
                unknown=unknown, content=fingerprint([file.content, "hold-out", below]),
            )  # fmt: skip


def counts_repeats(settings: TokenSettings) -> bool:
    """Whether repetitions are looked for: `tokens.dedup=minhash` has left them out already."""
    return settings.dedup != "minhash"
