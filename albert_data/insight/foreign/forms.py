"""What the files of a path are, and their records as batches.

A file's form is read off its first bytes; all files of a folder must be of one form. Folders in it, notes
and vocabularies beside them, and of our own builds all but the shards, hold no records of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from albert_data.base.errors import ConfigError, DataError
from albert_data.corpus.file_formats import compressed
from albert_data.insight.foreign import hdf5, tables, tfrecords
from albert_data.insight.foreign.batch import FIX, Batch
from albert_data.insight.foreign.pieces import Pieces
from albert_data.storage import file_names
from albert_data.storage.paths import open_binary

TFRECORDS, HDF5 = "TFRecords of tf.Examples", "NVIDIA's HDF5"
_NO_RECORDS = (".json", ".md", ".model", ".vocab", ".txt", ".html", ".log", ".crc", ".index")
_NAME_RECORDS = "name a file of pretraining examples, or a folder of them"
_PARQUET = b"PAR1"


@dataclass(frozen=True)
class Foreign:
    """Files of one form.

    Attributes:
        form: for people.
        files: in order.
        left_out: names of what is in the folder beside them.
        batches: the records of a file.
        pieces: the special ids where the form names its pieces; known after the last batch.
    """

    form: str
    files: tuple[Path, ...]
    left_out: tuple[str, ...]
    batches: Callable[[Path], Iterator[Batch]]
    pieces: Callable[[], Pieces | None]


def open_foreign(path: Path) -> Foreign:
    """The files of a path.

    Raises:
        ConfigError: there are none.
        DataError: one is of no form that is known, or of another than the first.
    """
    if not path.exists():
        raise ConfigError("there is no such file or folder", where=str(path), fix=_NAME_RECORDS)
    found = sorted(path.iterdir()) if path.is_dir() else [path]
    ours = (path / file_names.MANIFEST).is_file()
    files = [p for p in found if _may_hold(p, ours)] if path.is_dir() else [path]
    if not files or not files[0].is_file():
        raise ConfigError("there are no records", where=str(path), fix=_NAME_RECORDS)
    form = _form(files[0])
    for other in files[1:]:
        if (own := _form(other)) != form:
            raise DataError(
                f"this is {own}, {files[0].name} is {form}",
                where=other.name,
                fix="name files of one form at a time",
            )
    left_out = tuple(p.name for p in found if p not in set(files))
    known = tuple(files), left_out
    if form == tables.LDDL:
        lddl = tables.Lddl()
        return Foreign(form, *known, lddl.batches, lambda: lddl.pieces)
    readers = {
        TFRECORDS: tfrecords.batches,
        HDF5: hdf5.batches,
        tables.HUGGING_FACE: tables.hugging_face,
    }
    return Foreign(form, *known, readers[form], lambda: None)


def _may_hold(path: Path, ours: bool) -> bool:
    """Whether a file of a folder, of a build of ours or of others, is one of records."""
    if ours:
        return path.match(file_names.SHARDS)
    hidden = path.name.startswith((".", "_"))
    return path.is_file() and not hidden and path.suffix not in _NO_RECORDS


def _form(path: Path) -> str:
    try:
        with open_binary(path) as stream:
            head = stream.read(max(len(hdf5.MAGIC), compressed.MAGIC_BYTES))
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        raise DataError(problem, where=str(path), fix=FIX) from None
    if head.startswith(hdf5.MAGIC):
        return HDF5
    if head.startswith(_PARQUET) or path.suffix == ".arrow":
        return tables.table_form(path)
    return TFRECORDS
