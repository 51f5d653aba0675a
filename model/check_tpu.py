"""Compiles the whole training step for TPU v3 cores on a machine without a TPU.

Two parts, because the two libraries do not live in one environment:

    albert-check-tpu lower --config albert-base --batch 8 --out /tmp/step
        needs tensorflow-tpu==2.19.1, keras, protobuf<6: lowers the step of one replica of eight,
        with its cross-replica sums, through TensorFlow's TPU op registry to HLO (15 s for base);
    albert-check-tpu compile /tmp/step
        needs jax[tpu]: compiles that HLO with the TPU compiler in libtpu for a v3 2x2 topology
        (eight cores) and prints the memory of one core as a JSON line (minutes);
    albert-check-tpu table --lower PYTHON --compile PYTHON albert-base:8,16 albert-large:4,8:layers
        does both with the two environments' Pythons, one line each; reckons from the last two batches
        of a model the largest that fits (memory is linear in the batch) and compiles that one, too.

Proves that every op has a TPU lowering, that shapes are static and what fits into a core. Nothing
runs: not the runtime, not the input, no speed. See docs/tpu.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TPU_SKIP_MDS_QUERY", "1")  # there is no metadata server to ask
if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

import click

CORES = 8
DEFAULT_TABLE = (
    "albert-base:4,8:none", "albert-base:4,8:attention", "albert-base:4,8:layers",
    "albert-large:2,4:attention", "albert-xlarge:1,2:layers", "albert-xxlarge:1,2:layers",
)  # fmt: skip
DROPOUT_RATES = ("hidden_dropout_prob", "attention_probs_dropout_prob")
GIB = 2**30
CORE_GIB = 16.0  # memory of a v3 core


@click.group(help=__doc__)
def main() -> None:
    pass


@main.command()
@click.option("--config", "name", default="albert-base", show_default=True)
@click.option("--batch", default=8, show_default=True, help="Examples of one core at once.")
@click.option("--length", default=512, show_default=True)
@click.option("--predictions", default=77, show_default=True)
@click.option("--dropout", type=float, help="Both dropout rates; the configuration's by default.")
@click.option("--recompute", default="none", show_default=True, help="As in the train settings.")
@click.option("--out", required=True, help="Path without suffix; writes .hlo and .json.")
def lower(
    name: str,
    batch: int,
    length: int,
    predictions: int,
    dropout: float | None,
    recompute: str,
    out: str,
) -> None:
    """Writes the step's HLO for a TPU; fails if a shape in it is dynamic."""
    import tensorflow as tf

    from .albert import AlbertPretrainer
    from .configs import load_config
    from .lamb import Lamb, WarmupPolynomialDecay
    from .training.pure_step import State, make_pure_step

    def add_up(values: list[tf.Tensor]) -> list[tf.Tensor]:
        group = tf.constant([list(range(CORES))], tf.int32)
        return [tf.raw_ops.CrossReplicaSum(input=value, group_assignment=group) for value in values]

    rates = {} if dropout is None else dict.fromkeys(DROPOUT_RATES, dropout)
    config = load_config(name, **rates)
    model = AlbertPretrainer(config, recompute=recompute, dtype="mixed_bfloat16")
    optimizer = Lamb(WarmupPolynomialDecay(0.00176, 125_000, 3_125))
    optimizer.build(model.trainable_variables)
    step = make_pure_step(model, optimizer, seed=0, clip_norm=1.0, objective="sop", add_up=add_up)
    weights = [tf.TensorSpec(v.shape, tf.float32) for v in model.trainable_variables]
    ratios = [tf.TensorSpec([], tf.float32) for _ in weights]
    features = {
        **{key: tf.TensorSpec([1, batch, length], tf.int32)
           for key in ("input_ids", "input_mask", "segment_ids")},
        **{key: tf.TensorSpec([1, batch, predictions], tf.int32)
           for key in ("masked_lm_positions", "masked_lm_ids")},
        "masked_lm_weights": tf.TensorSpec([1, batch, predictions], tf.float32),
        "next_sentence_labels": tf.TensorSpec([1, batch, 1], tf.int32),
    }  # fmt: skip
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
    about = dict(config=name, batch=batch, length=length, dropout=config.hidden_dropout_prob,
                 recompute=recompute, cross_replica_sums=text.count("all-reduce("))  # fmt: skip
    Path(f"{out}.json").write_text(json.dumps(about))
    click.echo(json.dumps(about))


