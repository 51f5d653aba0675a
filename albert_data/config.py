"""Everything a build depends on, as frozen dataclasses grouped by stage; YAML in and out.

`load` merges a preset or file with `--set key=value` overrides and validates once; everything after
it may trust the values. The groups decide what a change costs: `sources`, `sentences` and `tokens`
name the token cache, `seed`, `pairs` and `masking` the shards made from it, `shards` only their packing.
"""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import math
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import yaml

from albert_data.errors import ConfigError

SPECIAL_TOKENS_PER_PAIR = 3
MOST_SHARDS = 99_999  # shard names have five digits
# Impossible dates and numbers are a ValueError of PyYAML's, deep nesting a RecursionError.
_NOT_YAML = (yaml.YAMLError, ValueError, RecursionError)


@dataclass(frozen=True)
class SourceSettings:
    """How input is read. Sizes in bytes.

    Attributes:
        bad_input: `fail` stops at broken input (invalid UTF-8, a truncated archive, a page over the
            limits); `drop` leaves it out and counts it.
        min_characters: shorter documents are dropped and counted.
        max_document_bytes: a longer page or row is broken input.
        page_seconds: markup that takes longer to read is dropped and counted.
        unit_bytes: input read by one worker as one unit of work.
        pseudo_documents: rows per document for input without document boundaries; 0 = refuse it.
        id_column, title_column, text_column: of jsonl, parquet and huggingface input; an id or
            title column that is absent is made from the row number.
    """

    bad_input: Literal["fail", "drop"] = "fail"
    min_characters: int = 1
    max_document_bytes: int = 8 * 2**20
    page_seconds: float = 20.0
    unit_bytes: int = 32 * 2**20
    pseudo_documents: int = 0
    id_column: str = "id"
    title_column: str = "title"
    text_column: str = "text"


@dataclass(frozen=True)
class SentenceSettings:
    """How prose is cut into sentences: `sentencex` (for a language), or `lines`."""

    splitter: Literal["sentencex", "lines"] = "sentencex"
    language: str = "en"


@dataclass(frozen=True)
class TokenSettings:
    """How sentences become pieces.

    Attributes:
        normalization: `albert` (white space collapsed, NFKD, no accents, lower case),
            `albert-cased` (the same with case kept), or `none` (the vocabulary's own rules only).
        part_bytes: a token file is closed after this much text (UTF-8 bytes).
    """

    normalization: Literal["albert", "albert-cased", "none"] = "albert"
    part_bytes: int = 32 * 2**20


@dataclass(frozen=True)
class PairSettings:
    """How sentences become segment pairs.

    Attributes:
        objective: `sop` (swapped or not), `nsp` (the second segment from another document or not)
            or `none` (consecutive segments, label 0).
        max_length: tokens of an example, [CLS] and both [SEP] included.
        dupe_factor: how often the corpus is used, each time with other random choices.
        short_probability: chance that a chunk gets a random shorter target length.
        negative_probability: chance of a swapped (sop) or random (nsp) second segment.
    """

    objective: Literal["sop", "nsp", "none"] = "sop"
    max_length: int = 512
    dupe_factor: int = 10
    short_probability: float = 0.1
    negative_probability: float = 0.5


@dataclass(frozen=True)
class MaskSettings:
    """What is masked, and how.

    Attributes:
        rate: share of an example's tokens to predict.
        max_predictions: at most this many.
        unit: whole `word`s are masked, or single `piece`s.
        max_ngram: longest span in words; it does not apply to `unit: piece`.
        ngram_law: probability of a span of n units: `inverse` ∝ 1/n, `uniform` ∝ 1,
            `reversed` ∝ 1/(max_ngram + 1 - n).
        mask_probability, keep_probability, random_probability: what a chosen piece is replaced by.
    """

    rate: float = 0.15
    max_predictions: int = 77
    unit: Literal["word", "piece"] = "word"
    max_ngram: int = 3
    ngram_law: Literal["inverse", "uniform", "reversed"] = "inverse"
    mask_probability: float = 0.8
    keep_probability: float = 0.1
    random_probability: float = 0.1


@dataclass(frozen=True)
class ShardSettings:
    """How records are packed into files.

    Attributes:
        count: number of shards; 0 derives it from target_bytes.
        target_bytes: about the size of one uncompressed shard; bounds a worker's memory.
        compression: `none` or `gzip`.
    """

    count: int = 0
    target_bytes: int = 128 * 2**20
    compression: Literal["none", "gzip"] = "none"


