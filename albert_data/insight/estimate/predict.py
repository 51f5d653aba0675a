"""The whole estimate: figures with error bars, what is not known, and what the estimate cost."""

from __future__ import annotations

import heapq
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from albert_data.base.counts import count_of
from albert_data.base.errors import ConfigError
from albert_data.base.tally import Tally
from albert_data.config.settings import Config
from albert_data.corpus.plan import bytes_of_unit
from albert_data.examples.masking import MaskTables
from albert_data.insight.estimate import recut, shards
from albert_data.insight.estimate.cache import cache_bytes
from albert_data.insight.estimate.look import Look, Size, plan_look
from albert_data.insight.estimate.places import Exchange, memory_bytes, places, work_bytes
from albert_data.insight.estimate.reading import Reading, read_kind
from albert_data.schema import Estimate, Figure
from albert_data.shards.shard import shard_count
from albert_data.tokens.encoder import encoder
from albert_data.tokens.vocabulary import Vocabulary, load_vocabulary
from albert_data.tokens.words import with_word_starts, word_rule

START_SECONDS = 6.0  # of a build of next to nothing: Beam, workers, kernels, writing the manifest
_TIME_ERROR = 0.3  # of CPU seconds from one run of another length: no statistics, experience
_DUPE_ERROR = 0.002  # examples of one pass against another
_PARQUET_ERROR = 0.1  # of Parquet files from small ones: how values pack; experience too
_FEW = 10
_MEMORY_ERROR = 0.25  # of a process from one measured one: experience
_MOST_UNITS = 100_000
_SHORT = 2e6  # bytes of a sample whose time misleads
MACHINES = 8  # of Dataflow, where nobody says another number
TEXT_OF_CACHE = 2.5  # bytes of text for a byte of token files, measured: `measured.yaml`
BASES = (
    "memory: 573 MiB a process, measured at shards.target_bytes of 128 MiB (README)",
    "prices: list prices with source and date in albert_data/insight/estimate/prices.yaml",
)


def _figure(value: float, error: float) -> Figure:
    """A value with its error bar; `error` is relative."""
    return Figure(value, value * max(1 - error, 0), value * (1 + error))


@dataclass
class Totals:
    """Sums over kinds; `*_variance` of tokens and documents."""

    tokens: float = 0
    documents: float = 0
    cache_bytes: float = 0
    variance: float = 0
    document_variance: float = 0
    seconds: list[tuple[float, Look]] = field(default_factory=list)


def predict(
    sources: Sequence[str],
    vocabulary_path: Path,
    config: Config,
    workers: int = 1,
    share: float | None = None,
    price: float | None = None,
    seed: int = 0,
    sizes: Sequence[Size] = (),
    machines: int = MACHINES,
    machine_price: float | None = None,
) -> Estimate:
    """Samples the sources.

    Args:
        share: of the corpus to read; None for the usual one.
        price: of a core for an hour.
        sizes: of the corpus that the sources are a sample of; none where they are all of it.
        machines: of Dataflow.
        machine_price: of a machine of two cores for an hour, in place of list prices.

    Raises:
        ConfigError: sources, vocabulary or settings cannot be used.
        DataError: broken input in the sample.
    """
    began = time.monotonic()
    vocabulary = load_vocabulary(vocabulary_path)
    encoder.cache_clear()  # words that are known already would be too cheap
    tables = MaskTables.of(vocabulary)
    with tempfile.TemporaryDirectory(prefix="albert-data-estimate-") as name:
        folder = Path(name)
        rule = word_rule(config.masking.word_rule, vocabulary)
        files = Tally()
        looks = _standing_for(plan_look(sources, config.sources, share, seed, folder, files), sizes)
        shards.warm_up(tables, config, folder)
        readings = [read_kind(look, config, vocabulary, folder, seed) for look in looks]
        totals, notes = Totals(), [*_notes(readings, config), *files.unread_files()]
        for reading in readings:
            _add(totals, reading, config, vocabulary, folder, notes)
        count = shard_count(config, round(totals.documents), round(totals.tokens))
        if all(look.share == 1 for look in looks):
            whole = (
                (with_word_starts(documents, vocabulary, rule), names)
                for reading in readings
                for documents, names in recut.of_files(reading, folder)
            )
            work = shards.Work.of(count, config.pairs.dupe_factor)
            made = shards.make(whole, tables, config, folder, work)
        else:
            made = shards.Made()
            for reading in readings:
                made = made.plus(_make(reading, totals.tokens, tables, config, folder, count))
    exchange = exchange_of(totals.cache_bytes, count, config)
    predicted = figures(totals, made, workers, price, config, exchange)
    if not made.examples:
        raise ConfigError(
            "no example can be made of the sample",
            where="; ".join(sources[:3]),
            fix="documents need two sentences or more; take a larger --sample",
        )
    return Estimate(
        predicted,
        workers,
        sum(look.weight for look in looks),
        sum(look.looked for look in looks),
        round(sum(look.share * look.looked for look in looks)),
        [*notes, *BASES],
        round(time.monotonic() - began, 3),
        sum(look.weight for look in looks)
        / max(sum(look.weight / look.beyond for look in looks), 1),
        places(predicted, workers, machines, exchange, machine_price),
    )


