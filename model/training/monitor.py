"""What a run says about itself: a JSON line, TensorBoard scalars, a progress bar.

``log.jsonl`` and the TensorBoard files lie in the model folder; the JSON line is printed too. What a
killed run wrote of steps behind its last checkpoint is cut off when it goes on, so that each step stands
once. The scalar summaries are written through TensorFlow's own event writer, so that training does not
need the tensorboard package; reading them does.
"""

from __future__ import annotations

import json
import posixpath
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from ..lamb import Lamb
from ..network.heads import pretraining_means


def trust_ratios(optimizer: Lamb) -> dict[str, float]:
    """Smallest, median and largest trust ratio of the last step, over the adapted variables."""
    ratios = [float(ratio.numpy()) for ratio in optimizer.adapted_trust_ratios()]
    return {
        "trust_ratio_min": min(ratios),
        "trust_ratio_median": float(np.median(ratios)),
        "trust_ratio_max": max(ratios),
    }


def is_finite(sums: Mapping[str, Any]) -> bool:
    """Whether every number of a host call is finite."""
    return all(np.isfinite(float(value)) for value in sums.values())


class Monitor:
    """Collects the sums of host calls and writes them out every so many steps.

    Args:
        folder: str. Model folder.
        total_steps: int. Of the whole run.
        first_step: int. Steps done before this process.
        batch_size: int. Examples of a step.
        epoch_examples: int. Examples of the data.
        sentence: bool. Whether a sentence loss is trained; else nothing is said of it.
        example_tokens: int. Positions of an example.
        example_flops: float. Training operations of an example.
        replicas: int.
        peak_teraflops: float. Of one replica; 0 leaves ``mfu`` out.
        show_progress: bool. Draw a progress bar on standard error (only if that is a terminal).
    """

    def __init__(
        self,
        folder: str,
        total_steps: int,
        first_step: int,
        batch_size: int,
        epoch_examples: int,
        sentence: bool,
        example_tokens: int,
        example_flops: float,
        replicas: int,
        peak_teraflops: float,
        show_progress: bool = True,
    ) -> None:
        self._log_path = posixpath.join(folder, "log.jsonl")
        _cut(self._log_path, first_step)
        for events in tf.io.gfile.glob(posixpath.join(folder, "tensorboard", "*")):
            _cut_events(events, first_step)
        self._writer = tf.summary.create_file_writer(posixpath.join(folder, "tensorboard"))
        self._batch, self._epoch, self._sentence = batch_size, epoch_examples, sentence
        self._tokens, self._flops = example_tokens, example_flops
        self._peak = peak_teraflops * 1e12 * replicas
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not (show_progress and self._console.is_terminal),
        )
        self._task = self._progress.add_task("steps", total=total_steps, completed=first_step)
        self._totals: dict[str, float] = {}
        self._start, self._steps = time.monotonic(), 0

    def __enter__(self) -> Monitor:
        self._progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._progress.stop()
        self._writer.close()

    def add(self, sums: Mapping[str, Any], steps: int) -> None:
        """Adds the sums of a host call of ``steps`` steps."""
        for name, value in sums.items():
            held = self._totals.get(name, 0.0)
            keep_largest = name == "gradient_norm"
            self._totals[name] = max(held, float(value)) if keep_largest else held + float(value)
        self._steps += steps
        self._progress.advance(self._task, steps)

    def write(self, step: int, rate: float, ratios: Mapping[str, float]) -> dict[str, float]:
        """Writes one line for the steps since the last and returns it.

        Args:
            step: int. Steps done.
            rate: float. Learning rate of the last step.
            ratios: dict of trust ratios.

        Returns: dict of ``step``, ``time`` (seconds since 1970), ``epoch``, ``examples`` and ``tokens``
            (positions, of the run so far), losses and accuracies, ``loss`` (what is trained on),
            ``learning_rate``, ``gradient_norm`` (largest), trust ratios, ``steps_per_second``,
            ``tokens_per_second`` and, where the peak is known, ``mfu``.
        """
        seconds = max(time.monotonic() - self._start, 1e-9)
        means = pretraining_means(self._totals)
        examples = self._totals["sentence_weight"]
        if not self._sentence:
            means = {name: mean for name, mean in means.items() if name.startswith("mlm_")}
        line = {
            "step": step,
            "time": int(time.time()),
            "epoch": step * self._batch / self._epoch,
            "examples": step * self._batch,
            "tokens": step * self._batch * self._tokens,
            "loss": sum(mean for name, mean in means.items() if name.endswith("_loss")),
            **means,
            "learning_rate": rate,
            "gradient_norm": self._totals["gradient_norm"],
            **ratios,
            "steps_per_second": self._steps / seconds,
            "tokens_per_second": examples * self._tokens / seconds,
        }
        if self._peak:
            line["mfu"] = examples * self._flops / seconds / self._peak
        self.note(line)
        self._totals, self._steps, self._start = {}, 0, time.monotonic()
        return line

    def note(self, line: Mapping[str, float]) -> None:
        """Writes numbers of a step (its number under ``step``) to the log, TensorBoard and stdout."""
        with self._writer.as_default():
            for name, value in line.items():
                if name not in ("step", "time"):
                    _write_scalar(name, value, int(line["step"]))
        self._writer.flush()
        text = json.dumps({key: _short(value) for key, value in line.items()})
        with tf.io.gfile.GFile(self._log_path, "a") as file:
            file.write(text + "\n")
        print(text, flush=True)


def _cut(path: str, step: int) -> None:
    """Takes the lines of later steps out of a log, and the rest of one that a kill cut short."""
    if not tf.io.gfile.exists(path):
        return
    with tf.io.gfile.GFile(path) as file:
        lines = file.read().splitlines(keepends=True)
    kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= step]
    if kept != lines:
        with tf.io.gfile.GFile(path, "w") as file:
            file.write("".join(kept))


def _cut_events(path: str, step: int) -> None:
    """Takes the events of later steps out of a TensorBoard file."""
    kept, cut = [], False
    try:
        for raw in tf.data.TFRecordDataset(path).as_numpy_iterator():
            later = tf.compat.v1.Event.FromString(raw).step > step
            cut |= later
            kept += [] if later else [raw]
    except tf.errors.DataLossError:  # a kill cut the last one short
        cut = True
    if cut:
        with tf.io.TFRecordWriter(path) as writer:
            for raw in kept:
                writer.write(raw)


def _short(value: float) -> float:
    return value if isinstance(value, int) else float(f"{value:.6g}")


def _write_scalar(name: str, value: float, step: int) -> None:
    metadata = tf.compat.v1.SummaryMetadata(
        plugin_data=tf.compat.v1.SummaryMetadata.PluginData(plugin_name="scalars")
    )
    metadata.data_class = 1  # a scalar
    tf.summary.write(name, tf.constant(value, tf.float32), step=step, metadata=metadata)
