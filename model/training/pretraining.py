"""Pretraining as a ``Job``: shards, the two heads, LAMB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from albert_data.read.shard_reader import Shards

from ..configs import AlbertConfig
from ..readers import open_reader
from ..run_folder import Run, check_goes_on, check_vocabulary, write_run, write_vocabulary
from ..settings import TrainSettings
from ..shards import ShardSet, held_out_folder, open_shards
from ..start import Branch, Start
from .baselines import baselines_of, lines_to_beat, unigrams_of
from .engine import Engine, Say
from .job import Arrays, Scorer, Sizes
from .loop import Result, train
from .monitor import training_flops
from .phases.reading import Facts


def pretrain(
    config: AlbertConfig,
    settings: TrainSettings,
    shard_folder: str,
    engine: Engine,
    model_dir: str,
    init: str | None = None,
    show_progress: bool = True,
    say: Say = lambda line: None,
    eval_folder: str | None = None,
    branch: str | None = None,
) -> Result:
    """Pretrains until ``settings.steps``; see ``loop.train``.

    Args:
        config: AlbertConfig.
        settings: TrainSettings. An empty ``precision`` is the engine's usual one.
        shard_folder: str. Folder with ``manifest.json``.
        engine: Engine, fresh.
        model_dir: str. Made if absent.
        init: str or None. What a fresh run takes its weights from, see ``model.start``.
        show_progress: bool.
        say: function of a line: how the run begins and what changes in it.
        eval_folder: str or None. Held-out shards to evaluate on every ``settings.eval_every`` steps;
            None: those beside the shards, if there are any, "none": none.
        branch: str or None. Checkpoint of another run that a fresh run begins from, see ``model.start``.
    """
    shards = open_shards(shard_folder, config)
    held_out = None
    if eval_folder is None:
        eval_folder = held_out_folder(shard_folder)
        if line := _line_of_held_out(shards, eval_folder, settings):
            say(line)
    elif eval_folder == "none":
        eval_folder = ""
    if eval_folder:
        held_out = open_shards(eval_folder, config)
        check_vocabulary(shards.vocabulary_sha256, held_out, shards.folder)
    job = Pretraining(config, shards, held_out, init, branch)
    return train(job, settings, engine, model_dir, show_progress, say)


def _line_of_held_out(shards: ShardSet, found: str, settings: TrainSettings) -> str:
    if found:
        often = settings.eval_every < settings.steps
        when = f"every {settings.eval_every} steps and " if often else ""
        return f"scored {when}at the end on {found}, documents that no training example is made of"
    if shards.hold_out:
        return (
            f"warning: {shards.folder} was built with hold_out {shards.hold_out}, and its held-out folder "
            "is not there: copy it too, to have the run scored on it"
        )
    return ""


@dataclass(frozen=True)
class Pretraining:
    """A run on shards.

    Attributes:
        config: AlbertConfig.
        data: ShardSet.
        held_out: ShardSet or None, of the same vocabulary.
        init: what a fresh run takes its weights from.
        branch: checkpoint of another run that a fresh run goes on from.
    """

    config: AlbertConfig
    data: ShardSet
    held_out: ShardSet | None = None
    init: str | None = None
    branch: str | None = None
    criterion = ("loss", -1)
    task = ""
    option = "--model-dir"

    @property
    def judged(self) -> bool:
        return self.held_out is not None

    @property
    def scored_on(self) -> str:
        return self.held_out.folder if self.held_out else ""

    @property
    def sizes(self) -> Sizes:
        shards = self.data
        flops = training_flops(self.config, shards.max_length, shards.max_predictions)
        return Sizes(shards.num_records, shards.max_length, flops)

    @cached_property
    def baselines(self) -> Mapping[str, float]:
        held_out = baselines_of(self.held_out) if self.held_out else {}
        return {
            **baselines_of(self.data),
            **{f"eval_{name}": value for name, value in held_out.items()},
        }

    @cached_property
    def facts(self) -> Facts:
        return Facts(
            unigrams_of(self.data),
            self.baselines.get("sentence_accuracy"),
            self.data.objective,
            self.held_out.num_records if self.held_out else 0,
        )

    @cached_property
    def objective(self) -> Any:
        from .objective import pretraining_objective

        return pretraining_objective(self.data.objective)

    def check_goes_on(self, folder: str, known: Run, settings: TrainSettings, engine: str) -> None:
        check_goes_on(folder, known, self.config, settings, self.data, engine)

    def start(self, engine: str) -> Start | Branch | None:
        if self.branch:
            return Branch.of(self.branch, self.config, self.data, engine)
        return Start.of(self.init, self.config, self.data) if self.init else None

    def start_lines(self, start: Any, settings: TrainSettings, folder: str) -> Iterator[str]:
        yield from start.lines(settings) if start else (f"new run in {folder}",)

    def data_lines(self) -> Iterator[str]:
        yield from lines_to_beat(self.data)
        if self.held_out:
            yield from lines_to_beat(self.held_out, "held out, ")

    def model_and_optimizer(self, settings: TrainSettings) -> tuple[Any, Any]:
        from .pure_step import model_and_optimizer

        return model_and_optimizer(self.config, settings)

    def load(self, model: Any, arrays: Mapping[str, Any]) -> None:
        from ..convert.reference import load_reference_weights

        load_reference_weights(model, arrays, heads_optional=True)

    def batches(
        self, batch_size: int, seed: int, consumed: int, host: int = 0, hosts: int = 1
    ) -> Iterator[Arrays]:
        return self._reader.batches(
            batch_size, seed=seed, consumed=consumed, host=host, hosts=hosts
        )

    def held_out_batches(self, batch_size: int, host: int = 0, hosts: int = 1) -> Iterator[Arrays]:
        return self._held_out_reader.evaluation(batch_size, host=host, hosts=hosts)

    @cached_property
    def _reader(self) -> Shards:
        return open_reader(self.data.folder)

    @cached_property
    def _held_out_reader(self) -> Shards:
        assert self.held_out is not None
        return open_reader(self.held_out.folder)

    def judge(self, scorer: Scorer) -> dict[str, float]:
        scores: dict[str, float] = self.objective.means(scorer.evaluate())
        return scores

    def keep_best(self, folder: str, step: int) -> None:
        """Nothing beside the checkpoint."""

    def write(self, folder: str, record: Run) -> None:
        write_vocabulary(folder, self.data)
        write_run(folder, record)
