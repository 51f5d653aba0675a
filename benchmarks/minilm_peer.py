"""Fine-tunes a BERT of a Hugging Face folder with transformers and PyTorch alone: the witness' other side.

Nothing of this project is imported: tables, pieces, batches, loop and optimizer are theirs or written here
anew. One thread. The rate of step k of T is peak · k/W in the warm-up of W steps, then peak · (1 − k/T).
A batch goes through in groups of examples of like lengths, each padded to its longest: the gradient is the
batch's, without most of the padding's time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sklearn.metrics
import torch
import transformers

GROUP = 8


class Layout(NamedTuple):
    """Columns of a task's tables, from 0, and whether they begin with a header."""

    first: int
    second: int | None
    label: int
    header: bool
    labels: tuple[str, ...]


LAYOUTS = {
    "rte": Layout(1, 2, 3, True, ("entailment", "not_entailment")),
    "mrpc": Layout(3, 4, 0, True, ("0", "1")),
    "cola": Layout(3, None, 1, False, ("0", "1")),
}


class Inputs(NamedTuple):
    """A split: piece ids and segments of each example, and labels [N]."""

    pieces: list[dict[str, list[int]]]
    labels: np.ndarray


def read(path: Path, layout: Layout, tokenizer: Any, length: int) -> Inputs:
    """Examples of one table."""
    lines = path.read_text(encoding="utf-8-sig").split("\n")[int(layout.header) :]
    rows = [line.split("\t") for line in lines if line]
    texts = [[row[at] for row in rows] for at in (layout.first, layout.second) if at is not None]
    found = tokenizer(*texts, truncation="longest_first", max_length=length)
    names = ("input_ids", "token_type_ids")
    pieces = [{n: found[n][at] for n in names} for at in range(len(rows))]
    return Inputs(pieces, np.array([layout.labels.index(row[layout.label]) for row in rows]))


def padded(inputs: Inputs, chosen: np.ndarray) -> dict[str, torch.Tensor]:
    """A batch of these examples, padded with 0."""
    of_batch = [inputs.pieces[at] for at in chosen]
    length = max(len(one["input_ids"]) for one in of_batch)
    batch = {
        name: torch.tensor([one[name] + [0] * (length - len(one[name])) for one in of_batch])
        for name in ("input_ids", "token_type_ids")
    }
    lengths = torch.tensor([len(one["input_ids"]) for one in of_batch])
    batch["attention_mask"] = (torch.arange(length) < lengths[:, None]).long()
    return {**batch, "labels": torch.tensor(inputs.labels[chosen])}


def batches(examples: int, size: int, steps: int, seed: int) -> Iterator[np.ndarray]:
    """Epochs one after the other, each shuffled whole, cut into batches."""
    rng = np.random.default_rng(seed)
    left = np.zeros(0, np.int64)
    for _ in range(steps):
        while len(left) < size:
            left = np.concatenate([left, rng.permutation(examples)])
        yield left[:size]
        left = left[size:]


def groups(inputs: Inputs, chosen: np.ndarray) -> list[np.ndarray]:
    """A batch in parts of ``GROUP`` examples, the short ones first."""
    lengths = [len(inputs.pieces[at]["input_ids"]) for at in chosen]
    ordered = chosen[np.argsort(lengths, kind="stable")]
    return [ordered[at : at + GROUP] for at in range(0, len(ordered), GROUP)]


def parameter_groups(model: torch.nn.Module, decay: float) -> list[dict[str, Any]]:
    """Weights that decay, and norms and biases, which do not."""
    named = list(model.named_parameters())
    free = [p for name, p in named if "LayerNorm" in name or name.endswith("bias")]
    ids = set(map(id, free))
    decayed = [p for _, p in named if id(p) not in ids]
    return [{"params": decayed, "weight_decay": decay}, {"params": free, "weight_decay": 0.0}]


