"""Shards to look at, ours or the reference's: what there is, and the records of each, some at a time.

A folder with a manifest says all by itself. A bare TFRecord file, or a folder of them, needs `--vocab`;
the lengths are found from its first record. Records are read in order and never a whole shard at once,
their checksums checked. Cost: about 15 µs a record of 512 tokens.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.load import from_dict
from albert_data.corpus.file_formats import compressed
from albert_data.examples.dynamic import UNMASKED, mask_examples
from albert_data.examples.masking import MaskTables
from albert_data.read.foreign import lengths_of, may_be_shard
from albert_data.read.shard_bytes import ShardBytes, bytes_of
from albert_data.read.shard_bytes import ShardFile as StoredFile
from albert_data.records.parse import Examples, UnmaskedExamples, parse_examples, parse_unmasked
from albert_data.records.tfrecord import FOOTER_BYTES, HEADER_BYTES, LENGTH_BYTES, find_records
from albert_data.records.validate import out_of_range
from albert_data.schema import Manifest
from albert_data.shards.manifest import read_manifest
from albert_data.shards.provenance import read_provenance
from albert_data.storage import file_names
from albert_data.storage.file_names import MANIFEST
from albert_data.storage.nearby import not_this, told_apart
from albert_data.storage.paths import open_binary
from albert_data.tokens.vocabulary import Vocabulary, load_vocabulary

BATCH = 256
_FIX = "restore the file, or make it anew"
_MEMORY = 2**24  # bytes that are kept of a shard in an object store, where records are read singly
_MOST_BYTES = 2**28  # of a record; a longer one is damage


@dataclass(frozen=True)
class ShardFile:
    """A TFRecord file; its records, sidecar and SHA-256 are None where no manifest tells them."""

    path: Path
    records: int | None = None
    provenance: Path | None = None
    sha256: str | None = None


@dataclass(frozen=True)
class ShardSet:
    """Shards that belong together.

    Attributes:
        name: as given.
        files: in order.
        max_length, max_predictions: of every record.
        vocabulary: their pieces.
        manifest: of our own builds.
    """

    name: str
    files: tuple[ShardFile, ...]
    max_length: int
    max_predictions: int
    vocabulary: Vocabulary
    manifest: Manifest | None = None

    def examples(self, file: ShardFile, first: int = 0) -> Iterator[tuple[int, Examples]]:
        """Records of a file from number `first`, as (number of the first, a batch of them).

        Records of `masking.mode: dynamic` are masked as the trainer masks them in epoch 0. What others'
        records may lack (`Feature.needed`) is 0 in those that do.

        Raises:
            DataError: a record is damaged or has other features or lengths.
        """
        for number, batch in self.stored(file, first):
            yield number, _mask(batch, self) if isinstance(batch, UnmaskedExamples) else batch

    def stored(
        self, file: ShardFile, first: int = 0
    ) -> Iterator[tuple[int, Examples | UnmaskedExamples]]:
        """As `examples`, but not masked where the records are not."""
        for number, *place in framed(file.path, first):
            yield number, self._parsed(file, number, *place)

    def picked(self, file: ShardFile, rows: np.ndarray) -> Iterator[tuple[int, Examples]]:
        """The records of these ascending rows of a file, otherwise as `examples`.

        Of a file that is not packed, only their bytes are read.
        """
        for number, *place in framed_rows(file, rows):
            batch = self._parsed(file, number, *place)
            yield number, _mask(batch, self) if isinstance(batch, UnmaskedExamples) else batch

    def _parsed(
        self,
        file: ShardFile,
        number: int,
        buffer: np.ndarray,
        begins: np.ndarray,
        ends: np.ndarray,
    ) -> Examples | UnmaskedExamples:
        place = file.path.name, number
        with _with_fix():
            parsed: Examples | UnmaskedExamples
            if self.dynamic:
                parsed = parse_unmasked(buffer, begins, ends, self.max_length, *place)
            else:
                sizes, strict = (self.max_length, self.max_predictions), self.manifest is not None
                parsed = parse_examples(buffer, begins, ends, *sizes, *place, strict=strict)
            # What shows records goes by pieces, places and labels.
            for fault, row in out_of_range(parsed, self.vocabulary.size):
                raise DataError(f"record {number + row}: {fault}", where=file.path.name)
            return parsed

    @property
    def dynamic(self) -> bool:
        """Whether the records are not masked."""
        manifest = self.manifest
        return manifest is not None and manifest.config["masking"]["mode"] == "dynamic"

    def records(self, file: ShardFile) -> int:
        """Number of a file's records; counts them where no manifest tells it."""
        if file.records is not None:
            return file.records
        with _open(file.path) as stream:
            return sum(1 for _ in _frames(stream, file.path))

    def origins(self, file: ShardFile, columns: Sequence[str] | None = None) -> pa.Table | None:
        """The rows of a file's sidecar, all columns by default; None where there is none.

        Raises:
            DataError: it is damaged, or is not that of the file's records.
        """
        if not file.provenance:
            return None
        rows = read_provenance(file.provenance, columns)
        if len(rows) != self.records(file):
            raise DataError(
                f"{len(rows):,} rows, the shard has {self.records(file):,} records",
                where=str(file.provenance),
                fix="restore it, or repeat the build, which makes it anew",
            )
        return rows


