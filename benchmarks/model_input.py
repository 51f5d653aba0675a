"""Whether reading keeps up with a TPU v3-8: records a second of processor time, plain and gzip.

    python benchmarks/model_input.py SHARDS SHARDS-GZIP

What such a machine could take at most is computed, not measured: its peak (8 cores × 61.5 TFLOP/s:
half of the 123 TFLOP/s in bfloat16 that Google states for a v3 chip) over the operations of a
training example (`monitor.training_flops`). No real step comes near its peak, so this is the most
that the input could ever be asked for.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import tensorflow as tf

from albert_data import open_shards
from albert_data.read.shard_reader import Shards
from benchmarks.record import Record
from model.configs import load_config
from model.training.monitor import training_flops
from model.training.tensorflow_data import training_batches

PEAK = 8 * 61.5e12
MODELS = ("albert-base", "albert-large", "albert-xlarge", "albert-xxlarge")


def records_per_core_second(shards: Shards, records: int, batch_size: int) -> float:
    """Records given out in a second of this process's time, threads added up."""
    start = 0.0
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    batches = training_batches(strategy, shards.batches(batch_size, seed=0))
    given = records // batch_size
    for number in range(given + 4):
        next(batches)
        if number == 3:  # the first batches start threads and fill buffers
            start = time.process_time()
    rate = given * batch_size / (time.process_time() - start)
    batches.close()
    return rate


@click.command(help=__doc__)
@click.argument("folders", nargs=-1, required=True)
@click.option("--records", default=40_000, show_default=True)
@click.option("--batch-size", default=256, show_default=True)
def main(folders: tuple[str, ...], records: int, batch_size: int) -> None:
    with Record("model-input", "what", "length", "records/s") as record:
        for folder in folders:
            shards = open_shards(folder)
            rate = records_per_core_second(shards, records, batch_size)
            name = shards.manifest.shards[0].name if shards.manifest else ""
            kind = "gzip, unpacked once" if name.endswith(".gz") else "plain"
            record.row(f"read on one core, {kind}", str(shards.max_length), f"{rate:,.0f}")
        for name in MODELS:
            flops = training_flops(load_config(name), shards.max_length, shards.max_predictions)
            most = f"the most that a v3-8 takes, {name}"
            record.row(most, str(shards.max_length), f"{PEAK / flops:,.0f}")


if __name__ == "__main__":
    main()
