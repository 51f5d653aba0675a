"""The tables as data: settings that the trainer and the pipeline take, claims of figures that are there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from albert_data.base.errors import ConfigError, DataError
from albert_data.config.grid import load_grid
from albert_data.config.settings import Config
from albert_data.schema import Baseline, Difficulty
from albert_data.storage.sealed import write_sealed
from benchmarks.paper_tables import data
from benchmarks.paper_tables import runs as runs_module
from benchmarks.paper_tables.data import VARIANTS
from benchmarks.paper_tables.figures import documents_of, error, figure, find, of_moves, on_plateau
from benchmarks.paper_tables.programs import Cost
from benchmarks.paper_tables.report import claim_rows, headings, rows, rows_without
from benchmarks.paper_tables.runs import make, runs_of
from benchmarks.paper_tables.scales import SCALES, TINY
from benchmarks.paper_tables.table import (
    OF_EXAMPLES,
    OF_MOVES,
    Claim,
    Metric,
    Row,
    Table,
    Term,
    above,
)
from benchmarks.paper_tables.tables import TABLES
from benchmarks.paper_tables.verdicts import CONTRADICTED, NOT_SHOWN, SHOWN
from model.albert import AlbertConfig

ALL = [(name, size) for name in TABLES for size in SCALES]
PAPER_AVERAGES = {
    "table3": [81.3, 81.7, 81.8, 82.3, 79.0, 80.1, 79.6, 79.8],
    "table4": [80.1, 81.7, 80.2, 81.6],
    "table5": [79.0, 79.2, 80.1],
    "table6": [87.2, 88.7],
    "table7": [80.1, 80.8],
    "table8": [90.4, 90.7],
}


@pytest.mark.parametrize(("name", "size"), ALL)
def test_the_trainer_takes_the_settings_of_every_row(name, size, tmp_path):
    scale = SCALES[size]
    table = TABLES[name](scale)
    length = {"tiny": 64, "small": 64, "gpu": 128}[size]
    for run in runs_of(table, scale, tmp_path, [0, 1]):
        config, train = run.loaded()
        assert config.vocab_size == scale.vocabulary and train.seed == run.seed
        assert config.max_position_embeddings == length
        assert train.max_hours or train.warmup_steps < train.steps
        if run.trunk:
            trunk, kept = run.trunk.loaded()
            at = run.row.branch.step
            assert 0 < at < kept.steps == train.steps
            assert at % kept.keep_every == 0 == at % kept.save_every
            assert same_weights(trunk, config) and run.folder != run.trunk.folder


def same_weights(one: AlbertConfig, other: AlbertConfig) -> bool:
    free = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    return replace(one, **free) == replace(other, **free)


@pytest.mark.parametrize("size", SCALES)
def test_the_pipeline_takes_the_grid_of_every_scale(size, tmp_path):
    grid = tmp_path / "grid.yaml"
    grid.write_text(json.dumps({"base": dict(SCALES[size].data), "variants": VARIANTS}))
    variants = load_grid(str(grid), Config())
    assert {variant.name for variant in variants} == set(VARIANTS)
    assert not any(variant.own_tokens for variant in variants)
    objectives = {variant.name: variant.config.pairs.objective for variant in variants}
    assert objectives == {
        "sop": "sop",
        "nsp": "nsp",
        "none": "none",
        "wikipedia": "sop",
        "books": "sop",
    }


def test_data_is_made_once_and_a_later_table_s_variants_added(monkeypatch, tmp_path):
    made = []

    def finish(command, log):
        made.append(command[3])
        place = Path(command[command.index("--output") + 1])
        if command[3] == "vocab":
            place.write_text("")
        elif command[3] == "tokenize":
            place.mkdir()
            (place / "tokens.json").write_text("")
        else:
            for name in yaml.safe_load(Path(command[4]).read_text())["variants"]:
                (place / name).mkdir(parents=True, exist_ok=True)
                (place / name / "manifest.json").write_text("")

    monkeypatch.setattr(data, "finish", finish)
    texts = (tmp_path / "books", tmp_path / "dump", TINY)
    data.make_data(tmp_path / "data", *texts, ["sop", "nsp"])
    data.make_data(tmp_path / "data", *texts, ["nsp"])
    assert made == ["vocab", "tokenize", "ablate"]
    data.make_data(tmp_path / "data", *texts, ["sop", "wikipedia"])
    assert made == ["vocab", "tokenize", "ablate", "ablate"]
    grid = yaml.safe_load((tmp_path / "data" / "grid.yaml").read_text())
    assert list(grid["variants"]) == ["sop", "nsp", "wikipedia"]  # what was made stays in it
    with pytest.raises(ConfigError, match="other texts"):
        data.make_data(tmp_path / "data", tmp_path / "others", *texts[1:], ["sop"])


@pytest.mark.parametrize(("name", "size"), ALL)
def test_claims_are_of_rows_and_figures_that_are_there(name, size):
    table = TABLES[name](SCALES[size])
    assert len({row.name for row in table.rows}) == len(table.rows)
    assert set(table.variants) <= set(VARIANTS)
    assert {metric.of for metric in table.metrics} <= {*OF_EXAMPLES, *OF_MOVES}
    for claim in table.claims:
        for term in claim.terms:
            table.row(term.row)
            table.metric(term.metric)
        if len(claim.terms) > 1:  # of equal rows nothing is left
            assert sum(term.weight for term in claim.terms) == 0


@pytest.mark.parametrize("name", PAPER_AVERAGES)
def test_the_paper_s_averages_stand_beside(name):
    table = TABLES[name](TINY)
    assert [row.paper["Avg"] for row in table.rows] == PAPER_AVERAGES[name]


def test_table_5_has_the_paper_s_matrix():
    figures = {row.name: row.paper for row in TABLES["table5"](TINY).rows}
    assert [figures["sop"][name] for name in ("MLM acc.", "NSP acc.", "SOP acc.")] == [
        54.0,
        78.9,
        86.5,
    ]
    assert [figures["nsp"][name] for name in ("MLM acc.", "NSP acc.", "SOP acc.")] == [
        54.5,
        90.5,
        52.0,
    ]


def test_tables_share_the_runs_that_are_the_same(tmp_path):
    folders = {
        name: {
            run.folder
            for run in runs_of(TABLES[name](SCALES["gpu"]), SCALES["gpu"], tmp_path, [0, 1])
        }
        for name in ("table4", "figure1")
    }
    assert len(folders["figure1"]) == 4 and folders["figure1"] < folders["table4"]


def test_figure_1_is_of_models_as_deep_as_the_paper_s_smallest():
    assert {row.model["num_hidden_layers"] for row in TABLES["figure1"](TINY).rows} == {12}


def test_rows_of_a_table_have_one_width_of_operations_but_where_it_is_the_question():
    for name in ("table3", "table4", "table5", "table7", "table8"):
        shapes = {
            (row.model["hidden_size"], row.model["num_hidden_layers"], row.train["steps"])
            for row in TABLES[name](TINY).rows
        }
        assert len(shapes) == 1, name


LOSS, ORDER = Metric("loss", "mlm_loss"), Metric("order", "sentence_accuracy")
PAIR = Table(
    "table0",
    "two rows",
    (Row("a", {"Avg": 1}), Row("b", {"Avg": 2})),
    (LOSS, ORDER),
    (
        above("a is below b", "", "a", "b", LOSS.name, -1),
        above("b is below a", "", "b", "a", LOSS.name, -1),
        Claim("a is at chance", "", (Term(1, "a", ORDER.name),), minus=0.5, within=0.1),
    ),
)


def scored(run, rng, loss, accuracy, examples=2000, documents=50):
    """Writes scores of made examples: `common` to all runs, so that pairs differ little."""
    common = np.random.default_rng(7).normal(0, 1, examples)
    weight = np.full(examples, 10.0)
    arrays = {
        "mlm_loss": weight * (loss + common + rng.normal(0, 0.02, examples)),
        "mlm_weight": weight,
        "mlm_correct": weight * 0.1,
        "sentence_correct": (np.arange(examples) < accuracy * examples).astype(float),
        "sentence_weight": np.ones(examples),
    }
    run.folder.mkdir(parents=True, exist_ok=True)
    np.savez(run.scores("sop"), **arrays)
    told(run, np.arange(examples) % documents)


def told(run, documents, variant="sop"):
    """Writes beside a held-out set which documents its examples are of."""
    folder = data.held_out(run.output / "data", variant)
    folder.mkdir(parents=True, exist_ok=True)
    names = pa.table({"source": ["a"] * len(documents), "document": [f"{n}" for n in documents]})
    pq.write_table(names, folder / "provenance-00000-of-00001.parquet")
    documents_of.cache_clear()


def two_runs(folder):
    runs = runs_of(PAIR, TINY, folder, [0])
    return [
        replace(run, row=replace(run.row, train={"steps": n + 1})) for n, run in enumerate(runs)
    ]


def test_rows_are_compared_example_by_example(tmp_path):
    """The examples' own spread gives the loss an error of 1/√2000 = 0.022, ten times the difference."""
    rng = np.random.default_rng(1)
    runs = two_runs(tmp_path)
    for run, loss in zip(runs, (5.0, 5.002), strict=True):
        scored(run, rng, loss, 0.5)
    assert find(PAIR.claims[0], PAIR, runs).error < 0.001 < 0.02 < error(runs[0], LOSS)
    assert [find(claim, PAIR, runs).verdict for claim in PAIR.claims[:2]] == [SHOWN, CONTRADICTED]