def open_shards(path: Path, vocabulary: Path | None = None) -> ShardSet:
    """The shards of a folder or a single TFRecord file.

    Raises:
        ConfigError: there are none, or the vocabulary is neither here nor given.
        DataError: the manifest or the first record is damaged.
    """
    if (path / MANIFEST).is_file():
        return _of_build(path, vocabulary)
    if other := told_apart(path):
        raise ConfigError(other[0], where=str(path), fix=other[1])
    paths = sorted(p for p in path.iterdir() if may_be_shard(p)) if path.is_dir() else [path]
    sets = path.is_dir() and any((p / MANIFEST).is_file() for p in path.iterdir())
    if sets or not paths or not paths[0].is_file():
        usual = "name a build's --output folder, or a TFRecord file or a folder of them"
        problem, fix = not_this(path, MANIFEST, "there are no shards", usual)
        raise ConfigError(problem, where=str(path), fix=fix)
    beside = (path if path.is_dir() else path.parent) / file_names.VOCABULARY
    if vocabulary is None and not beside.is_file():
        raise ConfigError(
            "these shards do not say what their ids mean",
            where=str(path),
            fix="give the SentencePiece model they were made with: --vocab FILE.model",
        )
    return ShardSet(
        str(path),
        tuple(ShardFile(p) for p in paths),
        *_first_lengths(paths[0]),
        load_vocabulary(vocabulary or beside),
    )


def _mask(unmasked: UnmaskedExamples, shards: ShardSet) -> Examples:
    fields, manifest = dict(vars(unmasked)), shards.manifest
    assert manifest is not None
    masked = mask_examples(
        **{name: fields[name] for name in UNMASKED},
        epochs=np.zeros(len(unmasked.input_ids), np.int64),
        config=from_dict(manifest.config),
        tables=MaskTables.of(shards.vocabulary),
    )
    del fields["mask_stream"]
    return Examples(**{**fields, **masked._asdict()})


def _of_build(folder: Path, vocabulary: Path | None) -> ShardSet:
    manifest = read_manifest(folder)
    return of_manifest(
        folder, manifest, load_vocabulary(vocabulary or folder / file_names.VOCABULARY)
    )


def of_manifest(folder: Path, manifest: Manifest, vocabulary: Vocabulary) -> ShardSet:
    """The shards that a manifest lists."""
    files = []
    for shard in manifest.shards:
        sidecar = folder / shard.provenance.name if shard.provenance else None
        files.append(ShardFile(folder / shard.name, shard.records, sidecar, shard.sha256))
    return ShardSet(
        str(folder),
        tuple(files),
        manifest.config["pairs"]["max_length"],
        manifest.config["masking"]["max_predictions"],
        vocabulary,
        manifest,
    )


def framed(path: Path, first: int = 0) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """Batches of a TFRecord file from record `first`: number, buffer, and where the records lie.

    Raises:
        DataError: a record is cut off or damaged, or the file cannot be read.
    """
    with _open(path) as stream:
        if sum(1 for _ in islice(_frames(stream, path), first)) < first:
            return
        frames = _frames(stream, path)
        while batch := list(islice(frames, BATCH)):
            buffer = np.frombuffer(b"".join(batch), np.uint8)
            with _with_fix():
                begins, ends = find_records(buffer, f"{path.name} from record {first}:")
            yield first, buffer, begins, ends
            first += len(batch)


def mapped_records(
    path: Path,
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """As `framed`, all at once, of an unpacked file on this machine."""
    try:
        buffer = bytes_of(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    with _with_fix():
        begins, ends = find_records(buffer, path.name)
    yield 0, buffer, begins, ends


def framed_rows(
    file: ShardFile, rows: np.ndarray
) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
    """As `framed`, of these ascending rows, one after the other; by the offsets beside the shard."""
    if file.path.suffix == ".gz":  # to be unpacked from its beginning
        for first, buffer, begins, ends in framed(file.path):
            for row in rows[(rows >= first) & (rows < first + len(begins))].tolist():
                at = slice(row - first, row - first + 1)
                yield row, buffer, begins[at], ends[at]
            if not len(rows) or first + len(begins) > rows[-1]:
                return
        return
    whole = ShardBytes((StoredFile(file.path, file.records, sha256=file.sha256),), _MEMORY, 0)
    for row in rows.tolist():
        with _with_fix():
            buffer, places, first = whole.shard(0).part(row, row + 1, whole.ranges)
            record = buffer[places[row - first] : places[row - first + 1]]
            begins, ends = find_records(record, f"{file.path.name} from record {row}:")
        yield row, record, begins, ends


@contextmanager
def _with_fix() -> Iterator[None]:
    try:
        yield
    except DataError as error:
        error.fix = error.fix or _FIX
        raise


def _unreadable(path: Path, error: OSError) -> DataError:
    return DataError(f"the shard cannot be read: {error.strerror}", where=str(path), fix=_FIX)


def _open(path: Path) -> BinaryIO:
    try:
        stream = open_binary(path)
        kind = compressed.kind_of(stream.read(compressed.MAGIC_BYTES))
        stream.seek(0)
    except OSError as error:
        raise _unreadable(path, error) from None
    if kind is None:
        return stream
    return io.BufferedReader(compressed.TextOf(stream, kind, path.name, _FIX))


def _frames(stream: BinaryIO, path: Path) -> Iterator[bytes]:
    number = 0
    while head := stream.read(HEADER_BYTES):
        size = int.from_bytes(head[:LENGTH_BYTES], "little")
        if len(head) < HEADER_BYTES or size > _MOST_BYTES:
            raise DataError(
                f"record {number} is cut off, or this is no TFRecord file",
                where=path.name,
                fix="name a TFRecord file of tf.Example records",
            )
        yield head + stream.read(size + FOOTER_BYTES)
        number += 1


def _first_lengths(path: Path) -> tuple[int, int]:
    """S and P of a file's first record."""
    for _, buffer, begins, ends in framed(path):
        return lengths_of(buffer[begins[0] : ends[0]].tobytes(), path.name)
    return lengths_of(b"", path.name)
