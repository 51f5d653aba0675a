"""An estimate of a corpus of which nothing is here: its size and kind, and rates that this project measured.

`measured.yaml` says what was measured on which text. Pairs, masks and shards are made by the build's own code
all the same, of documents with the measured lengths and pieces drawn by Zipf's law, so every setting counts.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import yaml

from albert_data.base.errors import ConfigError
from albert_data.base.gather import offsets_of
from albert_data.config.settings import Config
from albert_data.examples.masking import MaskTables
from albert_data.insight.estimate import predict, shards
from albert_data.insight.estimate.look import Look, Size
from albert_data.insight.estimate.places import places
from albert_data.insight.estimate.recut import Part
from albert_data.schema import Estimate
from albert_data.shards.shard import shard_count
from albert_data.tokens.documents import Documents

TOKENS = 300_000  # that are drawn
VOCABULARY, FIRST_ORDINARY = 30_000, 5
CLS_SEP_MASK_PAD = (2, 3, 4, 0)
BEGIN_WORDS = 0.8  # of pieces, about as in English
_TIME = "tokenising: measured rates, see below; masks and shards: made and timed on this machine"
MANDELBROT, ZIPF = 2.7, 1.1  # of the frequency of pieces: records of the measured bytes
NAME = "x" * 16  # of a document and its title


@cache
def measured() -> dict[str, Any]:
    """`measured.yaml`, by the kind of source."""
    text = Path(__file__).with_name("measured.yaml").read_text(encoding="utf-8")
    rates: dict[str, Any] = yaml.safe_load(text)
    return rates


def predict_sizes(
    sizes: Sequence[Size],
    config: Config,
    workers: int = 1,
    price: float | None = None,
    seed: int = 0,
    machines: int = predict.MACHINES,
    machine_price: float | None = None,
) -> Estimate:
    """Predicts a build of corpora of these kinds and sizes; otherwise as `predict.predict`.

    Raises:
        ConfigError: a kind that nothing was measured of.
    """
    began = time.monotonic()
    rates = [_rates(size.kind) for size in sizes]
    totals, notes = predict.Totals(), [_TIME, *predict.BASES]
    for size, rate in zip(sizes, rates, strict=True):
        tokens = size.bytes * rate["tokens_per_byte"]
        totals.tokens += tokens
        totals.documents += size.bytes * rate["documents_per_byte"]
        totals.cache_bytes += tokens * rate["cache_bytes_per_token"]
        totals.variance += (rate["error"] * tokens) ** 2
        totals.document_variance += (rate["error"] * size.bytes * rate["documents_per_byte"]) ** 2
        seconds = size.bytes / 1e6 / rate["megabytes_per_cpu_second"]
        look = Look(size.kind, (), (), round(size.bytes), 1, 0.5, beyond=size.bytes)
        totals.seconds.append((seconds, look))
        notes.append(f"{rate['is']}, rates of {rate['of']}; measured {rate['measured']}")
    count = shard_count(config, round(totals.documents), round(totals.tokens))
    tables = _tables()
    made = shards.Made()
    with tempfile.TemporaryDirectory(prefix="albert-data-estimate-") as name:
        shards.warm_up(tables, config, Path(name))
        for size, rate in zip(sizes, rates, strict=True):
            tokens = size.bytes * rate["tokens_per_byte"]
            part = drawn(rate, min(TOKENS, max(round(tokens), 2000)), seed)
            scale = tokens / len(part[0].ids)
            work = shards.Work.of(count * tokens / totals.tokens, config.pairs.dupe_factor, scale)
            made = made.plus(shards.make([part], tables, config, Path(name), work))
    exchange = predict.exchange_of(totals.cache_bytes, count, config)
    found = predict.figures(totals, made, workers, price, config, exchange)
    if config.tokens.dedup != "off":
        notes.append(f"repeated documents (tokens.dedup: {config.tokens.dedup}) are counted in")
    return Estimate(
        found,
        workers,
        round(sum(size.bytes for size in sizes)),
        0,
        0,
        notes,
        round(time.monotonic() - began, 3),
        0.0,
        places(found, workers, machines, exchange, machine_price),
    )


def _rates(kind: str) -> Any:
    rates = measured()
    known = rates.get(kind or "text") or rates.get({"books": "text"}.get(kind, ""))
    if known is None:
        kinds = ", ".join(rates)
        fix = f"measured are {kinds}; for others give a sample: --source {kind}:PATH --scale SIZE"
        raise ConfigError(f"nothing is known of {kind} without a sample", where="--scale", fix=fix)
    return known


def _tables() -> MaskTables:
    starts = np.random.default_rng(0).random(VOCABULARY) < BEGIN_WORDS
    ordinary = np.arange(FIRST_ORDINARY, VOCABULARY, dtype=np.int32)
    return MaskTables(starts, ordinary, *CLS_SEP_MASK_PAD)


@cache
def _shares() -> np.ndarray:
    """Of the r most frequent pieces, by Mandelbrot's law: vocabularies are in the order of frequency."""
    ranks = np.arange(1, VOCABULARY - FIRST_ORDINARY)
    sums = np.cumsum(1 / (ranks + MANDELBROT) ** ZIPF)
    shares: np.ndarray = sums / sums[-1]
    return shares


def drawn(rate: Any, tokens: int, seed: int) -> Part:
    """Documents of about so many pieces, with sentences and lengths as they were measured."""
    random = np.random.default_rng(seed)
    sentences = np.array(rate["sentence_tokens"])
    documents = np.array(rate["document_tokens"], np.int64)
    count = max(round(tokens / documents.mean()), 2)
    wanted = np.resize(random.permutation(documents), count)
    if wanted.sum() > 2 * tokens:  # of few long documents
        wanted = np.maximum(wanted * tokens // wanted.sum(), 2 * int(sentences.mean()))
    lengths = random.choice(sentences, size=int(wanted.sum() / sentences.mean()) + 2 * count)
    ends = np.cumsum(lengths)
    bounds = np.searchsorted(ends, np.cumsum(wanted))
    bounds = np.unique(np.concatenate([[0], np.minimum(bounds, len(lengths))]))
    lengths = lengths[: bounds[-1]]
    ids = FIRST_ORDINARY + np.searchsorted(_shares(), random.random(lengths.sum()))
    rows = len(bounds) - 1
    keys = random.integers(0, 2**63, rows, dtype=np.uint64)
    made = Documents(ids.astype(np.int32), offsets_of(lengths.astype(np.int64)), bounds, keys)
    text = pa.array([NAME] * rows, pa.large_string())
    return made, pa.table([text] * 3, names=["source", "document", "title"])
