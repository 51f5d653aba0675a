"""What is checked and said of a run before anything slow begins; neither Keras nor an engine is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from ..configs import AlbertConfig
from ..convert.reference_shapes import weights_in
from ..run_folder import check_goes_on, known_run
from ..settings import TrainSettings
from ..shards import ShardSet
from .time_budget import known_schedule


def check_early(
    config: AlbertConfig,
    settings: TrainSettings,
    shards: ShardSet,
    engine: str,
    devices: int,
    folder: str,
) -> None:
    """Checks what needs no engine: a batch over the devices that are asked for, and the folder's run.

    Args:
        devices: int. 0: as many as there are.

    Raises:
        SettingError: the batch does not divide, or the folder holds a run that was begun otherwise.
    """
    settings.shares(devices or 1)
    known = known_run(folder)
    if known:
        check_goes_on(folder, known, config, settings, shards, engine)
    known_schedule(folder, known, settings)


def first_lines(
    config: AlbertConfig, settings: TrainSettings, shards: ShardSet, engine: str
) -> Iterator[str]:
    """Model and its size, data, steps, and what is waited for."""
    layers, width = config.num_hidden_layers, config.hidden_size
    yield (
        f"model: {layers} layers of {width}, {config.num_attention_heads} heads, sharing "
        f"{config.sharing}: {weights_in(config):,} weights"
    )
    predicted = f"up to {shards.max_predictions} of {shards.max_length} tokens predicted"
    yield (
        f"data: {shards.num_records:,} examples, {predicted}, objective {shards.objective} "
        f"({shards.folder})"
    )
    epochs = settings.steps * settings.batch_size / shards.num_records
    many, often = f"{settings.steps:,}", f"{epochs:.3g} times the data"
    if settings.max_hours:
        many, often = f"as many as take {settings.max_hours:g} h, {many} at most,", f"up to {often}"
    yield (
        f"steps: {many} of {settings.batch_size:,} examples, {often}, rate up to "
        f"{settings.learning_rate:g}"
    )
    yield f"loading {engine}; the first step compiles, which takes a while"
