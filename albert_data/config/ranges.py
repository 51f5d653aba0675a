"""The ranges of a configuration's values, and what two of them demand of each other."""

from __future__ import annotations

import re

from albert_data.base.errors import ConfigError
from albert_data.config import hold_out
from albert_data.config.fields import shown
from albert_data.config.settings import (
    MOST_SHARDS,
    SPECIAL_TOKENS_PER_PAIR,
    VARIANTS,
    Config,
    flatten,
)

# What stands around the numbers in a shard's name; `shards-` is by what a folder's shards are found.
_SHARD_NAME = re.compile(r"shards-[A-Za-z0-9._=+-]*")


def validate(config: Config, where: str = "configuration") -> Config:
    """Returns the configuration, or raises ConfigError naming the key, the value and the fix."""
    pairs, masking, shards = config.pairs, config.masking, config.shards

    def need(holds: bool, key: str, rule: str) -> None:
        if not holds:
            raise ConfigError(
                f"{key} is {shown(flatten(config)[key])}", where=where, fix=f"it must {rule}"
            )

    need(0 <= config.seed < 2**63, "seed", "be from 0 to 2^63 - 1")
    need(hold_out.is_wish(config.hold_out), "hold_out", hold_out.RULE)
    need(config.sources.min_characters >= 1, "sources.min_characters", "be 1 or more")
    for key in ("sources.max_document_bytes", "sources.unit_bytes", "tokens.part_bytes"):
        need(1 <= flatten(config)[key] <= 2**30, key, "be from 1 to 2^30 (1 GiB)")
    need(
        0 < config.sources.page_seconds <= 86_400,
        "sources.page_seconds",
        "be greater than 0 and at most 86400 (a day)",
    )
    need(0 < config.tokens.dedup_threshold <= 1, "tokens.dedup_threshold", "be above 0, at most 1")
    need(0 <= config.tokens.max_unknown <= 1, "tokens.max_unknown", "be from 0 to 1")
    need(config.sources.pseudo_documents >= 0, "sources.pseudo_documents", "be 0 or more")
    for key in ("sources.min_characters", "sources.pseudo_documents"):
        need(flatten(config)[key] < 2**31, key, "be less than 2^31")
    need(
        config.sources.variant in ("", *VARIANTS),
        "sources.variant",
        f"be empty or one of: {' '.join(VARIANTS)}",
    )
    need(8 <= pairs.max_length <= 65_536, "pairs.max_length", "be from 8 to 65536")
    need(1 <= pairs.dupe_factor <= 65_536, "pairs.dupe_factor", "be from 1 to 65536")
    for key in ("pairs.short_probability", "pairs.negative_probability"):
        need(0 <= flatten(config)[key] <= 1, key, "be from 0 to 1")
    need(0 <= pairs.distinct <= 65_536, "pairs.distinct", "be 0 (all) or up to 65536")
    need(
        masking.mode == "static" or not 0 < pairs.distinct < pairs.dupe_factor,
        "pairs.dupe_factor",
        f"be at most pairs.distinct ({pairs.distinct}) under masking.mode dynamic, which writes no "
        "pair twice",
    )
    need(0 < masking.rate <= 1, "masking.rate", "be greater than 0 and at most 1")
    room = pairs.max_length - SPECIAL_TOKENS_PER_PAIR
    need(
        masking.max_predictions == "auto" or 1 <= masking.max_predictions <= room,
        "masking.max_predictions",
        f"be from 1 to {room} (pairs.max_length less the three special tokens)",
    )
    need(1 <= masking.max_ngram <= 16, "masking.max_ngram", "be from 1 to 16")
    if not isinstance(masking.ngram_law, str):
        need(
            len(masking.ngram_law) == masking.max_ngram,
            "masking.ngram_law",
            f"have a weight for each length up to masking.max_ngram ({masking.max_ngram})",
        )
        need(
            all(1e-6 <= weight <= 1e6 for weight in masking.ngram_law),
            "masking.ngram_law",
            "be of weights from 0.000001 to 1000000",
        )
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
    need(
        _is_shard_name(shards.name),
        "shards.name",
        "begin with shards-, hold {index} and {count} once each, and otherwise letters, digits and ._=+- "
        "only, 150 at most, such as shards-{index}-of-{count}.tfrecord",
    )
    need(
        not shards.name.endswith(".gz") or shards.compression == "gzip",
        "shards.name",
        "not end in .gz where nothing is compressed; set shards.compression=gzip, which adds .gz by itself",
    )
    return config


def _is_shard_name(name: str) -> bool:
    fixed = [name.count(part) for part in ("{index}", "{count}")]
    around = name.replace("{index}", "").replace("{count}", "")
    return fixed == [1, 1] and bool(_SHARD_NAME.fullmatch(around)) and len(name) <= 150
