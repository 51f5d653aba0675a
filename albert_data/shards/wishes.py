"""The settings that a corpus, or another setting, may not let come true: one table, for all of them.

A row says under which key the wish stands, what is counted, in integers, and which realised share is what
was wished for. The manifest holds the integers (`Manifest.realised`); a build's last lines, its data card,
`report` and `diff` show them beside the wish (`insight/verdicts.py`). What follows a law that only chance
bends is a check besides (`insight/chance_checks.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from albert_data.base.counts import count_of
from albert_data.base.tally import Counted
from albert_data.config.settings import Config
from albert_data.corpus.exclude_list import UNKNOWN
from albert_data.corpus.leave_out import EXCLUDED
from albert_data.examples.budget import enough, planned
from albert_data.examples.span_law import span_law
from albert_data.schema import Manifest, Realised, Shard, Statistics, TokenIndex, Totals
from albert_data.tokens.source_patterns import ALL, select_sources

FEW = 0.03  # of the examples: so many may be cut off unsaid


class Material(NamedTuple):
    """What a build's figures are counted from.

    Attributes:
        reading: what was counted while reading.
        alike: the sample of equal records (`alike.py`); empty where there is none.
        cache: all sources of the token cache; None where it is not known.
    """

    config: Config
    statistics: Statistics
    totals: Totals
    shards: Sequence[Shard]
    reading: Counted
    alike: list[list[int]]
    cache: TokenIndex | None = None

    @property
    def lengths(self) -> list[tuple[int, int]]:
        """(tokens, examples of so many)."""
        return list(enumerate(self.statistics.examples_by_tokens, 1))


Counts = tuple[int, int]
Met = Callable[[float, float], bool]


@dataclass(frozen=True)
class Wish:
    """A row of the table.

    Attributes:
        key: of the configuration.
        what: is counted, behind a share.
        count: (part, whole); None where the setting does not apply.
        wished: the share that was wished for; None: no one share.
        met: (wished, else 0, realised share) → whether the one came of the other.
        advice: what to do where it did not, from the figures.
        least: a whole of fewer says nothing.
    """

    key: str
    what: str
    count: Callable[[Material], Counts | None]
    wished: Callable[[Config], float | None]
    met: Met
    advice: Callable[[Config, Realised], str]
    least: int = 1


def _predicted(build: Material) -> Counts:
    masked = build.statistics.masked_tokens
    if build.config.masking.mode == "dynamic":  # what the trainer will draw
        masked, _ = planned(build.lengths, build.config.masking)
    return masked, build.totals.example_tokens


def _longest_wished(config: Config) -> float:
    return float(span_law(config.masking)[-1])


def _cut_off(build: Material) -> Counts:
    return planned(build.lengths, build.config.masking)[1], build.totals.examples


def _longest_spans(build: Material) -> Counts | None:
    spans = build.statistics.spans
    total = sum(spans.by_units)
    return (spans.by_units[-1], total) if len(spans.law) > 1 and total else None


def _short(build: Material) -> Counts:
    return build.totals.examples - build.statistics.examples_by_tokens[-1], build.totals.examples


def _unlike(build: Material) -> Counts | None:
    checksums, counts = build.alike
    several = build.config.pairs.dupe_factor > 1 and counts
    return (len(checksums), sum(counts)) if several else None


def _passes(build: Material) -> Counts | None:
    pairs = build.config.pairs
    return (min(pairs.distinct, pairs.dupe_factor), pairs.distinct) if pairs.distinct else None


def _negative(build: Material) -> Counts | None:
    labels = build.statistics.labels
    return None if build.config.pairs.objective == "none" else (labels[1], sum(labels))


def _filled(build: Material) -> Counts | None:
    if not build.config.shards.count:
        return None
    return sum(shard.records > 0 for shard in build.shards), len(build.shards)


def _shard_bytes(build: Material) -> Counts | None:
    settings, count = build.config.shards, len(build.shards)
    if settings.count or settings.compression != "none" or count == 1:
        return None
    return build.totals.shard_bytes, count * settings.target_bytes


def _listed(build: Material) -> Counts | None:
    counts = build.reading.counts
    if not build.config.sources.exclude:
        return None
    found, unknown = counts.get(f"dropped/document/{EXCLUDED}", 0), counts.get(UNKNOWN, 0)
    return found, found + unknown


def _share(key: str) -> Callable[[Config], float]:
    group, _, name = key.partition(".")
    return lambda config: float(getattr(getattr(config, group), name))


def _all(config: Config) -> float:
    return 1.0


def _none(config: Config) -> float:
    return 0.0


def _within(low: float, high: float) -> Met:
    """The realised share over the wished one is from `low` to `high`."""
    return lambda wished, share: low * wished <= share <= high * wished


def _most(most: float) -> Met:
    return lambda wished, share: share <= most


def _least(least: float) -> Met:
    return lambda wished, share: share >= least


def _more_predictions(config: Config, _: Realised) -> str:
    return (
        f"masking.max_predictions {config.masking.predictions} is too few: {enough(config)} would do, "
        "or masking.max_predictions=auto"
    )


def _rate(config: Config, found: Realised) -> str:
    if enough(config) > config.masking.predictions:
        return _more_predictions(config, found)
    if found.part > found.whole * config.masking.rate:
        return "every example has one at least: at this rate, longer examples would have fewer"
    return "spans of this length leave no room for more: a smaller masking.max_ngram does"


def _fewer_dupes(config: Config, found: Realised) -> str:
    fewer = max(1, round(config.pairs.dupe_factor * found.part / found.whole))
    return (
        "documents are so short, or so often the same, that their copies are equal: "
        f"pairs.dupe_factor {fewer}, or tokens.dedup, would leave these out"
    )


def _fewer_shards(config: Config, found: Realised) -> str:
    return (
        f"{count_of(found.whole - found.part, 'shard')} without a record: set "
        f"shards.count to {max(1, found.part // 2)} or fewer, or to 0, which derives it"
    )


def _always(text: str) -> Callable[[Config, Realised], str]:
    return lambda config, found: text


WISHES = (
    Wish(
        "masking.rate", "of the tokens predicted", _predicted,
        _share("masking.rate"), _within(0.98, 1.1), _rate,
    ),
    Wish(
        "masking.max_predictions", "of the examples with fewer predictions than the rate asks for",
        _cut_off, _none, _most(FEW), _more_predictions,
    ),
    Wish(
        "masking.max_ngram", "of the spans as long as this", _longest_spans, _longest_wished,
        _least(1e-9), _always("no such span fits the examples and their predictions"), least=1000,
    ),
    Wish(
        "pairs.short_probability", "of the examples shorter than pairs.max_length", _short,
        _share("pairs.short_probability"), lambda wished, share: share <= max(0.9, wished),
        _always("most documents end before: a smaller pairs.max_length would pad less"),
    ),
    Wish(
        "pairs.dupe_factor", "of the records (of a sample) no copy of another", _unlike,
        _all, _least(0.97), _fewer_dupes,
    ),
    Wish(
        "pairs.distinct", "of the passes made", _passes,
        _all, _least(1), _always("there are no more passes than pairs.dupe_factor"),
    ),
    Wish(
        "pairs.negative_probability", "of the examples with label 1", _negative,
        _share("pairs.negative_probability"), _within(0.8, 1.25),
        _always("documents are too few or too short for it"), least=1000,
    ),
    Wish("shards.count", "of the shards with a record", _filled, _all, _least(1), _fewer_shards),
    Wish(
        "shards.target_bytes", "of the bytes aimed at", _shard_bytes, _all, _within(0.4, 1.6),
        _always("the estimate does not hold for these documents: set shards.count"),
    ),
    Wish(
        "sources.exclude", "of the list's documents found", _listed, _all, _least(1),
        _always("the others are in no source by that name: reading.samples in the manifest has some"),
    ),
)  # fmt: skip
PATTERN = Wish(
    "pairs.sources", "of the token cache's documents", lambda build: None,
    lambda config: None, _least(0.01),
    _always("next to nothing of the cache: see what the patterns match"),
)  # fmt: skip


def realised(build: Material) -> list[Realised]:
    """What became of each setting of the table that applies."""
    found = []
    for wish in WISHES:
        counts = wish.count(build)
        if counts is not None and counts[1] >= wish.least:
            found.append(Realised(wish.key, wish.what, *counts))
    return [*found, *_by_pattern(build)]


def _by_pattern(build: Material) -> Iterator[Realised]:
    """A figure for each pattern of `pairs.sources`."""
    patterns = build.config.pairs.sources
    if patterns == ALL or build.cache is None:
        return
    documents = sum(file.documents for file in build.cache.files)
    for pattern in (text.strip() for text in patterns.split("|")):
        own = sum(file.documents for file in select_sources(build.cache, pattern).files)
        yield Realised(PATTERN.key, PATTERN.what, own, documents, pattern)


def recounted(manifest: Manifest, config: Config) -> list[Realised]:
    """The figures as far as the rest of a manifest says them."""
    m = manifest
    return realised(Material(config, m.statistics, m.totals, m.shards, m.reading, [[], []]))