def entropy_known(run, nats, variant="sop"):
    found = Difficulty(100, 9, Baseline(nats, 0.02, 100), None, None, None, None, 0, [])
    folder = data.held_out(run.output / "data", variant)
    folder.mkdir(parents=True, exist_ok=True)
    write_sealed(folder / "difficulty.json", found)


def test_models_that_have_learnt_no_context_show_nothing(tmp_path):
    runs = two_runs(tmp_path)
    for run, loss in zip(runs, (5.0, 5.5), strict=True):
        scored(run, np.random.default_rng(1), loss, 0.5)
    entropy_known(runs[0], 5.8)
    assert [find(claim, PAIR, runs).verdict for claim in PAIR.claims[:2]] == [SHOWN, CONTRADICTED]
    entropy_known(runs[0], 5.3)
    found = [find(claim, PAIR, runs) for claim in PAIR.claims[:2]]
    assert [(one.verdict, one.why) for one in found] == [
        (NOT_SHOWN, "on the unigrams' plateau: b")
    ] * 2


def test_what_a_model_knows_is_asked_on_text_of_its_own_kind(tmp_path):
    (run, _) = two_runs(tmp_path)
    scored(run, np.random.default_rng(1), 6.0, 0.5)
    entropy_known(run, 5.9)
    assert on_plateau(run, PAIR)
    of_another = replace(run, row=replace(run.row, data="wikipedia"))
    scored(of_another, np.random.default_rng(1), 6.0, 0.5)
    assert on_plateau(of_another, PAIR)  # it was scored on nothing else
    with np.load(of_another.scores("sop")) as arrays:
        own = dict(arrays)
    np.savez(of_another.scores("wikipedia"), **{**own, "mlm_loss": own["mlm_loss"] * 0.9})
    entropy_known(of_another, 5.9, "wikipedia")
    assert not on_plateau(of_another, PAIR)