class Training:
    """A model, and the steps that it is trained by.

    Args:
        model: in training mode.
        settings: ``learning_rate``, ``weight_decay``, ``epsilon``, ``clip_norm``.
        steps, warmup: ints. T and W.
    """

    def __init__(
        self, model: torch.nn.Module, settings: Mapping[str, Any], steps: int, warmup: int
    ) -> None:
        self._model, self._settings = model, settings
        self._steps, self._warmup = steps, warmup
        self._optimizer = torch.optim.AdamW(
            parameter_groups(model, settings["weight_decay"]),
            lr=settings["learning_rate"],
            betas=(0.9, 0.999),
            eps=settings["epsilon"],
        )

    def step(self, number: int, parts: Sequence[dict[str, torch.Tensor]]) -> tuple[float, float]:
        """Loss of step ``number`` (from 1), and the gradient's norm before it is clipped.

        Args:
            parts: of the batch, as ``padded`` makes them.
        """
        size = sum(len(part["labels"]) for part in parts)
        of_peak = number / self._warmup if number < self._warmup else 1 - number / self._steps
        for held in self._optimizer.param_groups:
            held["lr"] = self._settings["learning_rate"] * of_peak
        loss = 0.0
        for part in parts:
            part_of_loss = self._model(**part).loss * (len(part["labels"]) / size)
            part_of_loss.backward()
            loss += float(part_of_loss.detach())
        clip = self._settings["clip_norm"]
        norm = torch.nn.utils.clip_grad_norm_(self._model.parameters(), clip)
        self._optimizer.step()
        self._optimizer.zero_grad()
        return loss, float(norm)


@torch.no_grad()
def scores(model: Any, inputs: Inputs) -> dict[str, float]:
    """Metrics on a split."""
    model.eval()
    guessed = np.zeros(len(inputs.labels), np.int64)
    for chosen in groups(inputs, np.arange(len(inputs.labels))):
        batch = padded(inputs, chosen)
        del batch["labels"]
        guessed[chosen] = model(**batch).logits.argmax(-1).numpy()
    model.train()
    return {
        "accuracy": float(sklearn.metrics.accuracy_score(inputs.labels, guessed)),
        "f1": float(sklearn.metrics.f1_score(inputs.labels, guessed)),
        "matthews": float(sklearn.metrics.matthews_corrcoef(inputs.labels, guessed)),
        "of_largest_class": float(max(np.bincount(guessed)) / len(guessed)),
    }


def finetune(
    folder: Path, data: Path, task: str, seed: int, settings: dict[str, Any]
) -> dict[str, Any]:
    """One run: metrics on dev after every third of the steps, the last one last.

    Args:
        folder: of the model.
        data: of the task's train.tsv and dev.tsv.
        settings: ``learning_rate``, ``batch_size``, ``epochs``, ``max_length``, ``warmup`` (part of the
            steps), ``weight_decay``, ``epsilon``, ``clip_norm``, ``dropout``.
    """
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    began, layout = time.monotonic(), LAYOUTS[task]
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    train, dev = (
        read(data / f"{split}.tsv", layout, tokenizer, settings["max_length"])
        for split in ("train", "dev")
    )
    dropout = settings["dropout"]
    model = transformers.BertForSequenceClassification.from_pretrained(
        folder, num_labels=2, hidden_dropout_prob=dropout, attention_probs_dropout_prob=dropout
    )
    model.train()
    size = settings["batch_size"]
    steps = settings["epochs"] * len(train.labels) // size
    training = Training(model, settings, steps, round(settings["warmup"] * steps))
    judged, losses = [], []
    for step, chosen in enumerate(batches(len(train.labels), size, steps, seed), start=1):
        loss, _ = training.step(step, [padded(train, group) for group in groups(train, chosen)])
        losses.append(loss)
        if step % (steps // 3) == 0 and step + steps // 3 <= steps or step == steps:
            judged.append({"step": step, **scores(model, dev)})
            print(f"{task} seed {seed}: {judged[-1]}", flush=True)
    return {
        "program": f"transformers {transformers.__version__}, torch {torch.__version__}",
        "dev": judged,
        "loss": float(np.mean(losses[-50:])),
        "largest_class": float(max(np.bincount(dev.labels)) / len(dev.labels)),
        "examples": {"train": len(train.labels), "dev": len(dev.labels)},
        "seconds": round(time.monotonic() - began),
    }
