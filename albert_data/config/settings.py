"""Everything a build depends on, as frozen dataclasses grouped by stage.

The groups decide what a change costs: `sources`, `sentences` and `tokens` name the token cache,
`seed`, `pairs` and `masking` the shards made from it, `shards` only their packing. Values are checked
where they come in, by `config_file.py`; everything after may trust them.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

SPECIAL_TOKENS_PER_PAIR = 3
# In which MediaWiki can show a wiki of several scripts or usages.
VARIANTS = (
    "zh-hans zh-hant zh-cn zh-tw zh-hk zh-mo zh-my zh-sg gan-hans gan-hant wuu-hans wuu-hant sr-ec sr-el"
    " sh-latn sh-cyrl kk-cyrl kk-latn kk-arab kk-kz kk-tr kk-cn ku-latn ku-arab uz-latn uz-cyrl tg tg-latn"
    " crh-latn crh-cyrl ike-cans ike-latn shi-latn shi-tfng ban ban-bali tly tly-cyrl mni-mtei mni-beng"
).split()
MOST_SHARDS = 99_999  # shard names have five digits


@dataclass(frozen=True)
class SourceSettings:
    """How input is read. Sizes in bytes.

    Attributes:
        bad_input: `fail` stops at broken input (invalid UTF-8, a page over the limits); `drop` leaves
            it out and counts it. A Wikipedia dump that is cut off or no dump always stops.
        min_characters: shorter documents are dropped and counted.
        max_document_bytes: a longer page, row or document of `text`, or a longer paragraph of a book, is
            broken input: it is held in memory whole. A book may have any size.
        page_seconds: markup that takes longer to read is dropped and counted.
        unit_bytes: input read by one worker as one unit of work; of more than 128 units of a kind of source,
            that doubled until there are fewer, at most 8 times as much.
        pseudo_documents: rows per document for input without document boundaries
            (`--pseudo-documents`); 0 refuses it.
        id_column: of jsonl, parquet and huggingface input; where it is absent, the row's number is.
        title_column: of the same; where it is absent, the row's number is the title.
        text_column: of the same.
        row_lines: which lines of a row of the same are read: `all`; `prose`, without headings, list entries
            and names of categories; `auto`: `prose` where the columns are url, title and text, as of
            Hugging Face's wikipedia and of WikiExtractor, else all but a repeated title and `== headings ==`.
        variant: in which a Wikipedia of several scripts is read, such as `zh-hant` or `sr-el`; empty: the
            language's own, `zh-hans` and `sr-ec`. See docs/languages.md#several-scripts.
        exclude: fingerprint of the documents left out by name (`--exclude FILE`); empty for none. See
            docs/contamination.md#leave-documents-out.
    """

    bad_input: Literal["fail", "drop"] = "fail"
    min_characters: int = 1
    max_document_bytes: int = 8 * 2**20
    page_seconds: float = 20.0
    unit_bytes: int = 4 * 2**20
    pseudo_documents: int = 0
    id_column: str = "id"
    title_column: str = "title"
    text_column: str = "text"
    row_lines: Literal["auto", "prose", "all"] = "auto"
    variant: str = ""
    exclude: str = ""


@dataclass(frozen=True)
class SentenceSettings:
    """How prose is cut into sentences.

    Attributes:
        splitter: `sentencex` knows the language's rules; `lines` takes a line for a sentence
            (`--sentences`).
        language: its code, as `de`; where sentencex has no rules of its own, its default ones hold.
            What else a language needs, by its code (`tokens.normalization`, `tokens.word_segmenter`,
            `sources.variant`): see docs/languages.md#languages.
    """

    splitter: Literal["sentencex", "lines"] = "sentencex"
    language: str = "en"


@dataclass(frozen=True)
class TokenSettings:
    """How sentences become pieces.

    Attributes:
        normalization: `albert` (white space collapsed, NFKD, no accents, lower case),
            `albert-cased` (the same with case kept), `albert-marks` (lower case, NFKC, accents and all
            other marks kept: for languages where they make other letters), or `none` (the vocabulary's
            own rules only).
        word_segmenter: `jieba` finds the words of Chinese, which has no spaces, and stores where they begin
            (needs `pip install 'albert-data[chinese]'`); `none`: words go by `masking.word_rule`.
        part_bytes: a token file is closed after this much text (UTF-8 bytes); with
            `pairs.max_length` it bounds a masking worker's memory.
        dedup: documents that repeat an earlier one are dropped and counted: `off`, `exact` (the same
            pieces), or `minhash` (nearly the same words).
        max_unknown: a corpus with a larger share of `<unk>` among its pieces, those for punctuation and
            symbols left out, ends the build: it is of another kind than the vocabulary's. See
            docs/sources.md#characters.
        dedup_threshold: of `minhash`, the least Jaccard similarity of two sets of 5-word runs.
    """

    normalization: Literal["albert", "albert-cased", "albert-marks", "none"] = "albert"
    word_segmenter: Literal["none", "jieba"] = "none"
    part_bytes: int = 32 * 2**20
    dedup: Literal["off", "exact", "minhash"] = "off"
    dedup_threshold: float = 0.8
    max_unknown: float = 0.02


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
        distinct: how many passes have pairs of their own; dupe d has those of pass d modulo
            `distinct`, with other masks. 0: every pass, as in the reference.
        sources: patterns of the sources that are used, as `wikipedia:*`, with a bar between several;
            `*` stands for any text, `?` for a character. Others stay in the token cache.
    """

    objective: Literal["sop", "nsp", "none"] = "sop"
    max_length: int = 512
    dupe_factor: int = 10
    short_probability: float = 0.1
    negative_probability: float = 0.5
    distinct: int = 0
    sources: str = "*"