@main.command(name="compile")
@click.argument("path")
def compile_(path: str) -> None:
    """Compiles what ``lower`` wrote and prints the memory of one core."""
    import numpy as np
    from jax._src.interpreters import mlir
    from jax.experimental import topologies
    from jaxlib import _jax, xla_client
    from jaxlib.mlir import ir

    devices = topologies.get_topology_desc("v3:2x2", "tpu").devices
    options = xla_client.CompileOptions()
    options.num_replicas = options.executable_build_options.num_replicas = len(devices)
    options.device_assignment = xla_client.DeviceAssignment.create(
        np.arange(len(devices)).reshape(-1, 1)
    )
    stablehlo = _jax.mlir.hlo_to_stablehlo(Path(f"{path}.hlo").read_bytes())
    start = time.monotonic()
    with mlir.make_ir_context():
        module = ir.Module.parse(stablehlo)
        executable = devices[0].client.compile(module, _jax.DeviceList(tuple(devices)), options)
    memory = executable.get_compiled_memory_stats()
    line = {
        **json.loads(Path(f"{path}.json").read_text()),
        "cores": len(devices),
        "arguments_gib": round(memory.argument_size_in_bytes / GIB, 3),
        "temporary_gib": round(memory.temp_size_in_bytes / GIB, 3),
        "code_mib": round(memory.generated_code_size_in_bytes / 2**20),
        "compile_seconds": round(time.monotonic() - start),
    }
    click.echo(json.dumps(line))


@main.command()
@click.option("--lower", "lower_python", required=True, help="Python with tensorflow-tpu.")
@click.option("--compile", "compile_python", required=True, help="Python with jax[tpu].")
@click.option("--length", default=512, show_default=True)
@click.option("--predictions", default=77, show_default=True)
@click.argument("models", nargs=-1)
def table(
    lower_python: str, compile_python: str, length: int, predictions: int, models: tuple[str, ...]
) -> None:
    """MODELS: NAME:BATCH,BATCH…[:RECOMPUTE]; the four ALBERT sizes by default."""
    shape = [f"--length={length}", f"--predictions={predictions}"]
    for model in models or DEFAULT_TABLE:
        name, batches, recompute = [*model.split(":"), "none"][:3]
        same = [f"--config={name}", f"--recompute={recompute}", *shape]

        def gib(batch: int, same: list[str] = same) -> float:
            with tempfile.TemporaryDirectory() as folder:
                out = f"{folder}/step"
                _run(lower_python, "lower", f"--batch={batch}", f"--out={out}", *same)
                line = json.loads(_run(compile_python, "compile", out))
            click.echo(json.dumps(line))
            return line["arguments_gib"] + line["temporary_gib"]

        found = [(batch, gib(batch)) for batch in map(int, batches.split(","))]
        if len(found) > 1:
            gib(largest_batch(found[-2], found[-1]))


def _run(python: str, *arguments: str) -> str:
    """Last line that a part of this program prints under another Python."""
    command = [python, __file__, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise click.ClickException(f"{' '.join(command)}:\n{done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


def largest_batch(one: tuple[int, float], two: tuple[int, float], limit: float = CORE_GIB) -> int:
    """Largest batch by the line through two (batch, GiB) points."""
    each = (two[1] - one[1]) / (two[0] - one[0])
    return int(two[0] + (limit - two[1]) / each)


if __name__ == "__main__":
    main()
