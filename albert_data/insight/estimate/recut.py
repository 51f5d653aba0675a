"""Sampled text cut anew into documents as long as those of the corpus: chunk ends are as frequent."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from albert_data.base.gather import offsets_of
from albert_data.insight.estimate.reading import Reading
from albert_data.shards.provenance import read_names
from albert_data.tokens.documents import Documents
from albert_data.tokens.token_file import read_documents

MOST_TOKENS = 4_000_000  # up to which sentences are repeated
Part = tuple[Documents, pa.Table]  # of a token file, with the documents' names


def of_files(reading: Reading, folder: Path) -> Iterator[Part]:
    """The documents of all token files, as they are."""
    for file in reading.files:
        path = folder / file.path
        yield read_documents(path, file.crc32c), read_names(path)


def of_sample(reading: Reading, whole: bool, folder: Path) -> Iterator[Part]:
    """Documents that stand for the corpus's: taken whole, as they are; taken in parts, cut anew."""
    sizes = np.array([seen.size for seen in reading.seen if not seen.whole], float)
    tokens = reading.tokens(whole) / reading.look.scale
    files = reading.whole if whole else reading.parts
    times = reading.documents(whole) / reading.look.scale / sum(file.documents for file in files)
    for file in files:
        path = folder / file.path
        documents = read_documents(path, file.crc32c)
        yield documents if whole else recut(documents, sizes, tokens), _names(path, times)


def recut(documents: Documents, sizes: np.ndarray, tokens: float) -> Documents:
    """The same sentences in documents of other lengths: even quantiles of `sizes`.

    They have the corpus's tokens a document. Two are the least, where the corpus has two, since an NSP
    partner is another one; sentences that are too few for these are repeated.

    Args:
        sizes: [D] of the documents of the corpus, in any unit.
        tokens: of all these.
    """
    pool, least = len(documents.ids), min(2, len(sizes))
    wanted = min(least * tokens / len(sizes), MOST_TOKENS)
    times = max(1, math.ceil(wanted / pool))
    ids = np.tile(documents.ids, times)
    lengths = np.tile(np.diff(documents.sentence_offsets), times)
    sentences = offsets_of(lengths)
    count = max(least, round(len(sizes) * len(ids) / tokens))
    cuts = np.cumsum(np.quantile(sizes, (np.arange(count) + 0.5) / count))
    cuts = np.round(cuts * (len(ids) / cuts[-1])).astype(np.int64)
    bounds = np.unique(np.concatenate([[0], np.searchsorted(sentences, cuts)]))
    rows = np.arange(len(bounds) - 1)
    # A document's stream is named by its key, and two must not share one.
    keys = documents.keys[rows % len(documents.keys)] + rows.astype(np.uint64)
    return Documents(ids, sentences, bounds, keys)


def _names(path: Path, times: float) -> pa.Table:
    """A token file's names and, for documents that were not read, the same names turned about."""
    known = read_names(path)
    rows = known.to_pylist()
    for place in range(len(rows), round(times * len(rows))):
        turn, number = divmod(place, known.num_rows)
        row = rows[number]
        turned = {key: row[key][turn:] + row[key][:turn] for key in ("document", "title")}
        rows.append(row | turned)
    return pa.Table.from_pylist(rows, known.schema).combine_chunks()
