"""Speed of SQuAD features: this project's against the reference's `squad_utils`, on the same questions.

    python benchmarks/feature_speed.py train-v2.0.json albert.model [--questions 30]

The reference is the package albert-tensorflow (1.1), where it is installed (`make .venv-peers/stamp`): it
aligns pieces and text by a longest common subsequence for every question, so that some of the first
questions must do. Of TensorFlow it needs only a logger, which is made up here.
"""

from __future__ import annotations

import sys
import time
import types
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click

from albert_data.tokens.vocabulary import load_vocabulary
from benchmarks.record import Record
from model.tasks.examples import ParagraphQuestions
from model.tasks.features.paragraphs import paragraph_features
from model.tasks.features.tokenizer import BuildTokenizer
from model.tasks.readers.squad import read_squad

LENGTH = 512
ROUNDS = 5


def our_seconds(examples: ParagraphQuestions, tokenizer: BuildTokenizer) -> float:
    began = time.process_time()
    paragraph_features(examples, tokenizer, LENGTH)
    return time.process_time() - began


def reference() -> Any:
    """The reference's two modules, or None where it is not installed."""
    made_up = {
        name: types.ModuleType(name)
        for name in (
            "tensorflow", "tensorflow.contrib", "albert.modeling", "albert.optimization"
        )
    }  # fmt: skip
    quiet = types.SimpleNamespace(info=lambda *_: None, warn=lambda *_: None)
    made_up["tensorflow"].logging = quiet  # type: ignore[attr-defined]
    for name in ("data", "layers", "tpu"):
        setattr(made_up["tensorflow.contrib"], name, None)
    sys.modules.update(made_up)
    try:
        from albert import squad_utils, tokenization
    except ModuleNotFoundError:
        return None
    return squad_utils, tokenization


def reference_seconds(
    modules: Any, examples: ParagraphQuestions, model: str, questions: int
) -> tuple[float, int]:
    """Seconds for the first questions, and how many of them gave features."""
    squad_utils, tokenization = modules
    read = [
        squad_utils.SquadExample(
            qas_id=question.id,
            question_text=question.text,
            paragraph_text=examples.paragraphs[question.paragraph],
            orig_answer_text=question.answers[0].text if question.answers else "",
            start_position=question.answers[0].begin if question.answers else -1,
            end_position=-1,
            is_impossible=not question.answers,
        )
        for question in examples.questions[:questions]
    ]
    tokenizer = types.SimpleNamespace(sp_model=load_vocabulary(model).processor, vocab=None)
    tokenizer.convert_tokens_to_ids = lambda tokens: [
        tokenizer.sp_model.PieceToId(tokenization.printable_text(token)) for token in tokens
    ]
    made: list[Any] = []
    found = 0
    began = time.process_time()
    for example in read:
        with suppress(IndexError):  # it counts bytes of pieces as characters
            squad_utils.convert_examples_to_features(
                [example], tokenizer, LENGTH, 128, 64, False, made.append, True
            )
        found += len(made) > 0
        made.clear()
    return time.process_time() - began, found


@click.command(help=__doc__)
@click.argument("data")
@click.argument("vocabulary")
@click.option("--questions", default=30, show_default=True, help="That the reference is given.")
def main(data: str, vocabulary: str, questions: int) -> None:
    examples = read_squad(data, answerable=False)
    model = load_vocabulary(vocabulary)
    with Record(
        "feature-speed", "what", "questions", "paragraphs/s", "questions/s", "without features"
    ) as record:

        def row(what: str, number: int, paragraphs: int, seconds: float, lost: int) -> None:
            rates = (f"{paragraphs / seconds:,.1f}", f"{number / seconds:,.1f}")
            record.row(what, f"{number:,}", *rates, str(lost))

        number, paragraphs = len(examples), len(examples.paragraphs)
        our_seconds(examples, BuildTokenizer(model))  # compiles, loads tables
        new = min(our_seconds(examples, BuildTokenizer(model)) for _ in range(ROUNDS))
        row("this project, no word known", number, paragraphs, new, 0)
        tokenizer = BuildTokenizer(model)
        known = min(our_seconds(examples, tokenizer) for _ in range(ROUNDS))
        row("this project, words known", number, paragraphs, known, 0)
        modules = reference()
        if modules:
            seconds, found = reference_seconds(modules, examples, vocabulary, questions)
            read = len({question.paragraph for question in examples.questions[:questions]})
            row("reference", questions, read, seconds, questions - found)


if __name__ == "__main__":
    main()
