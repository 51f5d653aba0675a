"""A run's lines, one after the other, to events: what began, what is over, each said in a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from .curve import curve_of
from .dead import has_no_gradient, has_no_rate, learns_nothing, predicts_nothing
from .divergence import divergence_of
from .leak import is_too_good
from .plateau import Unigrams, is_below, is_plateau, left_at

PLATEAU, BELOW, DIVERGING, RECOVERED = "plateau", "below", "diverging", "recovered"
DEAD, IDLE, LEAK = "no gradient", "nothing learnt", "too good"
NO_RATE, EMPTY = "no rate", "nothing predicted"
# What `on_trouble` acts on; `DIVERGING` is what a lower rate may mend.
TROUBLE = (DIVERGING, DEAD, IDLE, NO_RATE, EMPTY)
# The paper's rate at its batch; LAMB's rates go with the root of the batch.
_PAPER_RATE, _PAPER_BATCH = 0.00176, 4096


class Event(NamedTuple):
    """A change.

    Attributes:
        step: at which it was seen.
        phase: one of the above.
        since: step at which it began.
        text: for people, without the step.
    """

    step: int
    phase: str
    since: int
    text: str


@dataclass(frozen=True)
class Facts:
    """What is known of a run beside its curve.

    Attributes:
        unigrams: of the predicted pieces; None where it is not known.
        words: best accuracy of the sentence task without a model; None where it is not known.
        objective: "sop", "nsp" or "none".
        held_out: examples that are held out; 0: none.
    """

    unigrams: Unigrams | None = None
    words: float | None = None
    objective: str = "sop"
    held_out: int = 0


class Phases:
    """Reads a run's curve.

    Args:
        facts: Facts.
        batch_size: int. Examples of a step.
        evaluated: int. Examples of an evaluation, where it is not all that are held out.
        drawn: bool. Whether the run began with weights drawn at random: one that began with those of
            another may have little left to learn.
    """

    def __init__(
        self, facts: Facts, batch_size: int, evaluated: int = 0, drawn: bool = True
    ) -> None:
        self._facts, self._batch_size = facts, batch_size
        self._drawn = drawn
        self._evaluated = min(evaluated or facts.held_out, facts.held_out)
        self._lines: list[Mapping[str, float]] = []
        self._now: dict[str, int] = {}  # phase: since

    def add(self, line: Mapping[str, float]) -> list[Event]:
        """Takes the next line of the log, of training or of an evaluation; returns what it changes."""
        if "eval_sentence_accuracy" in line:
            return list(self._leak(line))
        if not line.keys() >= {"loss", "gradient_norm", "learning_rate"}:
            return []
        self._lines.append(line)
        told = list(self._dead())
        if DEAD not in self._now:
            told += self._diverging()
            told += self._idle()
        if EMPTY not in self._now:
            told += self._unigrams()
        return told

    def _begin(self, phase: str, since: int, text: str, step: int) -> Iterator[Event]:
        if phase not in self._now:
            self._now[phase] = since
            yield Event(step, phase, since, text)

    def _dead(self) -> Iterator[Event]:
        norm = curve_of(self._lines, "gradient_norm")
        step = int(norm.steps[-1])
        if has_no_gradient(norm):
            text = f"no gradient reaches the weights: its norm is {norm.values[-1]:.3g}"
            yield from self._begin(DEAD, int(norm.steps[-3]), text, step)
        else:
            self._now.pop(DEAD, None)
        mlm = curve_of(self._lines, "mlm_loss")
        if predicts_nothing(mlm):
            text = (
                "nothing is predicted: the masked-LM loss is 0, as of predictions without a weight"
            )
            yield from self._begin(EMPTY, int(mlm.steps[-3]), text, step)

    def _idle(self) -> Iterator[Event]:
        loss, rate = curve_of(self._lines, "loss"), curve_of(self._lines, "learning_rate")
        step = int(loss.steps[-1])
        if has_no_rate(rate):
            text = "the learning rate is 0, so that no weight moves"
            yield from self._begin(NO_RATE, int(rate.steps[0]), text, step)
        elif self._drawn and DIVERGING not in self._now and learns_nothing(loss, rate):
            moved = float(rate.values @ rate.sizes)
            text = (
                f"nothing is learnt: the loss is {loss.values[-1]:.2f}, it was {loss.values[0]:.2f} at "
                f"first, and the rates of all steps add to {moved:.2g}"
            )
            yield from self._begin(IDLE, int(loss.steps[0]), text, step)

    def _diverging(self) -> Iterator[Event]:
        loss, norm = curve_of(self._lines, "loss"), curve_of(self._lines, "gradient_norm")
        found, step = divergence_of(loss, norm), int(loss.steps[-1])
        if found is None:
            since = self._now.pop(DIVERGING, None)
            if since is not None:
                yield Event(
                    step, RECOVERED, since, f"the loss is down again: {loss.values[-1]:.2f}"
                )
            return
        rate = float(self._lines[-1]["learning_rate"])
        usual = _PAPER_RATE * math.sqrt(self._batch_size / _PAPER_BATCH)
        text = (
            f"diverging since step {found.since:,}: the loss is {found.now:.2f}, it was {found.best:.2f}; "
            f"gradient norm {found.norm:.3g} times its median; rate {rate:.3g}, by √(batch / "
            f"{_PAPER_BATCH}) it would be {usual:.2g}"
        )
        yield from self._begin(DIVERGING, found.since, text, step)

    def _unigrams(self) -> Iterator[Event]:
        unigrams, mlm = self._facts.unigrams, curve_of(self._lines, "mlm_loss")
        if unigrams is None or BELOW in self._now or not len(mlm.values):
            return
        step, value = int(mlm.steps[-1]), float(mlm.values[-1])
        beside = f"MLM {value:.2f}, the unigrams' {unigrams.entropy:.2f}"
        if is_below(mlm, unigrams):
            since = self._now.get(PLATEAU)
            left = left_at(mlm, since) if since is not None else step
            told = (
                f"left the plateau at step {left:,}" if since is not None else "the context counts"
            )
            yield from self._begin(BELOW, left, f"{told}: {beside}", step)
        elif is_plateau(mlm, unigrams):
            since = int(mlm.steps[mlm.steps > step * 2 / 3][0])
            yield from self._begin(PLATEAU, since, f"{beside}: the plateau", step)

    def _leak(self, line: Mapping[str, float]) -> Iterator[Event]:
        accuracy, facts = float(line["eval_sentence_accuracy"]), self._facts
        step = int(line["step"])
        knows = BELOW in self._now or facts.unigrams is None
        if is_too_good(accuracy, self._evaluated, facts.objective, facts.words, knows):
            text = f"held-out sentence accuracy {accuracy:.1%}: a leak? see docs/model.md"
            yield from self._begin(LEAK, step, text, step)
