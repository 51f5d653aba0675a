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

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from albert_data.base.errors import ConfigError
from albert_data.config.fields import build, dotted_keys, shown, unknown_key
from albert_data.config.yaml_text import parse_pairs, parse_yaml

from . import files
from .configs import RECOMPUTE, AlbertConfig, SettingError, named, need

PRECISIONS = ("float32", "mixed_bfloat16")
ON_TROUBLE = ("warn", "stop", "rewind")
EVALUATED = 64
MOST = 2**31 - 1
_MOST = {"seed": 2**63 - 1, "batch_size": 2**20, "micro_batch_size": 2**20}


@dataclass(frozen=True)
class TrainSettings:
    """How a model is trained; the defaults are those of the paper.

    Attributes:
        steps: int. Optimizer steps of the whole run; with ``max_hours`` the most.
        max_hours: float. Time of the steps of the whole run: as many are laid out as fit, by some that are
            measured first. Compiling, evaluations and checkpoints are not in it. 0: ``steps`` say it.
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
        shard_state: bool. Each device keeps a part of weights and slots instead of all (engine jax).
        xla: bool. Compile forward and backward pass with XLA on CPU and GPU; a TPU always does.
        steps_per_call: int. Most steps that run on the device before the host looks; 0: as many as
            take ``call_seconds``.
        call_seconds: float. Time between two looks of the host, by the measured time of a step; a
            preempted machine must save within its notice. 0: 5 s on accelerators, 0.5 s on a CPU.
        log_every: int. Steps between two log lines; 0: by time, the first after the first step, then
            every five seconds to a minute.
        save_minutes: float. Longest time between two checkpoints, which is what a kill costs at most.
        save_every: int. Steps between two checkpoints; 0: by time alone.
        keep_checkpoints: int. Newest checkpoints kept.
        keep_every: int. Checkpoints of steps that it divides are kept for good; 0: none are.
        eval_every: int. Steps between two evaluations, where there are shards for it.
        eval_batches: int. Batches of such an evaluation; 0: all.
        patience: int. Evaluations in a row without a better score after which the run ends; 0: none.
        on_trouble: str. Where the curve says that the loss diverges or nothing is learnt: "warn" says so,
            "stop" ends the run, "rewind" goes back to the last checkpoint from before and on from there
            with half the rate.
        most_rewinds: int. After so many the run ends.
        peak_teraflops: float. Of one replica, for the utilisation (MFU) in the log; 0 leaves it
            out. A TPU v3 core has 61.5.
    """

    steps: int = 125_000
    max_hours: float = 0.0
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
    shard_state: bool = False
    xla: bool = False
    steps_per_call: int = 0
    call_seconds: float = 0.0
    log_every: int = 0
    save_minutes: float = 10.0
    save_every: int = 0
    keep_checkpoints: int = 5
    keep_every: int = 0
    eval_every: int = 1000
    eval_batches: int = 0
    patience: int = 0
    on_trouble: str = "warn"
    most_rewinds: int = 3
    peak_teraflops: float = 0.0

    def __post_init__(self) -> None:
        """Raises SettingError for a value out of range."""
        at_least_one = (
            "steps", "batch_size", "keep_checkpoints", "eval_every",
        )  # fmt: skip
        for field in dataclasses.fields(self):
            value, low = getattr(self, field.name), int(field.name in at_least_one)
            if isinstance(value, int | float):
                high = _MOST.get(field.name, MOST)
                rule = f"be at least {low} and at most {high:,}"
                need(self, low <= value <= high, field.name, rule)
        need(self, self.save_minutes > 0, "save_minutes", "be above 0")
        for name in ("beta_1", "beta_2"):
            need(self, getattr(self, name) < 1, name, "be below 1")
        named_values = {
            "precision": ("", *PRECISIONS),
            "recompute": RECOMPUTE,
            "on_trouble": ON_TROUBLE,
        }
        for name, allowed in named_values.items():
            words = " or ".join(filter(None, allowed))
            need(self, getattr(self, name) in allowed, name, f"be {words}")

    def shares(self, replicas: int) -> tuple[int, int]:
        """Returns (examples of one replica in a step, micro-batches they are taken in).

        Raises:
            SettingError: the batch does not divide by the replicas, or a share by the micro-batch.
        """
        share, rest = divmod(self.batch_size, replicas)
        need(self, share > 0 and not rest, "batch_size", f"divide by {replicas} replicas")
        micro = self.micro_batch_size or share
        rule = f"divide the {share} examples of a replica ({self.batch_size} over {replicas})"
        need(self, share % micro == 0, "micro_batch_size", rule)
        return share, share // micro

    def evaluated_at_once(self, replicas: int) -> int:
        """Examples of a batch of held-out data: one of training, at most ``EVALUATED`` a replica."""
        return min(self.batch_size, EVALUATED * replicas)


@dataclass(frozen=True)
class Settings:
    """The two parts of a settings file."""

    model: AlbertConfig = AlbertConfig()
    train: TrainSettings = TrainSettings()


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
        SettingError: an unknown key (the nearest known one is named), or a value of another type or
            out of range; names the file.
    """
    told = [path] if path is not None else []
    where = ", ".join([*told, "--set"] if model or train else told) or "settings"
    with _settings_named(where):
        given: Any = {}
        if path is not None:
            node, loader = parse_yaml(files.read_text(path), path)
            given = loader.construct_document(node) if node else {}
        if not isinstance(given, Mapping):
            raise ConfigError("it holds no settings", fix="it must hold the keys model and train")
        fields = {**_part(given, "model"), **(model or {})}
        name = fields.pop("name", "albert-base")
        parts = {
            "model": named(name, fields, where),
            "train": {**_part(given, "train"), **(train or {})},
        }
        run = build(Settings, {**given, **parts}, where)
    return run.model, run.train


MODEL_KEYS = ["name", *dotted_keys(AlbertConfig)]
TRAIN_KEYS = dotted_keys(TrainSettings)


def split_overrides(pairs: Iterable[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sorts KEY=VALUE pairs into fields of the model and of the training; values are YAML.

    Raises:
        SettingError: no "=" in a pair, or an unknown key (the nearest known one is named).
    """
    model_keys, train_keys = MODEL_KEYS, TRAIN_KEYS
    with _settings_named("--set"):
        given = parse_pairs(pairs, "--set", "steps=1000")
        for key in given:
            if key not in (*model_keys, *train_keys):
                raise unknown_key(key, "--set", [*model_keys, *train_keys])
    model = {key: value for key, value in given.items() if key in model_keys}
    return model, {key: value for key, value in given.items() if key not in model_keys}


def _part(given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    part = given.get(key) or {}
    if not isinstance(part, Mapping):
        fix = f"write it as `{key}:` and below it a line for each setting"
        raise ConfigError(f"{key} must be a mapping, not {shown(part)}", fix=fix)
    return part


@contextlib.contextmanager
def _settings_named(where: str) -> Iterator[None]:
    """Makes every refusal of a setting a SettingError that says where the setting stands."""
    try:
        yield
    except ConfigError as error:
        raise SettingError(error.problem, where=error.where or where, fix=error.fix) from None
