"""A run of one engine as a run of the other: everything that it goes on from, bit by bit.

Weights, LAMB's slots and trust ratios, the step and the examples consumed. TensorFlow reads and writes its
own side; a checkpoint of JAX is a file that needs no JAX (``state_file``), so this runs where TensorFlow is.
"""

from __future__ import annotations

import dataclasses
import json
import posixpath
from pathlib import Path
from typing import Any

import numpy as np

from albert_data.base.errors import ConfigError
from albert_data.storage import file_names

from .. import files
from ..albert import AlbertPretrainer
from ..checkpoint_files import JAX_ENDING, LAST, find_checkpoint, settle
from ..checkpoints import check_tensorflow
from ..configs import AlbertConfig
from ..lamb import Lamb, WarmupPolynomialDecay
from ..run_folder import LOG, ORDER, RUN_FILE, Run, read_run
from ..state_file import PARTS, damaged, read_arrays, take, write_arrays
from .addresses import RUN, Address

Arrays = dict[str, np.ndarray]


def write_for(engine: str, source: Address, place: Path) -> list[str]:
    """Writes a folder that a run goes on in under another engine.

    Args:
        engine: "tensorflow" or "jax".
        source: Address of a run or of one of its checkpoints.
        place: Path. A new folder.

    Returns: what a user should know of it, line by line.

    Raises:
        ConfigError: the source is no run, is of this engine already, or TensorFlow is not there.
        DataError: its checkpoint is damaged, or holds weights alone.
    """
    check_can(engine, source)
    folder, prefix = find_checkpoint(source.place, source.which)
    run = read_run(folder)
    arrays = (read_jax if run.engine == "jax" else read_tensorflow)(run.model, prefix)
    step, examples = (int(arrays[name][0]) for name in ("step", "examples"))
    if engine == "jax":
        write_arrays(str(place / f"{LAST}-{step}{JAX_ENDING}"), arrays)
        settle(str(place), LAST, step, keep=1, keep_every=0)
    else:
        write_tensorflow(run.model, arrays, str(place))
    told = [
        f"the run at step {step}, {examples:,} examples consumed; it goes on with --engine {engine}"
    ]
    changes = run.changes
    if run.order != ORDER:
        change = {"step": step, "setting": "order", "old": run.order, "new": ORDER}
        changes = [*changes, change]
        told += [
            f"its examples came in another order ({run.order}): the epoch goes on with other ones"
        ]
    record = dataclasses.replace(run, engine=engine, best={}, order=ORDER, changes=changes)
    _write_record(folder, record, place)
    return told


def check_can(engine: str, source: Address) -> None:
    """Raises ConfigError where a run cannot be made one of another engine."""
    if source.kind != RUN:
        fix = "leave --engine out: these are weights, from which a run begins by --init"
        raise ConfigError("is no run", where=str(source), fix=fix)
    folder, _ = find_checkpoint(source.place, source.which)
    if read_run(folder).engine == engine:
        fix = f"copy the folder, or name the other engine: --engine {_other(engine)}"
        raise ConfigError(f"is a run of {engine} already", where=str(source), fix=fix)
    check_tensorflow(str(source))


def _other(engine: str) -> str:
    return "tensorflow" if engine == "jax" else "jax"


def _write_record(folder: str, run: Run, place: Path) -> None:
    """What lies beside the checkpoints of the run: its record, vocabulary and log."""
    fields = {**vars(run), "model": run.model.to_dict()}
    for name in (file_names.VOCABULARY, LOG):
        path = posixpath.join(folder, name)
        if files.exists(path):
            files.copy(path, str(place / name))
    (place / RUN_FILE).write_text(json.dumps(fields, indent=2) + "\n")


def _made(config: AlbertConfig) -> tuple[AlbertPretrainer, Lamb]:
    model = AlbertPretrainer(config, dtype="float32")
    optimizer = Lamb(WarmupPolynomialDecay(1.0, 1))
    optimizer.build(model.trainable_variables)
    return model, optimizer


def _variables(model: AlbertPretrainer, optimizer: Lamb) -> list[Any]:
    """What ``_names`` names, in its order."""
    return [*model.trainable_variables, *optimizer.m, *optimizer.v, *optimizer.trust_ratios]


def _names(model: AlbertPretrainer) -> dict[str, tuple[int, ...]]:
    """The arrays of a checkpoint of JAX and their shapes, but step and examples."""
    weights = {v.path: tuple(v.shape) for v in model.trainable_variables}
    return {
        f"{part}/{path}": () if part == "ratios" else shape
        for part in PARTS
        for path, shape in weights.items()
    }


def read_jax(config: AlbertConfig, prefix: str) -> Arrays:
    """The state in a checkpoint of JAX, checked against the model."""
    path = prefix + JAX_ENDING
    arrays = read_arrays(path)
    names = {**_names(_made(config)[0]), "step": (1,), "examples": (1,)}
    taken = dict(zip(names, take(arrays, names, path), strict=True))
    if arrays:
        raise damaged(path, f"{next(iter(arrays))} is no variable of this run")
    return taken


def read_tensorflow(config: AlbertConfig, prefix: str) -> Arrays:
    """The state in a checkpoint of TensorFlow by the names of JAX's."""
    from ..tensorflow_checkpoints import Checkpoints

    model, optimizer = _made(config)
    checkpoints = Checkpoints(posixpath.dirname(prefix), model, optimizer, keep=1)
    checkpoints.latest = prefix
    checkpoints.restore()
    arrays = {
        n: np.asarray(v) for n, v in zip(_names(model), _variables(model, optimizer), strict=True)
    }
    numbers = {"step": optimizer.iterations, "examples": checkpoints.examples}
    return {**arrays, **{name: np.array([int(number)]) for name, number in numbers.items()}}


def write_tensorflow(config: AlbertConfig, arrays: Arrays, folder: str) -> None:
    """Writes a checkpoint of TensorFlow from a state by JAX's names."""
    from ..tensorflow_checkpoints import Checkpoints

    model, optimizer = _made(config)
    checkpoints = Checkpoints(folder, model, optimizer, keep=1)
    for name, variable in zip(_names(model), _variables(model, optimizer), strict=True):
        variable.assign(arrays[name])
    optimizer.iterations.assign(int(arrays["step"][0]))
    checkpoints.examples.assign(int(arrays["examples"][0]))
    checkpoints.save()
