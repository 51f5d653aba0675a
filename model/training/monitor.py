"""What a run says about itself: a JSON line, TensorBoard scalars, a progress bar.

``log.jsonl`` and the TensorBoard files lie in the model folder; the JSON line is printed too. What a
killed run wrote of steps behind its last checkpoint is cut off when it goes on, so that each step stands
once.
"""

from __future__ import annotations

import json
import math
import posixpath
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from .. import files
from ..configs import AlbertConfig
from ..run_folder import EVENTS, LOG, fields_of
from .event_files import EventFile, cut_event_files


def training_flops(config: AlbertConfig, length: int, predictions: int) -> float:
    """Floating-point operations of forward and backward pass of one example.

    Matrix products only, two operations a multiply-add, backward twice the forward; recomputation
    is not counted, as in the usual definition of MFU.
    """
    hidden, embedding = config.hidden_size, config.embedding_size
    dense = 4 * hidden * hidden + 2 * hidden * config.intermediate_size
    layer = length * dense + 2 * length * length * hidden
    layers = config.num_hidden_layers * config.inner_group_num * layer
    widen = length * embedding * hidden if embedding != hidden else 0
    heads = hidden * hidden + predictions * (hidden * embedding + embedding * config.vocab_size)
    return 3.0 * 2.0 * (layers + widen + heads)


def trust_ratios(ratios: Sequence[float]) -> dict[str, float]:
    """Smallest, median and largest of the last step's trust ratios; nothing where there are none."""
    if not ratios:
        return {}
    return {
        "trust_ratio_min": min(ratios),
        "trust_ratio_median": float(np.median(ratios)),
        "trust_ratio_max": max(ratios),
    }


def is_finite(sums: Mapping[str, float]) -> bool:
    """Whether every number of a host call is finite."""
    return all(map(math.isfinite, sums.values()))


