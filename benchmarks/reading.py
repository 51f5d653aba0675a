"""Reading for training: records a second of processor time, this reader against what others use.

    python benchmarks/reading.py SHARDS        # a plain (not gzip) static set; some minutes

A process for each reader and round, the readers in turn; the median of the process's own time from the
fourth batch on, threads added up, so that a busy machine changes less. Each gives out batches of 256 as
arrays or tensors, integers as int32:

- `albert_data`: this reader, in the caller's thread; both checksums of a record are checked.
- `tf.data`: TFRecordDataset (checks them too), batch, then one `parse_example` a batch.
- our TensorFlow trainer's data (`model/training/tensorflow_data.py`): the same reader, as tensors.
- `tfrecord`: the package's plain loader for PyTorch, which makes a dict of arrays a record; no checksums.
- Grain over ArrayRecord files with the same tf.Example bytes, a batch at a time by `parse_example`.
- `datasets` over Parquet files with the same arrays, a batch at a time.

Packages that are not installed are left out. `copy` is the speed of memory: a decoded batch, copied.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import numpy as np

from albert_data import open_shards
from albert_data.base.errors import ConfigError
from albert_data.read.export import export
from albert_data.read.shard_reader import Shards
from benchmarks.record import Record

BATCH, ROUNDS, SECONDS = 256, 5, 1.0
NOT_INSTALLED = 3


def ours(shards: Shards, made: Path) -> Iterator[Any]:
    return shards.batches(BATCH, threads=0)


def by_tf_data(shards: Shards, made: Path) -> Iterator[Any]:
    import tensorflow as tf

    parse = parser(shards)
    files = [str(file.path) for file in shards.sets[0].shards.files]
    return iter(tf.data.TFRecordDataset(files).batch(BATCH).map(parse).prefetch(2).repeat())


def by_our_trainer(shards: Shards, made: Path) -> Iterator[Any]:
    import tensorflow as tf

    from model.training.tensorflow_data import training_batches

    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    return training_batches(strategy, shards.batches(BATCH, seed=0))


def by_tfrecord(shards: Shards, made: Path) -> Iterator[Any]:
    from tfrecord import tfrecord_loader

    kinds = {n: "float" if v.dtype == np.float32 else "int" for n, v in shards[0].items()}
    types = {name: np.float32 if kind == "float" else np.int32 for name, kind in kinds.items()}
    files = itertools.cycle(str(file.path) for file in shards.sets[0].shards.files)
    records = itertools.chain.from_iterable(tfrecord_loader(f, None, kinds) for f in files)
    while rows := list(itertools.islice(records, BATCH)):
        yield {n: np.stack([row[n] for row in rows]).astype(types[n]) for n in kinds}


def by_grain(shards: Shards, made: Path) -> Iterator[Any]:
    import grain
    from grain.sources import ArrayRecordDataSource

    parse = parser(shards)
    files = sorted(map(str, (made / "arrayrecord").iterdir()))
    records = grain.MapDataset.source(ArrayRecordDataSource(files)).shuffle(seed=0).repeat()
    options = grain.ReadOptions(num_threads=1, prefetch_buffer_size=2)
    return iter(records.batch(BATCH, batch_fn=list).map(parse).to_iter_dataset(options))


def by_datasets(shards: Shards, made: Path) -> Iterator[Any]:
    import datasets

    datasets.disable_progress_bars()
    files = sorted(map(str, (made / "parquet").iterdir()))
    data = datasets.load_dataset("parquet", data_files=files, split="train", streaming=True)
    while True:
        yield from data.with_format("numpy").iter(BATCH)


def copies(shards: Shards, made: Path) -> Iterator[Any]:
    values = np.concatenate([v.view(np.int32).ravel() for v in next(ours(shards, made)).values()])
    room = np.empty_like(values)
    while True:
        room[:] = values
        yield room


def parser(shards: Shards) -> Callable[[Any], Any]:
    """From serialised records to tensors, by TensorFlow."""
    import tensorflow as tf

    spec = {
        name: tf.io.FixedLenFeature(
            values.shape, tf.float32 if values.dtype == np.float32 else tf.int64
        )
        for name, values in shards[0].items()
    }

    def parse(records: Any) -> Any:
        parsed = tf.io.parse_example(records, spec)
        return {n: tf.cast(v, tf.int32) if v.dtype == tf.int64 else v for n, v in parsed.items()}

    return parse


READERS: dict[str, Callable[[Shards, Path], Iterator[Any]]] = {
    "albert_data": ours,
    "tf.data, parse_example": by_tf_data,
    "our TensorFlow trainer": by_our_trainer,
    "tfrecord for PyTorch": by_tfrecord,
    "grain, ArrayRecord, parse_example": by_grain,
    "datasets, Parquet": by_datasets,
    "copy": copies,
}
FORMS = {"grain, ArrayRecord, parse_example": "arrayrecord", "datasets, Parquet": "parquet"}


def rate(batches: Iterator[Any]) -> float:
    """Records given out in a second of this process's time."""
    for _ in range(3):  # opens files, fills buffers
        next(batches)
    begin, end, count = time.process_time(), time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        next(batches)
        count += BATCH
    return count / (time.process_time() - begin)


def measured(name: str, folder: str, made: str) -> float | None:
    """The rate of a reader in a process of its own; None where its package is not installed."""
    command = [sys.executable, __file__, folder, "--one", name, "--made", made]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode == NOT_INSTALLED:
        return None
    done.check_returncode()
    return float(done.stdout.split()[-1])


@click.command(help=__doc__)
@click.argument("folder")
@click.option("--one", hidden=True, type=click.Choice(list(READERS)))
@click.option("--made", hidden=True)
@click.option("--rounds", default=ROUNDS, show_default=True)
def main(folder: str, one: str | None, made: str, rounds: int) -> None:
    shards = open_shards(folder)
    if one:
        try:
            print(rate(READERS[one](shards, Path(made))))
        except ImportError:
            sys.exit(NOT_INSTALLED)
        return
    rates: dict[str, list[float]] = {name: [] for name in READERS}
    with tempfile.TemporaryDirectory() as place:
        for form in FORMS.values():
            with suppress(ConfigError):  # its library is not installed
                list(export(shards, form, Path(place, form)))
        for _ in range(rounds):
            for name in list(rates):
                one_rate = measured(name, folder, place)
                if one_rate is None:
                    del rates[name]
                else:
                    rates[name].append(one_rate)
    width = f"{shards.max_length}/{shards.max_predictions}"
    headings = "reader", "length", "records/CPU s, median", "lowest to highest", "against tf.data"
    with Record("reading", *headings) as record:
        of_tf_data = statistics.median(rates["tf.data, parse_example"])
        for name, of_reader in rates.items():
            median = statistics.median(of_reader)
            spread = f"{min(of_reader):,.0f} to {max(of_reader):,.0f}"
            record.row(name, width, f"{median:,.0f}", spread, f"{median / of_tf_data:.2f}")


if __name__ == "__main__":
    main()