@dataclass(frozen=True)
class MaskSettings:
    """What is masked, and how.

    Attributes:
        mode: `static` writes masks into the records; `dynamic` leaves them to the trainer, which
            draws in epoch e what `static` writes for the dupes from e x dupe_factor on. See
            docs/ablations.md#masks-while-training.
        rate: share of an example's tokens to predict, at least one.
        max_predictions: at most this many; `auto`: as many as `rate` asks for in an example of
            `pairs.max_length` tokens.
        unit: whole `word`s are masked, or single `piece`s.
        word_rule: where words begin: `reference` (by the piece alone, as in the paper; for English),
            `unicode` (by white space, punctuation and script), or `auto`, which takes the one that fits
            the vocabulary. See docs/sources.md#words.
        max_ngram: longest span in words, 1 for whole-word masking; it does not apply to
            `unit: piece`.
        ngram_law: probability of a span of n units: `inverse` ∝ 1/n, `uniform` ∝ 1,
            `reversed` ∝ 1/(max_ngram + 1 - n), or max_ngram weights to be in proportion to, as
            `[0.8, 0.15, 0.05]`.
        mask_probability: chance that a chosen piece becomes `[MASK]`; the three sum to 1.
        keep_probability: chance that it stays.
        random_probability: chance that it becomes another ordinary piece, drawn at random.
    """

    mode: Literal["static", "dynamic"] = "static"
    rate: float = 0.15
    max_predictions: int | Literal["auto"] = 77
    unit: Literal["word", "piece"] = "word"
    word_rule: Literal["auto", "reference", "unicode"] = "auto"
    max_ngram: int = 3
    ngram_law: Literal["inverse", "uniform", "reversed"] | tuple[float, ...] = "inverse"
    mask_probability: float = 0.8
    keep_probability: float = 0.1
    random_probability: float = 0.1

    @property
    def predictions(self) -> int:
        """`max_predictions` of a configuration that is settled (`examples/budget.py`): of any build."""
        assert isinstance(self.max_predictions, int), "masking.max_predictions is not settled"
        return self.max_predictions


@dataclass(frozen=True)
class ShardSettings:
    """How records are packed into files.

    Attributes:
        count: number of shards; 0 derives it from target_bytes.
        target_bytes: about the size of one uncompressed shard; bounds an assembling worker's memory.
        compression: `gzip` makes about 2/5 of the size, slower to write and to read.
        name: of a shard: `shards-`, `{index}` and `{count}` somewhere behind it, and any ending, such as
            `.tfrecord` for tools that choose files by it; `gzip` adds `.gz`.
        provenance: a Parquet sidecar beside each shard says which sentences of which document each record
            is made of.
    """

    count: int = 0
    target_bytes: int = 128 * 2**20
    compression: Literal["none", "gzip"] = "none"
    name: str = "shards-{index}-of-{count}"
    provenance: bool = True


@dataclass(frozen=True)
class Config:
    """A whole build.

    Attributes:
        seed: of all random choices.
        checks: `fail` ends a build whose statistics are off its laws beyond chance without a
            manifest; `warn` says so and goes on. See docs/insight.md#law-checks.
        hold_out: documents that no training example is made of, for evaluation (`--hold-out`): a share of
            them as `1%`, or a number of them as `2000`; empty for none. See docs/held-out.md.
    """

    seed: int = 12345
    checks: Literal["fail", "warn"] = "fail"
    hold_out: str = ""
    sources: SourceSettings = field(default_factory=SourceSettings)
    sentences: SentenceSettings = field(default_factory=SentenceSettings)
    tokens: TokenSettings = field(default_factory=TokenSettings)
    pairs: PairSettings = field(default_factory=PairSettings)
    masking: MaskSettings = field(default_factory=MaskSettings)
    shards: ShardSettings = field(default_factory=ShardSettings)

    def to_dict(self) -> dict[str, Any]:
        """Nested plain values, as JSON and YAML give them back, in declaration order."""
        return dataclasses.asdict(self, dict_factory=_with_lists)

    def to_yaml(self) -> str:
        return yaml.safe_dump(self.to_dict(), sort_keys=False)


def _with_lists(items: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in items}


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


def flatten(config: Config) -> dict[str, Any]:
    """Dotted keys and their values."""
    flat: dict[str, Any] = {}
    for key, value in config.to_dict().items():
        if isinstance(value, dict):
            flat.update({f"{key}.{inner}": v for inner, v in value.items()})
        else:
            flat[key] = value
    return flat
