"""Bytes of a corpus's token cache, from the token files of a sample."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from albert_data.insight.estimate.reading import Reading
from albert_data.tokens.token_file import write_token_file

_SHORT_ROW = ("id", "title", "source", "key")


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
    table = pa.concat_tables([pq.ParquetFile(folder / file.path).read() for file in reading.files])
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
    size = write_token_file(path, [table]).bytes
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
