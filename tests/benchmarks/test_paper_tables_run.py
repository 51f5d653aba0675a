"""A table of two rows and few steps, really run: data, training, a branch, scores, page; and going on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.paper_tables import data
from benchmarks.paper_tables.figures import figure
from benchmarks.paper_tables.report import page
from benchmarks.paper_tables.runs import make, runs_of
from benchmarks.paper_tables.scales import TINY
from benchmarks.paper_tables.table import Branch, Metric, Row, Table, above
from tests.shared import EXAMPLES

LOSS = Metric("MLM loss", "mlm_loss")
NEXT = Metric("NSP acc.", "sentence_accuracy", "nsp")
LAST = Metric("last angle", "last_angle")
SCALE = replace(
    TINY,
    vocabulary=1000,
    data={**TINY.data, "shards.count": 2, "hold_out": 12},
    train={
        "batch_size": 8,
        "learning_rate": 0.01,
        "steps": 6,
        "warmup_steps": 1,
        "save_every": 3,
        "keep_every": 3,
    },
    examples=200,
)
DROPOUT = {"hidden_dropout_prob": 0.5}
TABLE = Table(
    "table0",
    "A trial",
    (
        Row("with", {"Avg": 1.0}, model=SCALE.shape(32, 1, 2, **DROPOUT)),
        Row("without", {"Avg": 2.0}, model=SCALE.shape(32, 1, 2), branch=Branch("with", 3)),
    ),
    (LOSS, NEXT, LAST),
    (above("less dropout, less loss", "none", "without", "with", LOSS.name, -1),),
)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_two_rows_of_few_steps_to_a_page_and_not_again(tmp_path):
    make_data = (tmp_path / "data", EXAMPLES / "books", EXAMPLES / "wikipedia.xml", SCALE)
    data.make_data(*make_data, TABLE.variants)
    trunk, branch = runs = runs_of(TABLE, SCALE, tmp_path, [0])
    make(runs, TABLE.metrics)

    assert (branch.model / "ckpt-6.index").exists()
    assert "branch" in (branch.folder / "log.txt").read_text()
    told = page(TABLE, runs, {"command": "none"})
    assert "| with |" in told and "| without |" in told and "less dropout, less loss" in told
    assert "(of one seed)" in told and "| layer | 1 |" in told

    scored = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    assert {path.name for path in scored} == {
        "scores-sop.npz",
        "scores-nsp.npz",
        "scores-moves.npz",
    }
    make(runs, TABLE.metrics)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")} == scored
    assert figures_agree_with_the_evaluation(trunk)


def figures_agree_with_the_evaluation(run):
    from model.checkpoints import load_model
    from model.evaluate import evaluate
    from model.shards import open_shards

    model = load_model(str(run.model))
    shards = open_shards(str(data.held_out(run.output / "data", "nsp")), model.config)
    whole = evaluate(model, shards, 50, 200 // 50)
    mine = [
        figure(run, replace(NEXT, of=of))
        for of in ("mlm_loss", "mlm_accuracy", "sentence_accuracy")
    ]
    theirs = [whole.mlm_loss, whole.mlm_accuracy, whole.sentence_accuracy]
    return np.allclose(mine, theirs, rtol=1e-5)
