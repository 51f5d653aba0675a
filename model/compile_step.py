"""The training step, lowered and compiled for a TPU that is not here; the parts of ``check_tpu``.

In: a step's shapes and a topology that libtpu knows. Out: HLO, or what the compiled step takes of a device's
memory. TensorFlow and JAX are not in one environment: each function imports what it needs.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

TOPOLOGIES = {  # by type and number of devices (cores; chips where a chip has one): libtpu's names
    "v2": {8: "v2:2x2"},
    "v3": {8: "v3:2x2", 256: "v3:8x16"},
    "v4": {8: "v4:2x2x1", 256: "v4:4x4x8"},
    "v5e": {8: "v5e:2x4", 256: "v5e:16x16"},
    "v6e": {8: "v6e:2x4", 256: "v6e:16x16"},
}
GIB = 2**30
UNITS = {"K": 2**20, "M": 2**10, "G": 1}  # of a GiB
SIZE = r"\(?([0-9.]+)([KMG])\)?"
TOO_LITTLE = re.compile(
    rf"Used {SIZE} of {SIZE} hbm|{SIZE} exceeds available HBM {SIZE}"
)  # libtpu's


@dataclass(frozen=True)
class Step:
    """What is compiled: one micro-batch of ``batch`` examples on each of ``devices``."""

    config: str = "albert-base"
    batch: int = 8
    length: int = 512
    predictions: int = 77
    recompute: str = "none"
    devices: int = 8


def _parts(asked: Step) -> tuple[Any, Any, float]:
    """Model, optimizer and dropout rate of a step, as the trainer makes them."""
    from .albert import AlbertPretrainer
    from .configs import load_config
    from .lamb import Lamb, WarmupPolynomialDecay

    config = load_config(asked.config)
    model = AlbertPretrainer(config, recompute=asked.recompute, dtype="mixed_bfloat16")
    optimizer = Lamb(WarmupPolynomialDecay(0.00176, 125_000, 3_125))
    optimizer.build(model.trainable_variables)
    return model, optimizer, config.hidden_dropout_prob


def _features(asked: Step, batch: int) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and dtype of each feature, [micro-batches = 1, examples, …]."""
    tokens, masked = (1, batch, asked.length), (1, batch, asked.predictions)
    return {
        **{name: (tokens, "int32") for name in ("input_ids", "input_mask", "segment_ids")},
        **{name: (masked, "int32") for name in ("masked_lm_positions", "masked_lm_ids")},
        "masked_lm_weights": (masked, "float32"),
        "next_sentence_labels": ((1, batch, 1), "int32"),
    }


def lower_tensorflow(asked: Step, out: str) -> dict[str, Any]:
    """Writes OUT.hlo, the step of one replica with its sums over all, and OUT.json; returns the latter.

    Raises:
        ClickException: a shape in it is dynamic.
    """
    import tensorflow as tf

    from .training.pure_step import State, make_pure_step

    def add_up(values: list[tf.Tensor]) -> list[tf.Tensor]:
        group = tf.constant([list(range(asked.devices))], tf.int32)
        return [tf.raw_ops.CrossReplicaSum(input=value, group_assignment=group) for value in values]

    model, optimizer, dropout = _parts(asked)
    step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop", add_up=add_up)
    weights = [tf.TensorSpec(v.shape, tf.float32) for v in model.trainable_variables]
    ratios = [tf.TensorSpec([], tf.float32) for _ in weights]
    features = {
        key: tf.TensorSpec(shape, dtype)
        for key, (shape, dtype) in _features(asked, asked.batch).items()
    }
    arguments = (State(weights, weights, weights, ratios, tf.TensorSpec([], tf.int32)), features)

    def flat_step(*flat: tf.Tensor) -> list[tf.Tensor]:
        return tf.nest.flatten(step(*tf.nest.pack_sequence_as(arguments, flat)))

    compiler_ir = tf.function(flat_step, jit_compile=True).experimental_get_compiler_ir(
        *tf.nest.flatten(arguments)
    )
    text = compiler_ir(stage="hlo", platform_name="TPU")
    if "<=" in text:
        raise click.ClickException("the lowered step has a dynamic dimension")
    Path(f"{out}.hlo").write_bytes(compiler_ir(stage="hlo_serialized", platform_name="TPU"))
    about = {"engine": "tensorflow", **asdict(asked), "dropout": dropout}
    about["sums"] = text.count("all-reduce(")
    Path(f"{out}.json").write_text(json.dumps(about))
    return about


