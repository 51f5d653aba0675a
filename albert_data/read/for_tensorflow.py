"""Shards for TensorFlow: a `tf.data.Dataset` of batches of static shapes, in the order of the run.

dataset = tensorflow_batches(shards, 256, consumed=step * 256)
"""

from __future__ import annotations

from typing import Any

from albert_data.read.needed import needed
from albert_data.read.run import Run

with needed("tensorflow"):
    import tensorflow as tf


def tensorflow_batches(run: Run, batch_size: int, **given: Any) -> tf.data.Dataset:
    """Arguments and features as of `Run.batches`; with `epochs`, the number of rows is not static."""
    run.batches(batch_size, **given)  # refuses here what cannot be
    rows = None if given.get("epochs") is not None else batch_size // given.get("hosts", 1)
    signature = {
        name: tf.TensorSpec([rows, *values.shape[1:]], values.dtype)
        for name, values in run.specimen(given.get("names", "shards")).items()
    }

    def generate() -> Any:
        return run.batches(batch_size, **given)

    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)
