"""From the token files of a sample to those of all that was looked at: documents and cache bytes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from albert_data.base.gather import offsets_of
from albert_data.insight.estimate.reading import Reading
from albert_data.schema import TokenFile
from albert_data.shards.provenance import read_names
from albert_data.tokens.documents import Documents
from albert_data.tokens.token_file import read_documents, write_token_file

MOST_TOKENS = 4_000_000  # that are masked; of a larger corpus, every k-th document
_SHORT_ROW = ("id", "title", "source", "key")


@dataclass(frozen=True)
class Grown:
    """Documents that stand for a kind of source.

    Attributes:
        documents, names: as of a token file.
        scale: how many such there are in the whole corpus.
    """

    documents: Documents
    names: pa.Table
    scale: float


def grow(reading: Reading, folder: Path, seed: int) -> Grown:
    """As many documents as were looked at, with the lengths they have, of sampled sentences.

    Documents taken whole are repeated; the others get runs of sampled sentences, one after the
    other, of as many tokens as their size and the sampled pieces per character say.
    """
    rng = np.random.default_rng(seed)
    whole, whole_names = _joined(reading.whole, folder)
    parts, part_names = _joined(reading.parts, folder)
    per_size = rate(reading, whole=False)
    sizes = np.array([own.size for own in reading.seen if not own.whole], float)
    count = kept_whole(reading)
    tokens = per_size * sizes.sum() + rate(reading, whole=True) * sum(
        own.size for own in reading.seen if own.whole
    )
    step = max(1, math.ceil(tokens / MOST_TOKENS))
    rows = _cycle(len(whole.keys), round(count / step))
    made = [_take(whole, rows)]
    names = [whole_names.take(pa.array(rows))]
    if len(sizes):
        pool = parts if len(parts.keys) else whole
        pool_names = part_names if len(parts.keys) else whole_names
        long = _fill(pool, per_size * sizes[::step])
        made.append(long)
        names.append(
            pool_names.take(pa.array(_cycle(len(pool.keys), len(long.document_offsets) - 1)))
        )
    documents = _concatenate(made)
    keys = rng.integers(0, 2**64, len(documents.document_offsets) - 1, dtype=np.uint64)
    documents = Documents(
        documents.ids, documents.sentence_offsets, documents.document_offsets, keys
    )
    return Grown(documents, pa.concat_tables(names).combine_chunks(), step * reading.look.scale)


def rate(reading: Reading, whole: bool) -> float:
    """Pieces a character of documents taken whole or in parts; of all, where there are none."""
    own = [d for d in reading.seen if d.whole == whole and d.taken] or reading.seen
    return sum(d.tokens for d in own) / max(sum(d.taken for d in own), 1)


def kept_whole(reading: Reading) -> float:
    """How many of the documents of one part would be kept."""
    own = [d for d in reading.seen if d.whole]
    taken = [d for d in own if d.taken]
    return len(own) * (sum(d.tokens > 0 for d in taken) / len(taken) if taken else 1.0)


def cache_bytes(
    reading: Reading,
    folder: Path,
    tokens: float,
    documents: float,
    part_bytes: int,
    vocabulary_size: int,
) -> float:
    """Bytes of the token files of `documents` documents with `tokens` pieces.

    A small file is not a scaled large one: pieces are numbers in a dictionary of the pieces that
    occur, which grows with the text. So the sample is written again with a first document of all
    pieces expected; the dictionary is counted once a file, the numbers by the pieces.
    """
    table = pa.concat_tables([pq.read_table(folder / file.path) for file in reading.files])
    pieces = table["pieces"].combine_chunks().flatten()
    first, all_of = _distinct(pieces.slice(0, len(pieces) // 2)), _distinct(pieces)
    # Heaps' law: distinct pieces grow with a power of the text.
    power = math.log2(max(all_of, 1) / max(first, 1)) if first else 0.0
    wanted = min(all_of * (tokens / len(pieces)) ** power, vocabulary_size)
    order = np.unique(pieces.to_numpy())
    others = np.setdiff1d(np.arange(vocabulary_size), order)[: max(int(wanted) - len(order), 0)]
    primer = np.concatenate([order, others]).astype(order.dtype)
    row = {name: [table[name][0].as_py()] for name in (*_SHORT_ROW, "sentence_lengths")}
    first_row = pa.table({**row, "pieces": [primer]}, schema=table.schema)
    own, _, _ = _column_bytes(folder, first_row)
    data, dictionary, footer = _column_bytes(folder, pa.concat_tables([first_row, table]))
    scales = {name: documents / len(table) for name in _SHORT_ROW}
    scales |= {name: tokens / len(pieces) for name in ("sentence_lengths", "pieces")}
    grown = sum(
        max(size - own[name], 0) * scales[name.split(".")[0]] for name, size in data.items()
    )
    text = sum(seen.taken for seen in reading.seen) * tokens / len(pieces)
    files = max(len(reading.look.units), text / part_bytes)
    return grown + files * (dictionary + footer)


def _column_bytes(folder: Path, table: pa.Table) -> tuple[dict[str, int], int, int]:
    """Bytes of each column without the dictionary of pieces, of that, and of the rest of a file."""
    path = folder / "measured.parquet"
    size = write_token_file(path, table).bytes
    data: dict[str, int] = {}
    dictionary = 0
    metadata = pq.ParquetFile(path).metadata
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            name, own = column.path_in_schema, column.total_compressed_size
            if name.startswith("pieces") and column.has_dictionary_page:
                of_dictionary = column.data_page_offset - column.dictionary_page_offset
                dictionary, own = dictionary + of_dictionary, own - of_dictionary
            data[name] = data.get(name, 0) + own
    path.unlink()
    return data, dictionary, size - sum(data.values()) - dictionary


def _distinct(pieces: pa.Array) -> int:
    return len(np.unique(pieces.to_numpy()))


def _joined(files: list[TokenFile], folder: Path) -> tuple[Documents, pa.Table]:
    none = np.zeros(0, np.int64)
    empty = Documents(none.astype(np.int32), np.zeros(1, np.int64), np.zeros(1, np.int64), none)
    documents = _concatenate([empty, *(read_documents(folder / f.path, f.crc32c) for f in files)])
    names = [read_names(folder / file.path) for file in files]
    columns = [("source", pa.large_string()), ("document", pa.large_string())]
    schema = pa.schema([*columns, ("title", pa.large_string())])
    return documents, pa.concat_tables([schema.empty_table(), *names]).combine_chunks()


def _concatenate(parts: list[Documents]) -> Documents:
    return Documents(
        np.concatenate([p.ids for p in parts]),
        offsets_of(np.concatenate([np.diff(p.sentence_offsets) for p in parts])),
        offsets_of(np.concatenate([np.diff(p.document_offsets) for p in parts])),
        np.concatenate([p.keys for p in parts]).astype(np.uint64),
    )


def _take(documents: Documents, rows: np.ndarray) -> Documents:
    """Some documents, perhaps several times."""
    bounds = documents.sentence_offsets[documents.document_offsets]
    counts = np.diff(documents.document_offsets)[rows]
    sentences = _ranges(documents.document_offsets[rows], counts)
    ids = documents.ids[_ranges(bounds[rows], (bounds[rows + 1] - bounds[rows]))]
    lengths = np.diff(documents.sentence_offsets)[sentences]
    return Documents(ids, offsets_of(lengths), offsets_of(counts), documents.keys[rows])


def _fill(pool: Documents, tokens: np.ndarray) -> Documents:
    """Documents of about `tokens` [D] tokens, of the pool's sentences one after the other."""
    lengths = np.diff(pool.sentence_offsets)
    times = math.ceil(tokens.sum() / len(pool.ids)) + 1
    ends = np.cumsum(np.tile(lengths, times))
    bounds = np.searchsorted(ends, offsets_of(tokens), side="left")
    bounds[0] = 0
    bounds = np.unique(bounds)
    ids = np.tile(pool.ids, times)[: ends[bounds[-1] - 1]]
    keys = np.zeros(len(bounds) - 1, np.uint64)
    return Documents(ids, offsets_of(np.tile(lengths, times)[: bounds[-1]]), bounds, keys)


def _cycle(count: int, wanted: int) -> np.ndarray:
    return np.arange(wanted if count else 0, dtype=np.int64) % max(count, 1)


def _ranges(begins: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """begins[i], begins[i] + 1, … for counts[i] numbers, all one after the other."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    numbers: np.ndarray = np.arange(total) + np.repeat(begins - (ends - counts), counts)
    return numbers