def test_a_claim_says_nothing_without_the_one_that_it_needs(tmp_path):
    learnt = Claim("order is learnt", "", (Term(1, "a", ORDER.name),), minus=0.5)
    low = Claim("the loss is low", "", (Term(-1, "a", LOSS.name),), minus=-6, needs=learnt)
    runs = two_runs(tmp_path)
    for accuracy, verdict in ((0.5, NOT_SHOWN), (0.9, SHOWN)):
        for run in runs:
            scored(run, np.random.default_rng(1), 5.0, accuracy)
        assert find(low, PAIR, runs).verdict == verdict
    assert (
        "order is learnt" in find(replace(low, needs=replace(learnt, minus=0.95)), PAIR, runs).why
    )


def test_examples_of_a_document_are_no_independent_draws(tmp_path):
    """Half of 2,000 examples are right: as single draws ± 1.1 points; but it is half of the documents."""
    (run, _) = runs_of(PAIR, TINY, tmp_path, [0])
    scored(run, np.random.default_rng(1), 5.0, 0.5)
    assert figure(run, ORDER) == 0.5 and error(run, ORDER) < 1e-9  # each document half right
    told(run, np.arange(2000))
    assert np.isclose(error(run, ORDER), 0.5 / np.sqrt(1999))
    told(run, np.arange(2000) // 500)  # of four documents two are right
    assert np.isclose(error(run, ORDER), 0.5 / np.sqrt(3))
    assert find(PAIR.claims[2], PAIR, [run]).verdict == NOT_SHOWN
    told(run, np.zeros(2000, int))  # one document says nothing of others
    assert find(PAIR.claims[2], PAIR, [run]).verdict == NOT_SHOWN


def test_documents_count_as_many_as_if_they_were_of_one_size(tmp_path):
    """With one of 1,997 and three of 1 the large one is all: D = 1.003, and nearly nothing is known."""
    (run, _) = runs_of(PAIR, TINY, tmp_path, [0])
    scored(run, np.random.default_rng(1), 5.0, 0.5)
    told(run, np.maximum(np.arange(2000) - 1996, 0))
    assert find(PAIR.claims[2], PAIR, [run]).verdict == NOT_SHOWN


def test_roughness_is_of_the_steps_from_layer_to_layer():
    smooth, rough = np.array([4.0, 4.0, 4.0]), np.array([2.0, 6.0, 4.0])
    assert of_moves("distance_roughness", smooth, rough) == 0
    assert of_moves("angle_roughness", smooth, rough) == 3 / 4  # steps of 4 and 2 over a mean of 4
    assert of_moves("last_angle", smooth, rough) == 4


class Trainer:
    """Stands in for the two programs: writes what they write, and can be stopped before it does."""

    def __init__(self):
        self.calls = []
        self.failing = set()

    def finish(self, command, log):
        what = "score" if "benchmarks.paper_tables.score" in command else "train"
        folder = log.parent
        self.calls.append((what, folder.name))
        if len(self.calls) in self.failing:
            raise DataError("stopped by the test")
        if what == "train":
            (folder / "model").mkdir(exist_ok=True)
            (folder / "model" / "ckpt-9.index").write_text("")
        else:
            for asked in (part for part in command if part.startswith("--on=")):
                name = asked.removeprefix("--on=").partition("=")[0]
                one = np.ones(4)
                names = (
                    "mlm_loss",
                    "mlm_weight",
                    "mlm_correct",
                    "sentence_correct",
                    "sentence_weight",
                )
                np.savez(folder / f"scores-{name}.npz", **dict.fromkeys(names, one))
        return Cost(2.0, 1.0)


@pytest.fixture
def trainer(monkeypatch):
    made = Trainer()
    monkeypatch.setattr(runs_module, "finish", made.finish)
    return made


def test_what_is_done_is_not_done_again_and_what_was_stopped_goes_on(trainer, tmp_path):
    table = TABLES["table5"](TINY)
    runs = runs_of(table, TINY, tmp_path, [0])
    trainer.failing = {3}  # the second row's training
    with pytest.raises(DataError, match="stopped by the test"):
        make(runs, table.metrics, str)
    make(runs, table.metrics, str)
    names = [run.folder.name for run in runs]
    assert [name for what, name in trainer.calls if what == "train"] == [
        names[0],
        names[1],
        *names[1:],
    ]
    assert [name for what, name in trainer.calls if what == "score"] == names
    make(runs, table.metrics, str)
    assert len(trainer.calls) == 7
    assert [run.costs("train").processor_seconds for run in runs] == [1.0, 1.0, 1.0]


def test_a_figure_that_another_table_asks_for_is_measured_without_training(trainer, tmp_path):
    runs = runs_of(TABLES["table7"](TINY), TINY, tmp_path, [0])
    make(runs, [Metric("loss", "mlm_loss")], str)
    make(runs, [Metric("loss", "mlm_loss"), Metric("books", "mlm_loss", "books")], str)
    assert [what for what, _ in trainer.calls] == [
        "train",
        "score",
        "train",
        "score",
        "score",
        "score",
    ]


def test_what_is_reached_without_a_model_stands_under_its_figure(tmp_path):
    table = TABLES["table5"](TINY)
    (run, *_) = runs_of(table, TINY, tmp_path, [0])
    share, nats = Baseline(0.677, 0.009, 100), Baseline(5.94, 0.02, 100)
    for variant, cosine in (("sop", None), ("nsp", share)):
        folder = data.held_out(tmp_path / "data", variant)
        folder.mkdir(parents=True)
        found = Difficulty(100, 9, nats, Baseline(0.05, 0.01, 100), share, cosine, None, 0, [])
        write_sealed(folder / "difficulty.json", found)
    told = {row[0]: row[1:5] for row in rows_without(table, run)}
    assert told == {
        "no model: the pieces' frequencies": ["5.94 ± 0.02", "5.0 ± 1.0", "", ""],
        "no model: one label for all": ["", "", "67.7 ± 0.9", "67.7 ± 0.9"],
        "no model: one threshold on the idf cosine": ["", "", "67.7 ± 0.9", ""],
    }
    assert {len(row) for row in rows_without(table, run)} == {len(headings(table))}


def test_the_page_has_a_cell_under_every_heading(trainer, tmp_path):
    table = TABLES["table5"](TINY)
    runs = runs_of(table, TINY, tmp_path, [0, 1])
    make(runs, table.metrics, str)
    for variant in ("sop", "nsp"):
        told(runs[0], [0, 1, 2, 2], variant)
    assert {len(row) for row in rows(table, runs)} == {len(headings(table))}
    none = rows(table, runs)[0]
    assert none[0] == "none" and none[3:5] == ["–", "–"]  # its sentence head had no loss
    verdicts = {row[0]: row[-1] for row in claim_rows(table, runs)}
    assert verdicts["NSP is learnt: its model is above chance on NSP"] == "**shown**"  # 100 %
