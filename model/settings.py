"""Settings of a training run: a frozen dataclass with the paper's values, read from YAML.

A settings file has two parts, both optional:

    model:                      # a name of model.configs and any of its fields
      name: albert-base
      sharing: attention
    train:                      # fields of TrainSettings
      batch_size: 4096
      micro_batch_size: 16
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import tensorflow as tf
import yaml

from .albert import RECOMPUTE
from .configs import AlbertConfig, check_keys, check_types, load_config

PRECISIONS = ("float32", "mixed_bfloat16")


@dataclass(frozen=True)
class TrainSettings:
    """How a model is trained; the defaults are those of the paper.

    Attributes:
        steps: int. Optimizer steps of the whole run.
        batch_size: int. Examples of a step, over all replicas.
        micro_batch_size: int. Examples that one replica takes through the model at once; 0 for all
            of its share. Smaller needs less memory and gives the same gradient.
        learning_rate: float. Peak rate.
        warmup_steps: int.
        decay_power: float. 1 is linear.
        weight_decay: float. Inside the trust ratio, not on layer norms and biases.
        beta_1, beta_2, epsilon: floats of LAMB.
        clip_norm: float. Largest global gradient norm; 0 for no clipping.
        seed: int. Fixes initial weights, the order of the data and dropout.
        precision: str. "float32", "mixed_bfloat16", or "" for the strategy's usual one.
        recompute: str. What the backward pass computes again instead of keeping it: "none",
            "attention" (all that is S x S) or "layers" (all but layer inputs).
        xla: bool. Compile forward and backward pass with XLA on CPU and GPU; a TPU always does.
        steps_per_call: int. Steps that run on the device before the host looks.
        log_every: int. Steps between two log lines.
        save_every: int. Steps between two checkpoints.
        keep_checkpoints: int. Checkpoints kept.
        interleave: int. Shards that a host reads at once.
        peak_teraflops: float. Of one replica, for the utilisation (MFU) in the log; 0 leaves it
            out. A TPU v3 core has 61.5.
    """

    steps: int = 125_000
    batch_size: int = 4096
    micro_batch_size: int = 0
    learning_rate: float = 0.00176
    warmup_steps: int = 3125
    decay_power: float = 1.0
    weight_decay: float = 0.01
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-6
    clip_norm: float = 1.0
    seed: int = 0
    precision: str = ""
    recompute: str = "none"
    xla: bool = False
    steps_per_call: int = 20
    log_every: int = 100
    save_every: int = 5000
    keep_checkpoints: int = 5
    interleave: int = 16
    peak_teraflops: float = 0.0

    def __post_init__(self) -> None:
        at_least_one = (
            "steps", "batch_size", "steps_per_call", "log_every", "save_every",
            "keep_checkpoints", "interleave",
        )  # fmt: skip
        check_types(self)
        for field in dataclasses.fields(self):
            value, low = getattr(self, field.name), int(field.name in at_least_one)
            if isinstance(value, int | float) and value < low:
                raise ValueError(f"{field.name}={value!r}: must be at least {low}")
        if self.precision not in ("", *PRECISIONS):
            raise ValueError(f"precision={self.precision!r}: must be {' or '.join(PRECISIONS)}")
        if self.recompute not in RECOMPUTE:
            raise ValueError(f"recompute={self.recompute!r}: must be {' or '.join(RECOMPUTE)}")

    def shares(self, replicas: int) -> tuple[int, int]:
        """Returns (examples of one replica in a step, micro-batches they are taken in).

        Raises:
            ValueError: the batch does not divide by the replicas, or a share by the micro-batch.
        """
        share, rest = divmod(self.batch_size, replicas)
        if rest or not share:
            raise ValueError(f"batch_size={self.batch_size}: must divide by {replicas} replicas")
        micro = self.micro_batch_size or share
        if share % micro:
            raise ValueError(
                f"micro_batch_size={micro}: must divide the {share} examples of a replica "
                f"(batch_size={self.batch_size} over {replicas})"
            )
        return share, share // micro


def load_settings(
    path: str | None = None,
    model: dict[str, Any] | None = None,
    train: dict[str, Any] | None = None,
) -> tuple[AlbertConfig, TrainSettings]:
    """Reads a settings file and lays overrides over it.

    Args:
        path: str or None. YAML file, local or gs://.
        model: dict or None. Fields for the model part.
        train: dict or None. Fields for the train part.

    Raises:
        ValueError: an unknown key (the nearest known one is named) or a value out of range.
    """
    given: dict[str, Any] = {}
    if path is not None:
        with tf.io.gfile.GFile(path) as file:
            try:
                given = yaml.safe_load(file.read()) or {}
            except yaml.YAMLError as error:
                raise ValueError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
        if not isinstance(given, dict):
            raise ValueError(f"{path}: must hold the keys 'model' and 'train'")
    check_keys(given, ("model", "train"), "top-level")
    model_part = {**(given.get("model") or {}), **(model or {})}
    train_part = {**(given.get("train") or {}), **(train or {})}
    check_keys(train_part, [field.name for field in dataclasses.fields(TrainSettings)], "train")
    config = load_config(model_part.pop("name", "albert-base"), **model_part)
    return config, TrainSettings(**train_part)
