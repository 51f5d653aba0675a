"""How large the tables are: `tiny` for two cores, `small` for a night, `gpu` for one GPU under JAX.

Tiny and small differ from the paper in more than size, for runs this short: masks are of single pieces,
initial weights are wider, the rate is higher, there is no dropout where the table is not about it, and the
warm-up is a tenth of the steps. Rows of one table differ in nothing but what the table is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 1_000_000  # of a run that ends by time
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


@dataclass(frozen=True)
class Scale:
    """Sizes of data, models and runs.

    Attributes:
        vocabulary: pieces.
        data: keys of the shards' configuration, for every variant.
        model: settings of every model: all that the table does not vary.
        train: settings of every run.
        hidden, heads, layers: of an encoder of usual shape.
        shared: hidden and layers where sharing is the question (table 4).
        deep: where depth is (figure 1).
        steps: of a run, by table.
        hours: of a run of table 6.
        examples: of each held-out set that are scored, the first ones; 0: all.
        engine, strategy: of ``albert-train``.
    """

    vocabulary: int
    data: Mapping[str, Any]
    model: Mapping[str, Any]
    train: Mapping[str, Any]
    hidden: int
    heads: int
    layers: int
    shared: Mapping[str, int]
    deep: Mapping[str, Any]
    steps: Mapping[str, int]
    hours: float
    examples: int = 0
    engine: str = "tensorflow"
    strategy: str = "cpu"

    def shape(
        self, hidden: int = 0, layers: int = 0, heads: int = 0, **more: Any
    ) -> dict[str, Any]:
        """Settings of an encoder of usual proportions.

        Args:
            hidden, layers, heads: 0: the scale's.
            **more: further settings of the model.
        """
        hidden = hidden or self.hidden
        if (
            more.get("sharing") == "all"
        ):  # the usual, left out: so it is the same run wherever it is said
            del more["sharing"]
        return {
            "hidden_size": hidden,
            "num_hidden_layers": layers or self.layers,
            "num_attention_heads": heads or self.heads,
            "intermediate_size": 4 * hidden,
            **more,
        }

    def run(self, table: str, **more: Any) -> dict[str, Any]:
        """Settings of the runs of a table, which end by time where the scale says no steps."""
        steps = self.steps.get(table, MOST_STEPS)
        return {"steps": steps, "warmup_steps": max(steps // 10, 1), **more}


_SHORT = {"config": "tiny", "hold_out": "40%", "masking.unit": "piece"}

TINY = Scale(
    vocabulary=2000,
    data={**_SHORT, "pairs.dupe_factor": 4, "shards.count": 8},
    model={"name": "albert-tiny", "max_position_embeddings": 64, "initializer_range": 0.08, **NO_DROPOUT},
    train={"batch_size": 128, "learning_rate": 0.01, "xla": True, "save_minutes": 2.0},
    hidden=72,
    heads=4,
    layers=2,
    shared={},
    deep={"hidden": 32, "layers": 12, "initializer_range": 0.02},
    steps={"table3": 400, "table4": 1000, "table5": 1000, "table7": 1000, "table8": 600,
           "figure1": 900},
    hours=0.05,
    examples=10_000,
)  # fmt: skip

SMALL = Scale(
    vocabulary=8000,
    data={**_SHORT, "pairs.dupe_factor": 10, "shards.count": 16},
    model={"name": "albert-tiny", "max_position_embeddings": 64, "initializer_range": 0.06, **NO_DROPOUT},
    train={"batch_size": 128, "learning_rate": 0.01, "xla": True},
    hidden=192,
    heads=4,
    layers=4,
    shared={"hidden": 128, "layers": 6},
    deep={"hidden": 96, "layers": 12},
    steps={"table3": 3000, "table4": 3000, "table5": 10_000, "table7": 5000, "table8": 5000,
           "figure1": 3000},
    hours=1.0,
)  # fmt: skip

GPU = Scale(
    vocabulary=30_000,
    data={"config": "paper-128", "hold_out": "1%", "pairs.dupe_factor": 10, "shards.count": 64},
    model={"name": "albert-base", "max_position_embeddings": 128, "embedding_size": 128},
    train={"batch_size": 1024, "micro_batch_size": 256, "learning_rate": 0.00088},
    hidden=768,
    heads=12,
    layers=12,
    shared={},
    deep={},
    steps={"table3": 20_000, "table4": 20_000, "table5": 50_000, "table7": 50_000,
           "table8": 50_000, "figure1": 20_000},
    hours=4.0,
    engine="jax",
    strategy="auto",
)  # fmt: skip

SCALES = {"tiny": TINY, "small": SMALL, "gpu": GPU}