@dataclass(frozen=True)
class Config:
    """A whole build."""

    seed: int = 12345
    sources: SourceSettings = field(default_factory=SourceSettings)
    sentences: SentenceSettings = field(default_factory=SentenceSettings)
    tokens: TokenSettings = field(default_factory=TokenSettings)
    pairs: PairSettings = field(default_factory=PairSettings)
    masking: MaskSettings = field(default_factory=MaskSettings)
    shards: ShardSettings = field(default_factory=ShardSettings)

    def to_dict(self) -> dict[str, Any]:
        """Nested plain values, in declaration order."""
        return dataclasses.asdict(self)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), sort_keys=False)


def fingerprint(value: Any) -> str:
    """SHA-256 (hex) of a JSON-able value; equal values give equal digests on every machine."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Any, after: Any, key: str = "") -> list[str]:
    """What differs between two nested values, as `key: before → after`, at most a few per list."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            line
            for name in {**before, **after}
            for line in differences(
                before.get(name), after.get(name), f"{key}.{name}" if key else str(name)
            )
        ]
    if isinstance(before, list) and isinstance(after, list):
        gone, new = [x for x in before if x not in after], [x for x in after if x not in before]
        lines = [f"{key} without {x}" for x in gone[:3]] + [f"{key} with {x}" for x in new[:3]]
        return lines or [f"{key} in another order or number"]
    return [f"{key} {before} → {after}"]


