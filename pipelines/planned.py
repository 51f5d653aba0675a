"""What a job is asked to make, before any of it is made: token caches and shard sets, with their settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from albert_data.base.code import code_fingerprint
from albert_data.base.errors import ConfigError
from albert_data.base.tally import NOTHING_COUNTED, Counted
from albert_data.config.settings import Config, fingerprint
from albert_data.corpus.contents import known_inputs
from albert_data.corpus.exclude_list import NOTHING, Excluded, excluding
from albert_data.corpus.language_notes import language_notes
from albert_data.corpus.left_out_list import ListingTally, Row
from albert_data.corpus.sources import SOURCES
from albert_data.examples.budget import settled
from albert_data.schema import BuildIdentity, CacheIdentity, KnownInputs, TokenIndex
from albert_data.shards.make_manifest import build_code
from albert_data.storage import file_names
from albert_data.storage.atomic import check_name
from albert_data.storage.sealed import plain
from albert_data.tokens.cache import (
    NO_INPUTS,
    cache_identity,
    config_of,
    known_files,
    plan_units,
    read_index,
)
from albert_data.tokens.held_out_wish import kept_wish
from albert_data.tokens.out_of_reach import out_of_reach
from albert_data.tokens.source_patterns import check_patterns
from albert_data.tokens.unit import Unit
from albert_data.tokens.vocabulary import load_vocabulary
from albert_data.tokens.words import word_rule

from .job import Cache

Note = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class PlannedCache:
    """A token cache that variants are made from.

    Attributes:
        folder: where it lies, or will.
        config: whose sources, sentences and tokens settings it has.
        vocabulary: SentencePiece model.
        corpus: what it is made of, as plain values.
        identity: of one that is to be made.
        units: to be tokenised; none where the cache is complete.
        index: of a complete cache.
        excluded: documents to leave out by name.
        planned: what was counted when the units were planned.
        unread: files that are not read, as rows of the list of what is left out.
        inputs: its files, as a later run may know them.
    """

    folder: Path
    config: Config
    vocabulary: Path
    corpus: dict[str, Any]
    identity: CacheIdentity | None = None
    units: tuple[Unit, ...] = ()
    index: TokenIndex | None = None
    excluded: Excluded = NOTHING
    planned: Counted = NOTHING_COUNTED
    unread: tuple[Row, ...] = ()
    inputs: KnownInputs = NO_INPUTS

    def configured(self, config: Config) -> Config:
        """The configuration of shards made from this cache, its word rule and predictions settled.

        Raises:
            ConfigError: the cache was made with other settings, or has no source of `pairs.sources`.
        """
        if self.index or not any(
            SOURCES[s.source].names_others for unit in self.units for s in unit.splits
        ):
            check_patterns(config.pairs.sources, self.sources)
        config = replace(config, hold_out=self.hold_out_of(config))
        config = settled(config)
        rule = word_rule(config.masking.word_rule, load_vocabulary(self.vocabulary))
        config = replace(config, masking=replace(config.masking, word_rule=rule))
        return config_of(self.index, config) if self.index else config

    def hold_out_of(self, config: Config) -> str:
        """What is held out of shards made from this cache: of all of them the same.

        Raises:
            ConfigError: the configuration asks for other than the build that made the cache.
        """
        made = kept_wish(self.folder, config.hold_out)
        if made and config.hold_out not in ("", made):
            raise ConfigError(
                f"hold_out is {config.hold_out}, but of this token cache {made} is held out",
                where=str(self.folder),
                fix="leave hold_out out, so that no variant trains on what another is tested with; or make "
                "another cache: albert-data tokenize",
            )
        return config.hold_out or made

    @property
    def sources(self) -> list[str]:
        """`kind:name` of all input files."""
        if self.index:
            return self.index.sources
        return sorted({f"{s.source}:{s.name}" for unit in self.units for s in unit.splits})

    def job_cache(self) -> Cache:
        model = load_vocabulary(self.vocabulary).sha256
        code = code_fingerprint("shards.block", "shards.pair_block", "shards.mapped_tokens")
        revision = fingerprint([model, code])
        return Cache(str(self.folder), self.config, revision, self.planned)


@dataclass(frozen=True)
class PlannedVariant:
    """A shard set that was asked for.

    Attributes:
        name: that in a grid.
        held: it is the set of the documents that are held out of another.
    """

    folder: Path
    config: Config
    cache: PlannedCache
    name: str = ""
    held: bool = False

    def with_held_out(self) -> list[PlannedVariant]:
        """This set and, where documents are held out, the set of these: each used once."""
        if not self.config.hold_out:
            return [self]
        pairs = replace(self.config.pairs, dupe_factor=1)
        shards = replace(self.config.shards, count=0)
        config = replace(self.config, pairs=pairs, shards=shards)
        name = f"{self.name} {file_names.HELD_OUT}".lstrip()
        folder = self.folder / file_names.HELD_OUT
        return [self, replace(self, folder=folder, config=config, name=name, held=True)]


def new_cache(
    folder: Path,
    sources: Sequence[str],
    vocabulary: Path,
    config: Config,
    exclude: Path | None = None,
    note: Note = print,
) -> PlannedCache:
    """A cache to be made of sources; documents named in the list `exclude` are left out.

    Args:
        note: is told where the languages of sources and settings, or the vocabulary and the normalization,
            do not go together.

    Raises:
        ConfigError: a source is unknown or empty, or the vocabulary is none.
    """
    check_name(str(folder))
    loaded = load_vocabulary(vocabulary)
    config, excluded = excluding(config, exclude)
    unread: list[Row] = []
    tally, began = ListingTally(unread.append), time.time_ns()
    units = plan_units(sources, config, loaded, tally, known_files(folder), note)
    splits = [split for unit in units for split in unit.splits]
    for text in language_notes(splits, config.sentences):
        note(text)
    if told := out_of_reach(loaded, config.tokens.normalization):
        note(told)
    identity = cache_identity(units, config, loaded)
    return PlannedCache(
        folder,
        config,
        vocabulary,
        plain(identity),
        identity,
        tuple(units),
        excluded=excluded,
        planned=tally.counted(),
        unread=tuple(unread),
        inputs=known_inputs(splits, began),
    )


def known_cache(folder: Path) -> PlannedCache:
    """A complete cache.

    Raises:
        ConfigError: there is none.
    """
    check_name(str(folder))
    index = read_index(folder)
    corpus = {"tokens": plain(index.files), "vocabulary": index.settings.vocabulary.sha256}
    config = config_of(index, Config())
    return PlannedCache(folder, config, folder / file_names.VOCABULARY, corpus, index=index)


def identity_of(variant: PlannedVariant) -> BuildIdentity:
    """What a shard set is made of, as its folder keeps it."""
    values = variant.config.to_dict()
    del values["sources"]["bad_input"], values["checks"], values["tokens"]["max_unknown"]
    kinds = {name.partition(":")[0] for name in variant.cache.sources}
    return BuildIdentity(values, variant.cache.corpus, build_code(kinds))
