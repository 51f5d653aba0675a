"""Pairs → shards: a shard's pairs are sorted, its tokens picked from mapped token files, and each record
is made, masked and written once, in its place.

Random numbers are of a pair's document, chunk and dupe, so a record is the same whatever it is made
beside. Memory: the tokens of one shard (2 bytes each, or 4), its pairs, and a few megabytes of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.base.arrays import Int64, Shaped
from albert_data.base.gather import copy_segments, gather
from albert_data.config.settings import Config
from albert_data.examples.masking import MaskTables
from albert_data.examples.pairs import Examples
from albert_data.examples.span_law import mask_law
from albert_data.records.encode import MaskCounts, encode
from albert_data.schema import BlockCounts, Shard, Sidecar
from albert_data.shards.alike import NO_RECORDS, alike, checksums_of
from albert_data.shards.mapped_tokens import MappedTokens, Names, forget
from albert_data.shards.pair_block import ShardPairs, read_pairs
from albert_data.shards.partition import Range
from albert_data.shards.provenance import strings_of, write_sidecar
from albert_data.shards.shard import Buffer, write_records
from albert_data.tokens.token_file import piece_type

# Of records made at once: as many as stay in a processor's cache until they are written.
ENCODE_TOKENS = 2**17
PICKED = 1024  # pairs whose tokens are copied at once


def write_shard_of_pairs(
    folder: Path,
    index: int,
    count: int,
    ranges: Sequence[Range],
    open_tokens: Callable[[int, int], MappedTokens],
    tables: MaskTables,
    config: Config,
) -> tuple[Shard, BlockCounts]:
    """Writes shard `index` of `count` into a folder, whole or not at all; also what masking counted.

    Args:
        ranges: that hold its pieces, in the order of the blocks that these are of.
        open_tokens: (unit, token file) → what pairs of that file are of.
    """
    records = _OfPairs(read_pairs(ranges), open_tokens, tables, config)
    shard = write_records(folder, index, count, records, config)
    return shard, records.counts()


class _OfPairs:
    """The records of a shard's pairs."""

    def __init__(
        self,
        pairs: ShardPairs,
        open_tokens: Callable[[int, int], MappedTokens],
        tables: MaskTables,
        config: Config,
    ) -> None:
        self._pairs, self._tables, self._config = pairs, tables, config
        self._law = mask_law(config.masking)
        self._counts = MaskCounts.zeros(self._law.lengths.shape[1], config.pairs.max_length)
        self._order = np.argsort(pairs.rows["key"], kind="stable")
        self._names = _Names(len(pairs.rows), config.pairs.objective == "nsp")
        self._examples = self._pick(open_tokens)
        self._kept = np.zeros(len(pairs.rows), np.bool_)  # in the shard's order
        self._tokens, self._alike = 0, NO_RECORDS

    def _pick(self, open_tokens: Callable[[int, int], MappedTokens]) -> Examples:
        """The examples in the shard's order, their tokens one after the other; one file at a time."""
        pairs, rows = self._pairs, self._pairs.rows
        ranges = rows["ranges"].astype(np.int64)
        first, second = ranges[:, 1] - ranges[:, 0], ranges[:, 3] - ranges[:, 2]
        ends = np.cumsum((first + second)[self._order])
        at = np.empty(len(rows), np.int64)
        at[self._order] = np.append(0, ends[:-1])[: len(rows)]
        total = int(ends[-1]) if len(ends) else 0
        ids = np.empty(total, piece_type(len(self._tables.starts)))
        starts = np.zeros(0, np.bool_)
        keys = np.empty(len(rows), np.uint64)
        for (unit, file), begin, end in zip(
            pairs.files, pairs.bounds[:-1], pairs.bounds[1:], strict=True
        ):
            own, tokens = slice(begin, end), open_tokens(unit, file)
            if len(tokens.starts) and not len(starts):
                starts = np.empty(total, np.bool_)
            along = begin + np.argsort(ranges[own, 0], kind="stable")  # the file, not the shard
            for some in np.split(along, range(PICKED, len(along), PICKED)):
                copy_segments(tokens.ids, ranges[some], at[some], ids)
                if len(tokens.starts):
                    copy_segments(tokens.starts, ranges[some], at[some], starts)
                forget(tokens)
            keys[own] = tokens.keys[rows["documents"][own, 0]]
            self._names.add(tokens.names, rows["documents"][own], begin)
        picked = np.stack([at, at + first, at + first, at + first + second], axis=1)
        order = self._order
        return Examples(
            ids, starts, picked[order], keys[order], rows["numbers"][order, 0].astype(np.int64),
            rows["label"][order].astype(np.int64), pairs.dupes[order],
        )  # fmt: skip

    def chunks(self) -> Iterator[tuple[Buffer, Int64[np.ndarray, " some"]]]:
        config, checksums = self._config, [np.zeros(0, np.uint32)]
        rows = max(1, ENCODE_TOKENS // config.pairs.max_length)
        for first in range(0, len(self._kept), rows):
            last = min(first + rows, len(self._kept))
            framed, lengths, tokens = encode(
                self._examples.some(first, last), self._law, self._tables, config.pairs.max_length,
                config.seed, self._counts, config.masking.mode,
            )  # fmt: skip
            self._kept[first:last] = lengths > 0
            self._tokens += int(tokens.sum())
            own = lengths[lengths > 0].astype(np.int64)
            checksums.append(checksums_of(framed, np.cumsum(own)))
            yield memoryview(framed), own
        self._alike = alike(np.concatenate(checksums))

    def tokens(self) -> int:
        return self._tokens

    def counts(self) -> BlockCounts:
        """What masking counted, when all records have been taken."""
        return BlockCounts(pairs=[], **self._counts.to_json(), alike=self._alike)

    def write_sidecar(self, path: Path) -> Sidecar | None:
        if not self._config.shards.provenance:
            return None
        kept = np.zeros(len(self._kept), np.bool_)  # in the order of the pieces
        kept[self._order[self._kept]] = True
        places = np.cumsum(kept) - 1
        numbers, dupes = self._pairs.rows["numbers"][kept], self._pairs.dupes[kept]
        order = places[self._order[self._kept]]
        return write_sidecar(path, numbers, dupes, self._names.of(kept), order)


class _Names:
    """The names of the documents of a shard's pairs, each once a token file.

    Args:
        pairs: how many there are.
        partners: the second segment's names are kept, too.
    """

    def __init__(self, pairs: int, partners: bool) -> None:
        self._which = np.zeros((pairs, 1 + partners), np.int64)
        self._columns: list[list[tuple[np.ndarray, np.ndarray]]] = []  # lengths, text
        self._count = 0

    def add(self, names: Sequence[Names], documents: Shaped[np.ndarray, "n 2"], first: int) -> None:
        """Takes the names of the pairs from `first` on, by their rows in a token file."""
        if not names:
            return
        columns = self._which.shape[1]
        rows, which = np.unique(documents[:, :columns], return_inverse=True)
        own = self._which[first : first + len(documents)]
        own[:] = which.reshape(own.shape) + self._count
        self._count += len(rows)
        taken = []
        for offsets, text in names:
            lengths = offsets[rows + 1] - offsets[rows]
            taken.append((lengths, gather(text, offsets[rows], lengths)))
        self._columns.append(taken)

    def of(self, kept: Shaped[np.ndarray, " R"]) -> list[pa.DictionaryArray]:
        """The columns of the kept pairs' names, in the order of the pieces."""
        columns = [
            strings_of(
                np.concatenate([lengths for lengths, _ in parts]),
                np.concatenate([text for _, text in parts]),
            )
            for parts in zip(*self._columns, strict=True)
        ]
        return [_named(column, which) for which in self._which[kept].T for column in columns]


def _named(strings: pa.LargeStringArray, which: Int64[np.ndarray, " R"]) -> pa.DictionaryArray:
    """strings[which], its dictionary in the order in which its strings first stand there."""
    used = pa.array(which).dictionary_encode()
    found = strings.take(used.dictionary).dictionary_encode()
    return pa.DictionaryArray.from_arrays(found.indices.take(used.indices), found.dictionary)