def compile_lowered(path: str, topology: str) -> dict[str, Any]:
    """Compiles what ``lower_tensorflow`` wrote; returns what it is and the memory of one core."""
    import numpy as np
    from jax._src.interpreters import mlir
    from jaxlib import _jax, xla_client
    from jaxlib.mlir import ir

    about = json.loads(Path(f"{path}.json").read_text())
    devices = _devices(topology, about["devices"])
    options = xla_client.CompileOptions()
    options.num_replicas = options.executable_build_options.num_replicas = len(devices)
    options.device_assignment = xla_client.DeviceAssignment.create(
        np.arange(len(devices)).reshape(-1, 1)
    )
    stablehlo = _jax.mlir.hlo_to_stablehlo(Path(f"{path}.hlo").read_bytes())
    with mlir.make_ir_context():
        module = ir.Module.parse(stablehlo)
        client = devices[0].client
        compiled = lambda: client.compile(module, _jax.DeviceList(tuple(devices)), options)  # noqa: E731
        memory = _memory(compiled, lambda made: made.get_compiled_memory_stats())
    return {**about, "topology": topology, **memory}


def compile_jax(asked: Step, topology: str, shard_state: bool) -> dict[str, Any]:
    """Compiles the step of the JAX engine; returns what it is and the memory of one device."""
    os.environ["KERAS_BACKEND"] = "jax"
    import jax

    jax.config.update("jax_platforms", "cpu")  # what computes here
    import jax.numpy as jnp

    from .training.jax_step import TOTALS, Layout, make_run_step, state_of
    from .training.pure_step import make_pure_step

    model, optimizer, dropout = _parts(asked)
    step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop")
    layout = Layout(_devices(topology, asked.devices), shard_state)
    state = jax.tree.map(
        lambda array: jax.ShapeDtypeStruct(array.shape, array.dtype), state_of(model, optimizer)
    )
    totals = {key: jax.ShapeDtypeStruct((), jnp.float32) for key in TOTALS}
    features = {
        key: jax.ShapeDtypeStruct(shape, dtype)
        for key, (shape, dtype) in _features(asked, asked.batch * asked.devices).items()
    }
    run_step: Any = make_run_step(step, layout, state)
    lowered = run_step.lower(state, totals, features)
    about = {"engine": "jax", **asdict(asked), "dropout": dropout, "shard_state": shard_state}
    memory = _memory(lowered.compile, lambda made: made.memory_analysis())
    return {**about, "topology": topology, **memory}


def _devices(topology: str, count: int) -> list[Any]:
    from jax.experimental import topologies

    name = TOPOLOGIES[topology].get(count)
    if name is None:
        known = ", ".join(map(str, TOPOLOGIES[topology]))
        raise click.ClickException(f"--devices {count}: of {topology} these are known: {known}")
    return list(topologies.get_topology_desc(name, "tpu").devices)


def _memory(compiled: Callable[[], Any], stats: Callable[[Any], Any]) -> dict[str, Any]:
    """Compiles; returns the memory of a device, or what is needed where that is too little."""
    start = time.monotonic()
    try:
        found = stats(compiled())
        line = {
            "fits": True,
            "arguments_gib": round(found.argument_size_in_bytes / GIB, 3),
            "temporary_gib": round(found.temp_size_in_bytes / GIB, 3),
            "code_mib": round(found.generated_code_size_in_bytes / 2**20),
        }
    except Exception as error:  # of libtpu's several libraries
        line = too_large(str(error))
        if not line:
            raise
    return {**line, "compile_seconds": round(time.monotonic() - start)}


def too_large(message: str) -> dict[str, Any]:
    """What libtpu says of a program that does not fit, in GiB; empty if the message says another thing."""
    found = TOO_LITTLE.search(message)
    if not found:
        return {"fits": False} if "RESOURCE_EXHAUSTED" in message else {}
    numbers = [part for part in found.groups() if part]
    needed, device = (
        round(float(number) / UNITS[unit], 3)
        for number, unit in zip(numbers[::2], numbers[1::2], strict=True)
    )
    return {"fits": False, "needed_gib": needed, "device_gib": device}
