"""The one table of fine-tuning tasks: data, labels, head, loss, metrics and the paper's settings.

A task is a row here, at most a reader (`readers/`), and a test. Settings are those of the ALBERT
paper's appendix, which the reference's `run_glue.sh` repeats; a checkpoint is scored on the development set
every `eval_every` steps and the best one kept. Rows of each split are the benchmarks' own counts:
another number is no error, for people cut data, but it is said.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from albert_data.base.errors import ConfigError

Head: TypeAlias = Literal["classification", "regression", "span", "span_or_none", "choice"]
Reader: TypeAlias = Literal["tsv", "squad", "race"]
TRAIN, DEV, TEST = "train", "dev", "test"
MATCHED, MISMATCHED = "matched", "mismatched"

# The loss of each head; how it is summed over examples is the head's own.
LOSSES: Mapping[Head, str] = {
    "classification": "cross-entropy",
    "regression": "squared error",
    "span": "½ (start + end) cross-entropy",
    "span_or_none": "½ (start + end) cross-entropy + ½ binary cross-entropy of answerability",
    "choice": "cross-entropy over the options",
}


class Columns(NamedTuple):
    """Where a row's texts and label stand: names of a header, or places (from 0) where there is none.

    Attributes:
        first, second: of the texts; no second one: None.
        label: None where the split has none.
        id: None: the row's number from 0.
    """

    first: str | int
    second: str | int | None = None
    label: str | int | None = None
    id: str | int | None = None


class SplitFile(NamedTuple):
    """A split in the benchmark's own layout.

    Attributes:
        names: of the file, or of one spelling of it after another.
        columns: of a table.
        rows: examples of the benchmark's own file.
        hub: name of the split on the Hugging Face hub.
    """

    names: tuple[str, ...]
    columns: Columns | None
    rows: int
    hub: str


@dataclass(frozen=True)
class Settings:
    """The paper's settings of a task.

    Attributes:
        encoder_dropout: of hidden states and attention.
        classifier_dropout: before the head's dense layer.
        max_length: pieces of an input, special ones included.
        eval_every: steps between scores on the development set.
    """

    learning_rate: float
    batch_size: int
    encoder_dropout: float
    steps: int
    warmup_steps: int
    max_length: int = 512
    classifier_dropout: float = 0.1
    eval_every: int = 100


@dataclass(frozen=True)
class Task:
    """A row of the table.

    Attributes:
        name: as users give it; `title` as papers do, `folder` as the benchmark's archive does.
        labels: class names in the order of the logits; empty: no classes.
        metrics: keys of `metrics.METRICS`; a model is chosen by their mean.
        dev, test: splits that are scored, and those to submit; several of MNLI.
        hub: (data set, configuration) on the Hugging Face hub; `hub_columns` there.
        hub_labels: class names there, where they are others than `labels`, in the order of `labels`.
        submission: file name of a submission.
        short_rows: rows with too few columns are left out and counted, for the benchmark's file has
        some. settings: None: no training of its own (AX is scored by the model of MNLI).
    """

    name: str
    title: str
    folder: str
    reader: Reader
    head: Head
    metrics: tuple[str, ...]
    splits: Mapping[str, SplitFile]
    settings: Settings | None
    hub: tuple[str, str]
    labels: tuple[str, ...] = ()
    hub_columns: Columns | None = None
    hub_labels: tuple[str, ...] = ()
    submission: str = ""
    short_rows: bool = False
    dev: tuple[str, ...] = (DEV,)
    test: tuple[str, ...] = (TEST,)
    trained_as: str = ""
    outputs: int = field(init=False)

    def __post_init__(self) -> None:
        number = {"classification": len(self.labels), "span": 2}.get(self.head, 1)
        object.__setattr__(self, "outputs", number)

    @property
    def loss(self) -> str:
        return LOSSES[self.head]


_GLUE = "nyu-mll/glue"
_NLI = ("contradiction", "entailment", "neutral")
_ENTAILED = ("entailment", "not_entailment")
_PAIR = Columns("sentence1", "sentence2", "label", "index")


def _splits(
    columns: Columns, rows: tuple[int, int, int], unlabelled: Columns | None = None
) -> dict[str, SplitFile]:
    """Three files of one form; that of the test may have other columns."""
    of_test = unlabelled or columns._replace(label=None)
    return {
        TRAIN: SplitFile(("train.tsv",), columns, rows[0], "train"),
        DEV: SplitFile(("dev.tsv",), columns, rows[1], "validation"),
        TEST: SplitFile(("test.tsv",), of_test, rows[2], "test"),
    }


def _mnli_splits() -> dict[str, SplitFile]:
    labelled = Columns("sentence1", "sentence2", "gold_label", "index")
    splits = {TRAIN: SplitFile(("train.tsv",), labelled, 392_702, "train")}
    for half, dev, test in ((MATCHED, 9_815, 9_796), (MISMATCHED, 9_832, 9_847)):
        splits[f"{DEV}_{half}"] = SplitFile(
            (f"dev_{half}.tsv",), labelled, dev, f"validation_{half}"
        )
        unlabelled = labelled._replace(label=None)
        splits[f"{TEST}_{half}"] = SplitFile(
            (f"test_{half}.tsv",), unlabelled, test, f"test_{half}"
        )
    return splits


def _squad_splits(version: str, train: int, dev: int) -> dict[str, SplitFile]:
    return {
        TRAIN: SplitFile((f"train-v{version}.json",), None, train, "train"),
        DEV: SplitFile((f"dev-v{version}.json",), None, dev, "validation"),
        TEST: SplitFile((f"test-v{version}.json",), None, 0, "test"),
    }


_ROWS = (
    Task(
        "cola", "CoLA", "CoLA", "tsv", "classification", ("matthews",),
        _splits(Columns(3, None, 1), (8_551, 1_043, 1_063), Columns("sentence", id="index")),
        Settings(1e-5, 16, 0.0, 5_336, 320),
        (_GLUE, "cola"), ("0", "1"), Columns("sentence", label="label", id="idx"),
        ("unacceptable", "acceptable"), "CoLA.tsv",
    ),
    Task(
        "sst-2", "SST-2", "SST-2", "tsv", "classification", ("accuracy",), _splits(Columns("sentence",
        None, "label"), (67_349, 872, 1_821), Columns("sentence", id="index")), Settings(1e-5, 32, 0.0,
        20_935, 1_256), (_GLUE, "sst2"), ("0", "1"), Columns("sentence", label="label", id="idx"),
        ("negative", "positive"), "SST-2.tsv",
    ),
    Task(
        "mrpc", "MRPC", "MRPC", "tsv", "classification", ("f1", "accuracy"),
        _splits(
            Columns("#1 String", "#2 String", "Quality"), (3_668, 408, 1_725),
            Columns("#1 String", "#2 String", id="index"),
        ),
        Settings(2e-5, 32, 0.0, 800, 200),
        (_GLUE, "mrpc"), ("0", "1"), _PAIR._replace(id="idx"),
        ("not_equivalent", "equivalent"), "MRPC.tsv",
    ),
    Task(
        "sts-b", "STS-B", "STS-B", "tsv", "regression", ("pearson", "spearman"),
        _splits(_PAIR._replace(label="score"), (5_749, 1_500, 1_379)),
        Settings(2e-5, 16, 0.0, 3_598, 214),
        (_GLUE, "stsb"), (), _PAIR._replace(id="idx"), submission="STS-B.tsv",
    ),
    Task(
        "qqp", "QQP", "QQP", "tsv", "classification", ("f1", "accuracy"),
        _splits(
            Columns("question1", "question2", "is_duplicate", "id"), (363_846, 40_430, 390_965)
        ),
        Settings(5e-5, 128, 0.1, 14_000, 1_000),
        (_GLUE, "qqp"), ("0", "1"), Columns("question1", "question2", "label", "idx"),
        ("not_duplicate", "duplicate"), "QQP.tsv", short_rows=True,
    ),
    Task(
        "mnli", "MNLI", "MNLI", "tsv", "classification", ("accuracy",), _mnli_splits(),
        Settings(3e-5, 128, 0.0, 10_000, 1_000),
        (_GLUE, "mnli"), _NLI, Columns("premise", "hypothesis", "label", "idx"),
        submission="MNLI-m.tsv", dev=("dev_matched", "dev_mismatched"),
        test=("test_matched", "test_mismatched"),
    ),
    Task(
        "qnli", "QNLI", "QNLI", "tsv", "classification", ("accuracy",),
        _splits(Columns("question", "sentence", "label", "index"), (104_743, 5_463, 5_463)),
        Settings(1e-5, 32, 0.0, 33_112, 1_986, eval_every=200),
        (_GLUE, "qnli"), _ENTAILED, Columns("question", "sentence", "label", "idx"),
        submission="QNLI.tsv",
    ),
    Task(
        "rte", "RTE", "RTE", "tsv", "classification", ("accuracy",),
        _splits(_PAIR, (2_490, 277, 3_000)),
        Settings(3e-5, 32, 0.1, 800, 200),
        (_GLUE, "rte"), _ENTAILED, _PAIR._replace(id="idx"), submission="RTE.tsv",
    ),
    Task(
        "wnli", "WNLI", "WNLI", "tsv", "classification", ("accuracy",),
        _splits(_PAIR, (635, 71, 146)),
        Settings(2e-5, 16, 0.1, 2_000, 250),
        (_GLUE, "wnli"), ("0", "1"), _PAIR._replace(id="idx"), ("not_entailment", "entailment"),
        "WNLI.tsv",
    ),
    Task(
        "ax", "AX", "AX", "tsv", "classification", ("matthews",),
        {
            TEST: SplitFile(
                ("AX.tsv", "diagnostic.tsv"), _PAIR._replace(label=None), 1_104, "test"
            )
        },
        None, (_GLUE, "ax"), _NLI, Columns("premise", "hypothesis", None, "idx"),
        submission="AX.tsv", dev=(), trained_as="mnli",
    ),
    Task(
        "squad1", "SQuAD 1.1", "SQuAD", "squad", "span", ("squad_f1", "squad_em"),
        _squad_splits("1.1", 87_599, 10_570),
        Settings(5e-5, 48, 0.0, 3_649, 365, 384),
        ("rajpurkar/squad", "plain_text"), submission="predictions.json",
    ),
    Task(
        "squad2", "SQuAD 2.0", "SQuAD", "squad", "span_or_none", ("squad_f1", "squad_em"),
        _squad_splits("2.0", 130_319, 11_873),
        Settings(3e-5, 48, 0.0, 8_144, 814),
        ("rajpurkar/squad_v2", "squad_v2"), submission="predictions.json",
    ),
    Task(
        "race", "RACE", "RACE", "race", "choice", ("accuracy",),
        {
            TRAIN: SplitFile(("train",), None, 87_866, "train"),
            DEV: SplitFile(("dev",), None, 4_887, "validation"),
            TEST: SplitFile(("test",), None, 4_934, "test"),
        },
        Settings(2e-5, 32, 0.1, 12_000, 1_000),
        ("ehovy/race", "all"), submission="predictions.json",
    ),
)  # fmt: skip
TASKS: Mapping[str, Task] = {task.name: task for task in _ROWS}
GLUE = tuple(task.name for task in _ROWS if task.hub[0] == _GLUE)


def find_task(name: str) -> Task:
    """The task of a name, in any spelling of case, blanks and dashes ("SST2", "squad-1.1").

    Raises:
        ConfigError: there is none; the nearest one is named.
    """
    plain = {_plain(key): task for key, task in TASKS.items()}
    plain |= {_plain(task.title): task for task in _ROWS}
    key = _plain(name)
    if key not in plain:
        near = difflib.get_close_matches(key, plain, n=1)
        fix = f"did you mean {plain[near[0]].name}? " if near else ""
        raise ConfigError(
            f"no task {name!r}", where="--task", fix=f"{fix}use one of: {', '.join(TASKS)}"
        )
    return plain[key]


def _plain(name: str) -> str:
    # SQuAD 1.1 is squad1, too; 2.0 is squad2.
    letters = "".join(c for c in name.lower() if c.isalnum())
    return {
        "squad11": "squad1",
        "squad20": "squad2",
        "squadv11": "squad1",
        "squadv2": "squad2",
    }.get(letters, letters)
