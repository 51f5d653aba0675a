"""Repeated documents: found over a whole corpus, of which the first is kept.

While a unit is tokenised, each token file gets a *signature file* beside it (`sign_file`); when all
units are done, `first_of_each` reads these and says which documents repeat an earlier one, in the
order of the corpus, which does not depend on workers.

    exact     two documents with the same pieces: 128 bits of BLAKE2b
    minhash   near-duplicates: MinHash (Broder 1997) of the set of runs of SHINGLE words, BANDS x ROWS
              values by rensa (exact version: it decides what is dropped). Documents that agree in all
              values of a band are compared; at least `threshold` of all values must agree (that share
              estimates the sets' Jaccard similarity). Two documents of similarity s meet with
              probability 1 - (1 - s^ROWS)^BANDS: 0.95 at 0.8, 0.06 at 0.5.

A word is what `token_boundary` takes for one. Price: about 5 % of tokenising with `minhash`; memory of
`first_of_each` about 50 bytes a document, and 1 KB more for each that meets another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import rensa

from albert_data.base.arrays import Bool, Int32, Int64, UInt32, UInt64
from albert_data.base.errors import DataError
from albert_data.base.kernels import kernel, kernel_making_arrays
from albert_data.config.settings import TokenSettings
from albert_data.schema import SignatureMarker
from albert_data.storage.atomic import atomic_path
from albert_data.storage.paths import is_remote, open_binary
from albert_data.storage.sealed import read_marker, write_sealed
from albert_data.tokens.token_file import file_crc32c, read_documents

BANDS, ROWS = 16, 8
SHINGLE = 5  # words
_SEED = 1
_PRIME = np.uint64(0x9E3779B97F4A7C15)


def signature_path(token_file: Path) -> Path:
    return token_file.with_suffix(".signatures.npy")


def sign_file(token_file: Path, crc32c: int, starts: np.ndarray, method: str) -> None:
    """Writes the signatures of a token file's D documents: uint32 [bands, D, rows], .npy.

    A sealed mark beside them holds the checksums of both files, so that only signatures of this token
    file that are as they were written are kept.

    Args:
        crc32c: of the token file.
        starts: bool [V], the piece begins a word.
        method: `exact` or `minhash`.
    """
    path = signature_path(token_file)
    mark = path.with_suffix(".json")
    done = read_marker(mark, SignatureMarker)
    if done and done.of == crc32c and path.is_file() and file_crc32c(path) == done.crc32c:
        return
    documents = read_documents(token_file, crc32c)
    bounds = documents.sentence_offsets[documents.document_offsets]
    signatures = (_exact if method == "exact" else minhash)(documents.ids, bounds, starts)
    with atomic_path(path, lasting=False) as temporary, open(temporary, "wb") as stream:
        np.save(stream, signatures)
    write_sealed(mark, SignatureMarker(crc32c, file_crc32c(path)))


def first_of_each(token_files: Sequence[Path], settings: TokenSettings) -> list[np.ndarray]:
    """For each file, bool [D]: the document repeats an earlier one of these files, in their order."""
    threshold = settings.dedup_threshold if settings.dedup == "minhash" else 1.0
    files = [_load(signature_path(path)) for path in token_files]
    offsets = np.cumsum([0, *(file.shape[1] for file in files)])
    parents = np.arange(offsets[-1])
    pairs = _meetings(files)
    if len(pairs):
        met = np.unique(pairs)
        rows = np.concatenate(
            [
                file[:, met[(met >= begin) & (met < end)] - begin].transpose(1, 0, 2)
                for file, begin, end in zip(files, offsets, offsets[1:], strict=False)
            ]
        ).reshape(len(met), -1)
        same = np.zeros(len(pairs))
        for column in rows.T:  # a column at a time, so that pairs do not multiply the rows
            same += (
                column[np.searchsorted(met, pairs[:, 0])]
                == column[np.searchsorted(met, pairs[:, 1])]
            )
        _join(parents, pairs[same >= threshold * rows.shape[1]])
    repeats = parents != np.arange(len(parents))
    return [repeats[begin:end] for begin, end in zip(offsets, offsets[1:], strict=False)]


def _load(path: Path) -> UInt32[np.ndarray, "bands D rows"]:
    """Signatures, mapped from the disk where they lie on one.

    Raises:
        DataError: the file holds none.
    """
    try:
        signatures: UInt32[np.ndarray, "bands D rows"] = (
            np.load(open_binary(path), allow_pickle=False)
            if is_remote(path)
            else np.load(path, mmap_mode="r", allow_pickle=False)
        )
        if not isinstance(signatures, np.ndarray) or signatures.dtype != np.uint32:
            raise ValueError("it holds no signatures")
    except (ValueError, EOFError) as error:
        fix = "remove it and run the command that made the token cache again"
        raise DataError(f"damaged: {error}", where=str(path), fix=fix) from None
    return signatures


def _exact(ids: np.ndarray, bounds: np.ndarray, starts: np.ndarray) -> np.ndarray:
    digests = [
        hashlib.blake2b(ids[begin:end].tobytes(), digest_size=16).digest()
        for begin, end in zip(bounds, bounds[1:], strict=False)
    ]
    return np.frombuffer(b"".join(digests), np.uint32).reshape(1, -1, 4)


def minhash(
    ids: Int32[np.ndarray, " T"], bounds: Int64[np.ndarray, " D+1"], starts: Bool[np.ndarray, " V"]
) -> UInt32[np.ndarray, "bands D rows"]:
    """Signatures of D documents, where each begins and ends in `ids`."""
    hashes, offsets = _shingles(ids, bounds, starts, SHINGLE)
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(
        hashes, offsets, BANDS * ROWS, _SEED
    )
    rows = np.array(matrix.to_rows(), np.uint32).reshape(-1, BANDS, ROWS)
    return np.ascontiguousarray(rows.transpose(1, 0, 2))


def first_that_agrees(
    documents: UInt32[np.ndarray, "bands D rows"],
    others: UInt32[np.ndarray, "bands E rows"],
    threshold: float,
) -> Bool[np.ndarray, " D"]:
    """Whether one of the others repeats a document: of those that meet it in a band, the first is asked."""
    found = np.zeros(documents.shape[1], np.bool_)
    if not others.shape[1]:
        return found
    for band, other_band in zip(documents, others, strict=True):
        own, theirs = _band_hash(band), _band_hash(other_band)
        order = np.argsort(theirs, kind="stable")
        at = np.minimum(np.searchsorted(theirs[order], own), len(order) - 1)
        met = np.flatnonzero(theirs[order[at]] == own)
        same = documents[:, met] == others[:, order[at[met]]]
        found[met] |= same.mean(axis=(0, 2)) >= threshold
    return found


def _meetings(files: Sequence[np.ndarray]) -> np.ndarray:
    """int64 [M, 2]: pairs (earlier, later) of documents that agree in a whole band.

    Each document of a group that agrees is paired with the group's first and with its neighbour.
    """
    found = [np.zeros((0, 2), np.int64)]
    for band in range(files[0].shape[0] if files else 0):
        hashes = np.concatenate([_band_hash(file[band]) for file in files])
        order = np.argsort(hashes, kind="stable")
        hashes = hashes[order]
        repeats = np.flatnonzero(hashes[1:] == hashes[:-1]) + 1
        first = np.arange(len(order))
        first[repeats] = 0
        first = np.maximum.accumulate(first)
        found.append(np.stack([order[first[repeats]], order[repeats]], axis=1))
        found.append(np.stack([order[repeats - 1], order[repeats]], axis=1))
    return np.unique(np.concatenate(found), axis=0)


def _band_hash(values: np.ndarray) -> np.ndarray:
    """uint64 [D] of uint32 [D, rows]."""
    result = np.zeros(len(values), np.uint64)
    for column in values.T:
        result = (result ^ column.astype(np.uint64)) * _PRIME
        result ^= result >> np.uint64(29)
    return result


@kernel
def _mix(value: np.uint64) -> np.uint64:
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@kernel_making_arrays
def _shingles(
    ids: Int32[np.ndarray, " T"],
    bounds: Int64[np.ndarray, " D+1"],
    starts: Bool[np.ndarray, " V"],
    width: int,
) -> tuple[UInt64[np.ndarray, " H"], UInt64[np.ndarray, " D+1"]]:
    """Hashes of all runs of `width` words of each document (of all its words where it has fewer).

    Returns:
        hashes, and where each document's begin.
    """
    hashes = np.empty(len(ids) + len(bounds), np.uint64)
    offsets = np.zeros(len(bounds), np.uint64)
    words = np.zeros(width, np.uint64)  # the latest, in a ring
    n = 0
    for d in range(len(bounds) - 1):
        seen = 0
        word = np.uint64(0)
        for t in range(bounds[d], bounds[d + 1] + 1):
            last = t == bounds[d + 1]
            if t > bounds[d] and (last or starts[ids[t]]):
                words[seen % width] = word
                seen += 1
                word = np.uint64(0)
                if seen >= width or last:
                    run = np.uint64(0)
                    for k in range(max(seen - width, 0), seen):
                        run = _mix(run + words[k % width])
                    hashes[n] = run
                    n += 1
            if not last:
                word = _mix(word + np.uint64(ids[t]) + np.uint64(1))
        offsets[d + 1] = n
    return hashes[:n].copy(), offsets


@kernel
def _join(parents: Int64[np.ndarray, " D"], pairs: Int64[np.ndarray, "M 2"]) -> None:
    """Joins the clusters of each pair; in the end each document's parent is its cluster's first."""
    for i in range(len(pairs)):
        a, b = pairs[i, 0], pairs[i, 1]
        while parents[a] != a:
            parents[a] = parents[parents[a]]
            a = parents[a]
        while parents[b] != b:
            parents[b] = parents[parents[b]]
            b = parents[b]
        parents[max(a, b)] = min(a, b)
    for i in range(len(parents)):
        parents[i] = parents[parents[i]]