def host_memory_gib() -> float:
    """The most memory that this process has had at once."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


FIGURES = {
    "mlm_loss": "mlm",
    "sentence_accuracy": "sentence",
    "eval_mlm_loss": "held out: mlm",
    "eval_sentence_accuracy": "sentence",
}


class Monitor:
    """Collects the sums of host calls and writes them out every so many steps.

    Args:
        folder: str. Model folder.
        total_steps: int. Of the whole run.
        first_step, first_examples: ints. Steps done and examples consumed before this process.
        batch_size: int. Examples of a step.
        epoch_examples: int. Examples of the data.
        means: function of the sums of steps to what is said of them.
        example_tokens: int. Positions of an example.
        example_flops: float. Training operations of an example.
        replicas: int.
        peak_teraflops: float. Of one replica; 0 leaves ``mfu`` out.
        show_progress: bool. Draw a progress bar on standard error (only if that is a terminal).
        leads: bool. Whether this process is the one that says and writes anything.
        baselines: what is reached without a model, by the names of what is logged; each stands beside its
            figure as ``NAME_to_beat``.
    """

    def __init__(
        self,
        folder: str,
        total_steps: int,
        first_step: int,
        first_examples: int,
        batch_size: int,
        epoch_examples: int,
        means: Callable[[Mapping[str, float]], dict[str, float]],
        example_tokens: int,
        example_flops: float,
        replicas: int,
        peak_teraflops: float,
        show_progress: bool = True,
        leads: bool = True,
        baselines: Mapping[str, float] | None = None,
    ) -> None:
        self._log_path, self._leads = posixpath.join(folder, LOG), leads
        if leads:
            events = posixpath.join(folder, EVENTS)
            _cut(self._log_path, first_step)
            cut_event_files(events, first_step)
            self._events = EventFile(events)
        self._batch, self._epoch, self._means = batch_size, epoch_examples, means
        self._examples_before = first_examples - first_step * batch_size
        self._baselines = baselines or {}
        self._tokens, self._flops = example_tokens, example_flops
        self._peak = peak_teraflops * 1e12 * replicas
        self._console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[figures]}"),
            console=self._console,
            disable=not (leads and show_progress and self._console.is_terminal),
        )
        self._task = self._progress.add_task(
            "steps", total=total_steps, completed=first_step, figures=""
        )
        self._totals: dict[str, float] = {}
        self._start, self._steps = time.monotonic(), 0

    def __enter__(self) -> Monitor:
        self._progress.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self._progress.stop()

    def close(self) -> None:
        """Takes the progress bar away; another thread may ask for it."""
        self._progress.stop()

    def add(self, sums: Mapping[str, float], steps: int) -> None:
        """Adds the sums of a host call of ``steps`` steps."""
        for name, value in sums.items():
            held = self._totals.get(name, 0.0)
            self._totals[name] = max(held, value) if name == "gradient_norm" else held + value
        self._steps += steps
        self._progress.advance(self._task, steps)

    def write(
        self,
        step: int,
        rate: float,
        ratios: Mapping[str, float],
        device_memory_gib: float | None = None,
    ) -> dict[str, float]:
        """Writes one line for the steps since the last and returns it.

        Args:
            step: int. Steps done.
            rate: float. Learning rate of the last step.
            ratios: dict of trust ratios.
            device_memory_gib: float. Most so far, of one device; None where it is not known.

        Returns: dict of ``step``, ``time`` (seconds since 1970), ``epoch``, ``examples`` and ``tokens``
            (positions, of the run so far), losses and accuracies, ``loss`` (what is trained on),
            ``learning_rate``, ``gradient_norm`` (largest), trust ratios, ``steps_per_second``,
            ``tokens_per_second``, ``host_memory_gib`` (most so far, of this process) and, where they are
            known, ``device_memory_gib`` and ``mfu``.
        """
        seconds = max(time.monotonic() - self._start, 1e-9)
        examples = self._steps * self._batch
        consumed = self._examples_before + step * self._batch  # a branch may have had another batch
        line = {
            "step": step,
            "time": int(time.time()),
            "epoch": consumed / self._epoch,
            "examples": consumed,
            "tokens": consumed * self._tokens,
            **self._means(self._totals),
            "learning_rate": rate,
            "gradient_norm": self._totals["gradient_norm"],
            **ratios,
            "steps_per_second": self._steps / seconds,
            "tokens_per_second": examples * self._tokens / seconds,
            "host_memory_gib": host_memory_gib(),
        }
        if device_memory_gib is not None:
            line["device_memory_gib"] = device_memory_gib
        if self._peak:
            line["mfu"] = examples * self._flops / seconds / self._peak
        self.note(line)
        self._progress.update(self._task, figures=figures_of(line, self._baselines))
        self._totals, self._steps, self._start = {}, 0, time.monotonic()
        return line

    def note(self, line: Mapping[str, float]) -> None:
        """Writes numbers of a step (its number under ``step``) to the log, TensorBoard and stdout; a terminal
        with a progress bar gets the figures alone, in words.
        """
        if not self._leads:
            return
        known = {f"{name}_to_beat": v for name, v in self._baselines.items() if name in line}
        line = {**line, **known}
        scalars = {name: value for name, value in line.items() if name not in ("step", "time")}
        self._events.write(int(line["step"]), scalars)
        text = json.dumps({key: short(value) for key, value in line.items()})
        files.append(self._log_path, f"{text}\n".encode())
        words = "" if self._progress.disable or not sys.stdout.isatty() else self._in_words(line)
        print(words or text, flush=True)

    def to_disk(self) -> None:
        """Waits until all that was noted would outlast a loss of power: before the checkpoint that goes on
        behind it.
        """
        if self._leads:
            self._events.to_disk()
            files.to_disk(self._log_path)

    def _in_words(self, line: Mapping[str, float]) -> str:
        figures = figures_of(line, self._baselines)
        return f"step {line['step']:,}: {figures}" if figures else ""


def figures_of(line: Mapping[str, float], baselines: Mapping[str, float]) -> str:
    """The losses of a line for people, in brackets what is to beat: ``mlm 5.43 (5.49)``."""
    parts = []
    for name, short in FIGURES.items():
        if name in line:
            form = "{:.2f}" if name.endswith("loss") else "{:.1%}"
            beside = f" ({form.format(baselines[name])})" if name in baselines else ""
            parts.append(f"{short} {form.format(line[name])}{beside}")
    return "  ".join(parts) or (f"loss {line['loss']:.3f}" if "loss" in line else "")


def _cut(path: str, step: int) -> None:
    """Takes the lines of later steps out of a log, and the rest of one that a kill cut short."""
    if not files.exists(path):
        return
    lines = files.read_text(path).splitlines(keepends=True)
    whole = [(line, f"{path} line {n}") for n, line in enumerate(lines, 1) if line[-1:] == "\n"]
    kept = [line for line, where in whole if fields_of(line, where)["step"] <= step]
    if kept != lines:
        files.write(path, "".join(kept))


def short(value: float) -> float:
    """A number as the log has it."""
    return value if isinstance(value, int) else float(f"{value:.6g}")