class _UniqueKeys(yaml.SafeLoader):
    """YAML in which a key that stands twice is an error; PyYAML takes the last one in silence."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) < len(node.value):
            raise yaml.constructor.ConstructorError(
                None, None, "a key stands twice in this mapping", node.start_mark
            )
        return mapping


def presets() -> dict[str, Path]:
    """The ready configurations by name (`paper`, `paper-128`, `tiny`, …)."""
    here = Path(__file__).resolve().parent
    checkout = (here.parent / "pyproject.toml").is_file()
    folder = here.parent / "configs" if checkout else here / "configs"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def load(name: str | None = None, overrides: Iterable[str] = ()) -> Config:
    """The configuration from a preset or YAML file, with `key=value` overrides applied.

    Raises:
        ConfigError: no such file, an unknown key, a value of the wrong type or out of range.
    """
    name = name or "paper"
    path = presets().get(name.removesuffix(".yaml")) if "/" not in name else None
    if Path(name).is_file():
        path = Path(name)
    if path is None:
        known = ", ".join(sorted(presets()))
        raise ConfigError(
            "no such configuration", where=name, fix=f"name a YAML file or one of: {known}"
        )
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys) or {}
    except (OSError, *_NOT_YAML) as error:
        reason = str(error).replace("\n", " ")
        raise ConfigError(
            f"not readable as YAML: {reason}", where=str(path), fix="see configs/paper.yaml"
        ) from None
    config = from_dict(values, where=str(path))
    return override(config, overrides)


def from_dict(values: Any, where: str = "configuration") -> Config:
    """A validated Config from nested values; keys left out take their defaults."""
    return validate(_build(Config, values, "", where), where)


def override(config: Config, overrides: Iterable[str], where: str = "--set") -> Config:
    """The configuration with each `dotted.key=value` (value in YAML) applied in turn."""
    values = config.to_dict()
    for item in overrides:
        key, equals, text = item.partition("=")
        if not equals:
            raise ConfigError(
                "not of the form key=value",
                where=f"{where} {item}",
                fix="write for instance --set masking.rate=0.2",
            )
        group, _, name = key.strip().rpartition(".")
        if key.strip() not in flatten(config):
            raise _unknown(key.strip(), where)
        try:
            (values[group] if group else values)[name] = yaml.safe_load(text)
        except _NOT_YAML:
            raise ConfigError(
                "the value is not valid YAML", where=f"{where} {item}", fix="quote it"
            ) from None
    return from_dict(values, where)


def flatten(config: Config) -> dict[str, Any]:
    """Dotted keys and their values."""
    flat: dict[str, Any] = {}
    for key, value in config.to_dict().items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": v for inner, v in value.items()})
        else:
            flat[key] = value
    return flat


def _unknown(key: str, where: str) -> ConfigError:
    known = list(flatten(Config()))
    near = [k for k in known if k.split(".")[-1] == key.split(".")[-1]]
    if not near:
        groups = [f.name for f in dataclasses.fields(Config) if f.name != key]
        near = difflib.get_close_matches(key, [*groups, *known], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"the keys are: {', '.join(known)}"
    return ConfigError(f"unknown key {key}", where=where, fix=hint)


def _build(kind: type, values: Any, prefix: str, where: str) -> Any:
    if not isinstance(values, Mapping):
        name = prefix.rstrip(".") or "the configuration"
        raise ConfigError(
            f"{name} must be a mapping, not {values!r}",
            where=where,
            fix="see configs/paper.yaml",
        )
    hints = typing.get_type_hints(kind)
    fields = {}
    for key, value in values.items():
        hint = hints.get(key)
        if hint is None:
            raise _unknown(f"{prefix}{key}", where)
        if dataclasses.is_dataclass(hint) and isinstance(hint, type):
            fields[key] = _build(hint, value, f"{prefix}{key}.", where)
        else:
            fields[key] = _convert(hint, value, getattr(kind(), key), f"{prefix}{key}", where)
    return kind(**fields)


def _convert(hint: Any, value: Any, default: Any, key: str, where: str) -> Any:
    if typing.get_origin(hint) is Literal:
        # YAML reads a bare `none`/`off` as a string or a boolean; the choices here are all strings.
        text = "none" if value is None else str(value)
        choices = typing.get_args(hint)
        if text not in choices:
            raise ConfigError(
                f"{key} is {value!r}", where=where, fix=f"use one of: {', '.join(choices)}"
            )
        return text
    if hint is float and type(value) is int:
        return float(value) if abs(value) < 2**1000 else math.inf
    if isinstance(value, bool) or not isinstance(value, hint):
        raise ConfigError(
            f"{key} is {value!r}, not of type {hint.__name__}",
            where=where,
            fix=f"write it as the default is written: {default!r}",
        )
    return value


def validate(config: Config, where: str = "configuration") -> Config:
    """Returns the configuration, or raises ConfigError naming the key, the value and the fix."""
    pairs, masking, shards = config.pairs, config.masking, config.shards

    def need(holds: bool, key: str, rule: str) -> None:
        if not holds:
            raise ConfigError(
                f"{key} is {flatten(config)[key]!r}", where=where, fix=f"it must {rule}"
            )

    need(0 <= config.seed < 2**63, "seed", "be from 0 to 2^63 - 1")
    need(config.sources.min_characters >= 1, "sources.min_characters", "be 1 or more")
    for key in ("sources.max_document_bytes", "sources.unit_bytes", "tokens.part_bytes"):
        need(1 <= flatten(config)[key] <= 2**30, key, "be from 1 to 2^30 (1 GiB)")
    need(
        0 < config.sources.page_seconds <= 86_400,
        "sources.page_seconds",
        "be greater than 0 and at most 86400 (a day)",
    )
    need(config.sources.pseudo_documents >= 0, "sources.pseudo_documents", "be 0 or more")
    need(8 <= pairs.max_length <= 65_536, "pairs.max_length", "be from 8 to 65536")
    need(1 <= pairs.dupe_factor <= 65_536, "pairs.dupe_factor", "be from 1 to 65536")
    for key in ("pairs.short_probability", "pairs.negative_probability"):
        need(0 <= flatten(config)[key] <= 1, key, "be from 0 to 1")
    need(0 < masking.rate <= 1, "masking.rate", "be greater than 0 and at most 1")
    room = pairs.max_length - SPECIAL_TOKENS_PER_PAIR
    need(
        1 <= masking.max_predictions <= room,
        "masking.max_predictions",
        f"be from 1 to {room} (pairs.max_length less the three special tokens)",
    )
    need(1 <= masking.max_ngram <= 16, "masking.max_ngram", "be from 1 to 16")
    kinds = (masking.mask_probability, masking.keep_probability, masking.random_probability)
    for key in ("mask_probability", "keep_probability", "random_probability"):
        need(0 <= getattr(masking, key) <= 1, f"masking.{key}", "be from 0 to 1")
    need(
        abs(sum(kinds) - 1) < 1e-9,
        "masking.mask_probability",
        f"sum to 1 with keep_probability and random_probability (now {sum(kinds):g})",
    )
    need(0 <= shards.count <= MOST_SHARDS, "shards.count", f"be from 0 (derived) to {MOST_SHARDS}")
    need(2**10 <= shards.target_bytes <= 2**32, "shards.target_bytes", "be from 1 KiB to 4 GiB")
    return config
