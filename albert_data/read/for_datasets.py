"""Shards for Hugging Face `datasets`: a stream of single examples, in the order of the run.

    dataset = stream(shards, 256, names="huggingface").with_format("torch")

`Trainer` and `DataLoader` take it as any `IterableDataset`. A row is made at a time, as `datasets` wants
it: 10 µs each; `TorchBatches` has no such price.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from albert_data.read.needed import needed
from albert_data.read.run import Run

with needed("datasets"):
    import datasets


def stream(run: Run, batch_size: int, **given: Any) -> datasets.IterableDataset:
    """This host's examples of batch after batch; arguments and features as of `Run.batches`."""
    run.batches(batch_size, **given)  # refuses here what cannot be
    specimen = run.specimen(given.get("names", "shards"))
    features = {name: _feature(values[0]) for name, values in specimen.items()}
    return datasets.IterableDataset.from_generator(
        _examples,
        features=datasets.Features(features),
        gen_kwargs={"run": run, "batch_size": batch_size, "given": given},
    )


def _examples(run: Run, batch_size: int, given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for batch in run.batches(batch_size, **given):
        for row in range(len(batch["input_ids"])):
            yield {name: values[row] for name, values in batch.items()}


def _feature(value: np.ndarray) -> Any:
    kind = datasets.Value(value.dtype.name)
    return datasets.Sequence(kind, length=len(value)) if value.ndim else kind
