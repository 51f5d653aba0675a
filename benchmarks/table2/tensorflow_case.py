"""The step of a case on TensorFlow, under the strategy asked for."""

from __future__ import annotations

import time
from typing import Any

import tensorflow as tf

from benchmarks.gpu_check.cases import Case, make_batch
from benchmarks.gpu_check.figures import step_figures
from benchmarks.gpu_check.timing import time_steps
from benchmarks.table2.place import Place
from model.albert import AlbertPretrainer
from model.configs import load_config
from model.lamb import Lamb
from model.training.engine import Devices, Say
from model.training.step import make_replica_step, make_run_steps
from model.training.strategies import choose, make_strategy, usual_precision


def find_place(asked: Devices, say: Say) -> Place:
    """The strategy asked for.

    Raises:
        SettingError: there are no such devices.
    """
    kind = choose(asked.strategy, asked.tpu, say)
    precision = usual_precision(kind)
    strategy = make_strategy(kind, asked.tpu, asked.devices)
    replicas = int(strategy.num_replicas_in_sync)
    kinds = {device.device_type for device in tf.config.list_logical_devices()} - {"CPU"}
    name = sorted(kinds)[0] if kinds else "cpu"
    return Place(name, replicas, bool(kinds), precision, strategy)


def measure_case(
    case: Case, place: Place, precision: str, peak: float, warm_up: int, rounds: int
) -> dict[str, Any]:
    """Fields of the line of a case."""
    precision, strategy = precision or place.precision, place.devices
    start = time.monotonic()
    config = load_config(case.config, **case.fields)
    with strategy.scope():
        model = AlbertPretrainer(config, dtype=precision)
        optimizer = Lamb(1e-4)
        optimizer.build(model.trainable_variables)
        replica_step = make_replica_step(
            model, optimizer, micro_batches=1, seed=0, clip_norm=1.0, objective="sop"
        )
    run_steps = make_run_steps(strategy, replica_step)
    share = case.batch // place.replicas
    arrays = {
        name: value.reshape(place.replicas, share, *value.shape[1:])
        for name, value in make_batch(config.vocab_size, case).items()
    }

    def own_batches(context: Any) -> tf.data.Dataset:
        pipelines = context.num_input_pipelines
        of_host = place.replicas // pipelines
        first = context.input_pipeline_id * of_host
        own = {name: value[first : first + of_host] for name, value in arrays.items()}
        return tf.data.Dataset.from_tensor_slices(own).cache().repeat()

    batches = iter(strategy.distribute_datasets_from_function(own_batches))
    one = tf.constant(1)
    sums = run_steps(batches, one)  # compiles
    first_seconds = time.monotonic() - start

    def step() -> None:
        nonlocal sums
        sums = run_steps(batches, one)

    def wait() -> None:
        sums["mlm_loss"].numpy()

    found = time_steps(step, wait, warm_up=max(warm_up - 1, 0), rounds=rounds)
    device_peak = {}
    if place.name == "GPU":
        used = tf.config.experimental.get_memory_info("GPU:0")["peak"]
        device_peak = {"needed_gib": used / 2**30}
    return {
        "precision": precision,
        **step_figures(case, config, found, peak),
        "parameters": sum(int(tf.size(weight)) for weight in model.trainable_variables),
        **device_peak,
        "compile_seconds": first_seconds,
    }
