"""Reading for training: records a second of processor time, this reader against what others use.

    python benchmarks/reading.py SHARDS        # a plain (not gzip) static set; some minutes

All in one process, in turn, several rounds; the median of a process's own time, threads added up, so that
a busy machine changes little. Each gives out batches of 256 as int32 arrays or tensors:

- `albert_data`: this reader, one thread; both checksums of a record are checked.
- `tf.data`: TFRecordDataset (checks them too), batch, then one `parse_example` a batch, casts to int32.
- our TensorFlow input (`model/inputs.py`).
- `tfrecord`: the package's plain loader for PyTorch, which makes a dict of arrays a record; no checksums.
- Grain over ArrayRecord files with the same tf.Example bytes, parsed a batch at a time by `parse_example`.
- `datasets` over Parquet files with the same arrays, a batch at a time.

Packages that are not installed are left out. `copy` is the speed of memory: a decoded batch, copied.
"""

from __future__ import annotations

import itertools
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import numpy as np

from albert_data import open_shards
from albert_data.read.export import export
from albert_data.read.shard_reader import Shards
from benchmarks.record import Record

BATCH, ROUNDS, SECONDS = 256, 5, 1.0
Readers = dict[str, Callable[[], Iterator[Any]]]


def of_tensorflow(shards: Shards, files: list[str]) -> Readers:
    """tf.data by hand, and the trainer's."""
    import tensorflow as tf

    from model.inputs import training_batches
    from model.shards import read_manifest

    sizes = {name: values.shape for name, values in shards[0].items()}
    kinds = {
        name: tf.float32 if values.dtype == np.float32 else tf.int64
        for name, values in shards[0].items()
    }
    spec = {name: tf.io.FixedLenFeature(sizes[name], kinds[name]) for name in sizes}

    def parse(batch: Any) -> Any:
        parsed = tf.io.parse_example(batch, spec)
        return {n: tf.cast(v, tf.int32) if v.dtype == tf.int64 else v for n, v in parsed.items()}

    def plain() -> Iterator[Any]:
        return iter(tf.data.TFRecordDataset(files).batch(BATCH).map(parse).prefetch(2).repeat())

    def trainers() -> Iterator[Any]:
        folder = read_manifest(str(shards.folder))
        return iter(training_batches(folder, BATCH, seed=0, examples=10**9))

    return {"tf.data, parse_example": plain, "our TensorFlow input": trainers}


def of_grain(shards: Shards, folder: Path) -> Readers:
    """Grain over ArrayRecord files."""
    try:
        import array_record  # noqa: F401
        import grain
        import tensorflow as tf
    except ImportError:
        return {}
    files = [str(path) for path in export(shards, "arrayrecord", folder)]
    from grain.sources import ArrayRecordDataSource

    sizes = {name: values.shape for name, values in shards[0].items()}
    kinds = {
        name: tf.float32 if values.dtype == np.float32 else tf.int64
        for name, values in shards[0].items()
    }
    spec = {name: tf.io.FixedLenFeature(sizes[name], kinds[name]) for name in sizes}

    def parse(records: Any) -> Any:
        parsed = tf.io.parse_example(records, spec)
        return {
            n: v.numpy().astype(np.int32 if v.dtype == tf.int64 else np.float32)
            for n, v in parsed.items()
        }

    def read() -> Iterator[Any]:
        source = grain.MapDataset.source(ArrayRecordDataSource(files)).shuffle(seed=0).repeat()
        return iter(source.batch(BATCH, batch_fn=list).map(parse).to_iter_dataset())

    return {"grain, ArrayRecord, parse_example": read}


def of_tfrecord(shards: Shards, files: list[str]) -> Readers:
    """The package `tfrecord`."""
    try:
        from tfrecord import tfrecord_loader
    except ImportError:
        return {}
    kinds = {
        name: "float" if values.dtype == np.float32 else "int" for name, values in shards[0].items()
    }

    def batches() -> Iterator[Any]:
        loaders = (tfrecord_loader(file, None, kinds) for file in itertools.cycle(files))
        records = itertools.chain.from_iterable(loaders)
        while True:
            rows = list(itertools.islice(records, BATCH))
            yield {
                name: np.stack([row[name] for row in rows]).astype(
                    np.float32 if kinds[name] == "float" else np.int32
                )
                for name in kinds
            }

    return {"tfrecord for PyTorch": batches}


def of_datasets(shards: Shards, folder: Path) -> Readers:
    """Hugging Face `datasets` over Parquet."""
    import datasets

    files = [str(path) for path in export(shards, "parquet", folder)]
    datasets.disable_progress_bars()

    def read() -> Iterator[Any]:
        data = datasets.load_dataset("parquet", data_files=files, split="train", streaming=True)
        while True:
            yield from data.with_format("numpy").iter(BATCH)

    return {"datasets, Parquet": read}


def rate(batches: Iterator[Any]) -> float:
    """Records given out in a second of this process's time."""
    next(batches)  # opens files
    begin, end, count = time.process_time(), time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        next(batches)
        count += BATCH
    return count / (time.process_time() - begin)


@click.command(help=__doc__)
@click.argument("folder")
@click.option("--threads", default=0, show_default=True, help="Of this reader.")
def main(folder: str, threads: int) -> None:
    shards = open_shards(folder)
    files = [str(file.path) for file in shards.sets[0].shards.files]
    with tempfile.TemporaryDirectory() as made:
        readers: Readers = {
            "albert_data": lambda: shards.batches(BATCH, threads=threads),
            **of_tensorflow(shards, files),
            **of_tfrecord(shards, files),
            **of_grain(shards, Path(made, "array-record")),
            **of_datasets(shards, Path(made, "parquet")),
            "copy": lambda: copies(next(shards.batches(BATCH))),
        }
        open_readers = {name: reader() for name, reader in readers.items()}
        rates: dict[str, list[float]] = {name: [] for name in readers}
        for _ in range(ROUNDS):
            for name, batches in open_readers.items():
                rates[name].append(rate(batches))
    width = f"{shards.max_length}/{shards.max_predictions}"
    with Record("reading", "reader", "length", "records/CPU s", "albert_data is") as record:
        ours = statistics.median(rates["albert_data"])
        for name, of_reader in rates.items():
            one = statistics.median(of_reader)
            record.row(name, width, f"{one:,.0f}", f"{ours / one:.1f} times as fast")


def copies(batch: dict[str, np.ndarray]) -> Iterator[Any]:
    while True:
        yield {name: values.copy() for name, values in batch.items()}


if __name__ == "__main__":
    main()
