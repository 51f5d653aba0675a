"""What a manifest does not hold, counted from a bounded sample of the records.

Records lie in random order, so the first ones of shards spread over the build are a fair sample. At most
SHARDS shards are opened, each one's first batch: about 10 ms a shard, whatever the build's size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa

from albert_data.insight.conditions import CONDITIONS
from albert_data.insight.shard_set import ShardSet
from albert_data.records.parse import Examples
from albert_data.records.spelled_out import Record, decode
from albert_data.tokens.vocabulary import Vocabulary

SHARDS = 16

_Origin: TypeAlias = dict[str, Any]  # a row of provenance
_Shown: TypeAlias = dict[str, tuple[str, Record, _Origin | None]]


@dataclass(frozen=True)
class Sample:
    """Counts over R sampled records of up to L tokens; V pieces.

    Attributes:
        records: R.
        predicted, tokens: int64 [L], predictions and tokens at each position.
        pieces: int64 [V], how often each piece stands in the text (before masking).
        unknown: the id of `<unk>`.
        sources: records by the source of their document; empty without provenance.
        examples: (why it is shown, record, its row of provenance).
    """

    records: int
    predicted: np.ndarray
    tokens: np.ndarray
    pieces: np.ndarray
    unknown: int
    sources: Counter[str]
    examples: list[tuple[str, Record, _Origin | None]]

    @property
    def unknown_rate(self) -> float:
        return float(self.pieces[self.unknown] / max(self.pieces.sum(), 1))

    def frequent(self, vocabulary: Vocabulary, count: int) -> list[tuple[str, float]]:
        """The most frequent pieces and their share of the text."""
        order = np.argsort(-self.pieces, kind="stable")[:count]
        total = max(int(self.pieces.sum()), 1)
        names = [vocabulary.pieces[i] for i in order.tolist()]
        return [(name, self.pieces[i] / total) for name, i in zip(names, order, strict=True)]


def take_sample(shards: ShardSet) -> Sample:
    """Counts a sample of a build's records."""
    step = max(1, -(-len(shards.files) // SHARDS))
    predicted, tokens = (np.zeros(shards.max_length, np.int64) for _ in range(2))
    pieces = np.zeros(shards.vocabulary.size, np.int64)
    sources: Counter[str] = Counter()
    shown: _Shown = {}
    records = 0
    for file in shards.files[::step]:
        origins = shards.origins(file)
        for _, examples in shards.examples(file):
            used = examples.masked_lm_weights > 0
            originals = examples.input_ids.copy()
            rows, places = np.nonzero(used)
            at = examples.masked_lm_positions[rows, places]
            originals[rows, at] = examples.masked_lm_ids[rows, places]
            inside = examples.input_mask > 0
            predicted += np.bincount(at, minlength=shards.max_length)
            tokens += inside.sum(axis=0)
            text = inside & ~np.isin(originals, shards.vocabulary.specials)
            pieces += np.bincount(originals[text], minlength=len(pieces))
            records += len(originals)
            if origins is not None:
                sources.update(origins["source"].slice(0, len(originals)).to_pylist())
            _choose(examples, shards, origins, shown)
            break
    unknown = shards.vocabulary.unk
    return Sample(records, predicted, tokens, pieces, unknown, sources, list(shown.values()))


def _choose(examples: Examples, shards: ShardSet, origins: pa.Table | None, shown: _Shown) -> None:
    """Adds the first record of each kind that is not shown yet."""
    for name in ("swapped", "in-order", "short"):
        found = np.flatnonzero(CONDITIONS[name][1](examples, shards))
        if name not in shown and len(found):
            row = int(found[0])
            origin = None if origins is None else origins.slice(row, 1).to_pylist()[0]
            shown[name] = (name, decode(examples, row, shards.vocabulary), origin)