def exchange_of(cache: float, count: int, config: Config) -> Exchange:
    """Blocks and shards of a build with so many bytes of token files."""
    files = max(cache / (config.tokens.part_bytes / TEXT_OF_CACHE), 1)
    return Exchange(files * config.pairs.dupe_factor, count)


def _standing_for(looks: Sequence[Look], sizes: Sequence[Size]) -> list[Look]:
    """The looks at what is here, as a sample of a corpus of these sizes.

    Raises:
        ConfigError: a size is of a kind that has no sample, or two are of one.
    """
    if not sizes:
        return list(looks)
    named = {size.kind: size.bytes for size in sizes}
    if len(named) < len(sizes):
        raise ConfigError("two sizes of one kind", where="--scale", fix="add them")
    if "" in named:
        if len(named) > 1:
            fix = "give each a kind: --scale wikipedia:24GB --scale books:5GB"
            raise ConfigError("sizes with and without a kind", where="--scale", fix=fix)
        beyond = named[""] / sum(look.weight for look in looks)
        return [look.standing_for(beyond) for look in looks]
    unknown = named.keys() - {look.kind for look in looks}
    if unknown:
        kind = min(unknown)
        fix = f"add one, --source {kind}:PATH, or leave all --source out"
        raise ConfigError(f"no sample of {kind} is here", where=f"--scale {kind}:…", fix=fix)
    return [
        look.standing_for(named[look.kind] / look.weight if look.kind in named else 1)
        for look in looks
    ]


def _make(
    reading: Reading, tokens: float, tables: MaskTables, config: Config, folder: Path, count: int
) -> shards.Made:
    """Examples of a kind of source, where all kinds have `tokens` pieces and make `count` shards."""
    made = shards.Made()
    kinds = [whole for whole, files in ((True, reading.whole), (False, reading.parts)) if files]
    for whole in kinds:
        of_these = (whole,) if len(kinds) == 2 else (True, False)  # one may stand for both
        own = sum(map(reading.tokens, of_these))
        parts = list(recut.of_sample(reading, whole, folder))
        scale = own / sum(len(sampled.ids) for sampled, _ in parts)
        work = shards.Work.of(count * own / tokens, config.pairs.dupe_factor, scale)
        made = made.plus(shards.make(parts, tables, config, folder, work))
    return made


def _add(
    totals: Totals,
    reading: Reading,
    config: Config,
    vocabulary: Vocabulary,
    folder: Path,
    notes: list[str],
) -> None:
    look, scale = reading.look, reading.look.scale
    opening = reading.opening * scale
    if look.share == 1:
        totals.tokens += sum(file.tokens for file in reading.files)
        totals.documents += sum(file.documents for file in reading.files)
        totals.cache_bytes += sum(file.bytes for file in reading.files)
        totals.seconds.append((opening + reading.taking, look))
        return
    tokens = sum(map(reading.tokens, (True, False)))
    documents = sum(map(reading.documents, (True, False)))
    totals.tokens += tokens
    totals.documents += documents
    totals.cache_bytes += cache_bytes(
        reading, folder, tokens, documents, config.tokens.part_bytes, vocabulary.size
    )
    size, taken = (sum(getattr(d, name) for d in reading.seen) for name in ("size", "taken"))
    totals.seconds.append((opening + reading.taking * scale * size / taken, look))
    variance, of_documents, items = _variances(reading)
    totals.variance += tokens**2 * variance
    totals.document_variance += documents**2 * of_documents
    if items < _FEW:
        notes.append(
            f"{look.kind}: only {count_of(items, 'item')} in the sample: the error bar is rough"
        )


def _variances(reading: Reading) -> tuple[float, float, int]:
    """Relative variances (times Student's t squared) of tokens and documents, and of how many items.

    Of ratios, by residuals: tokens to characters over documents, and, where not all splits were
    opened, what a split holds to its weight over splits.
    """
    used = [d for d in reading.seen if d.taken]
    of_rate = {w: reading.rate(w) for w in (True, False)}
    residuals = [d.tokens - of_rate[d.whole] * d.taken for d in used]
    tokens = sum(d.tokens for d in used)
    variance = _relative(residuals, tokens) * (1 - reading.look.share / reading.look.beyond)
    # So many more of the documents that were not read may be dropped: the rule of three, 3 / n.
    of_drops = (3 / max(len(used), 1)) ** 2 if reading.look.unread else 0.0
    if reading.look.scale / reading.look.beyond <= 1.0001:
        return variance, of_drops, len(used)
    weights = [split.weight for unit in reading.look.opened for split in unit]
    expected, counts = [0.0] * len(weights), [0.0] * len(weights)
    for d in reading.seen:
        expected[d.split] += of_rate[d.whole] * d.size
        counts[d.split] += 1
    left = 1 - 1 / reading.look.scale
    total = max(sum(weights), 1)
    of_splits = []
    for values in (expected, counts):
        mean = sum(values) / total
        rest = [v - mean * w for v, w in zip(values, weights, strict=True)]
        of_splits.append(_relative(rest, sum(values)) * left)
    return variance + of_splits[0], of_splits[1] + of_drops, min(len(used), len(weights))


def _relative(residuals: list[float], total: float) -> float:
    """Relative variance of a sum with these residuals, times Student's t squared."""
    n = len(residuals)
    if n < 2 or not total:
        return 1.0
    free = n - 1
    t = 1.96 + 2.37 / free + 2.82 / free**2  # Cornish and Fisher's expansion of the 97.5 % point
    return t**2 * n / free * sum(r * r for r in residuals) / total**2


def figures(
    totals: Totals,
    made: shards.Made,
    workers: int,
    price: float | None,
    config: Config,
    exchange: Exchange,
) -> dict[str, Figure]:
    """All that is predicted, by name."""
    error = math.sqrt(totals.variance) / max(totals.tokens, 1)
    of_documents = math.sqrt(totals.document_variance) / max(totals.documents, 1)
    sampled = any(look.share < 1 for _, look in totals.seconds)
    of_passes = math.hypot(error, _DUPE_ERROR) if sampled else 0.0
    of_parquet = math.hypot(error, _PARQUET_ERROR) if sampled else 0.0
    tokenising = sum(seconds for seconds, _ in totals.seconds)
    cpu = tokenising + made.pairing + made.assembling
    longest = _makespan(totals, workers, config.sources.unit_bytes)
    elapsed = START_SECONDS + longest + (cpu - tokenising) / workers
    of_time = math.hypot(error, _TIME_ERROR)
    hours = (START_SECONDS + cpu) / 3600
    work = work_bytes(exchange, made.examples, totals.tokens)
    memory = memory_bytes(config, workers, totals.documents)
    found = {
        "documents": _figure(totals.documents, of_documents),
        "tokens": _figure(totals.tokens, error),
        "examples": _figure(made.examples, of_passes),
        "example_tokens": _figure(made.example_tokens, of_passes),
        "shard_bytes": _figure(made.shard_bytes, of_passes),
        "provenance_bytes": _figure(made.provenance_bytes, of_parquet),
        "cache_bytes": _figure(totals.cache_bytes, of_parquet),
        "work_bytes": _figure(work, of_passes),
        "memory_bytes": _figure(memory, _MEMORY_ERROR),
        "cpu_seconds": _figure(cpu, of_time),
        "seconds": _figure(elapsed, of_time),
        "core_hours": _figure(hours, of_time),
    }
    if price is not None:
        found["price"] = _figure(hours * price, of_time)
    return found


def _makespan(totals: Totals, workers: int, unit_bytes: int) -> float:
    """Seconds of tokenising when units are dealt out, the longest first: a unit is one worker's."""
    costs = []
    for seconds, look in totals.seconds:
        if look.beyond == 1:
            whole = [sum(split.weight for split in unit) for unit in look.units]
            costs += [seconds * weight / look.weight for weight in whole]
        else:
            size = bytes_of_unit(look.weight, unit_bytes)
            units = min(max(round(look.weight / size), 1), _MOST_UNITS)
            costs += [seconds / units] * units
    busy = [0.0] * workers
    for cost in sorted(costs, reverse=True):
        heapq.heapreplace(busy, busy[0] + cost)
    return max(busy)


def _notes(readings: Sequence[Reading], config: Config) -> list[str]:
    notes = [
        "time is that of this machine's cores, undisturbed; downloads and slow disks are not in it"
    ]
    for reading in readings:
        if reading.look.beyond != 1:
            here = reading.look.weight / reading.look.beyond
            notes.append(
                f"{reading.look.kind}: {here / 1e6:,.1f} MB that are here stand for "
                f"{reading.look.weight / 1e9:,.1f} GB; text of another kind has other figures"
            )
            if here < _SHORT:
                notes.append(
                    "of so short a text more words are new: its time is too long, several times"
                )
        if reading.look.cut:
            notes.append(
                f"{reading.look.kind}: only the beginning of {len(reading.look.cut)} packed files"
                " was looked at; what follows may be of another kind"
            )
    if config.tokens.dedup != "off":
        notes.append(f"repeated documents (tokens.dedup: {config.tokens.dedup}) are counted in")
    if config.hold_out:
        notes.append(
            f"documents held out (hold_out: {config.hold_out}) are counted in, as if trained on"
        )
    return notes
