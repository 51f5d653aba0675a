"""The token cache: a folder of token files with an index, made once per corpus and vocabulary.

    vocab.model          a copy of the vocabulary
    exclude.txt          a copy of the list of documents that are left out by name, if there is one
    identity.json        what the cache is made of; another corpus or vocabulary is refused
    units/<name>.json    a finished unit: its token files and what was counted
    parts/<name>-*.parquet   token files; with tokens.dedup their signatures (.npy) beside them
    tokens.json          the index, written last: the cache is complete

Units are planned here and made by `token_units.py`.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from albert_data import exclude, output
from albert_data.config import Config, differences, fingerprint
from albert_data.config_file import from_dict
from albert_data.errors import ConfigError, DataError
from albert_data.files import atomic_path, check_name, read_json, write_json
from albert_data.kernels import code_fingerprint
from albert_data.schema import SCHEMA_VERSION
from albert_data.sentences import splitter_id
from albert_data.sources import group_splits, plan_all
from albert_data.sources.base import Split
from albert_data.tally import Tally
from albert_data.token_units import TokenizedUnit, Unit
from albert_data.tokens import TokenFile
from albert_data.vocabulary import Vocabulary, load_vocabulary, vocabulary_from

VOCABULARY_FILE = "vocab.model"
TOKENIZE_FILES = (
    "sources/*.py",
    "wikitext/*.py",
    "encoder.py",
    "normalize.py",
    "sentences.py",
    "tokens.py",
    "vocabulary.py",
    "token_cache.py",
    "token_units.py",
    "dedup.py",
    "exclude.py",
    "schema.py",
)


def token_settings(config: Config, vocabulary: Vocabulary) -> dict[str, Any]:
    """What token files depend on beside their input, as plain values."""
    sources = dataclasses.asdict(config.sources)
    del sources["bad_input"]  # what was read without an error does not depend on it
    return {
        "sources": sources,
        "sentences": dataclasses.asdict(config.sentences),
        "splitter": splitter_id(config.sentences),
        "tokens": dataclasses.asdict(config.tokens),
        "vocabulary": vocabulary.describe(),
        "schema": SCHEMA_VERSION,
    }


def plan_units(sources: Sequence[str], config: Config, vocabulary: Vocabulary) -> list[Unit]:
    """The units of a build, in an order that does not depend on the order of the arguments.

    Raises:
        ConfigError: a source is unknown, or nothing matches it.
    """
    splits = plan_all(list(sources), config.sources)
    for split in splits:
        check_name(split.path)
    groups = group_splits(splits, config.sources.unit_bytes)
    names = _unit_names(groups, config, vocabulary)
    return [Unit(i, name, tuple(groups[i])) for i, name in enumerate(names)]


def _unit_names(
    groups: Iterable[Sequence[Split]], config: Config, vocabulary: Vocabulary
) -> Iterator[str]:
    base = [token_settings(config, vocabulary), code_fingerprint(*TOKENIZE_FILES)]
    for group in groups:
        identity = [(s.source, s.name, s.start, s.end, s.stamp) for s in group]
        yield f"{group[0].source}-{fingerprint([base, identity])[:20]}"


def cache_identity(units: Sequence[Unit], config: Config, vocabulary: Vocabulary) -> dict[str, Any]:
    """What a cache is made of, as plain values."""
    return {
        "settings": token_settings(config, vocabulary),
        "sources": sorted({f"{s.source}:{s.name} ({s.stamp})" for u in units for s in u.splits}),
    }


def open_cache(
    folder: Path,
    units: Sequence[Unit],
    config: Config,
    vocabulary_path: Path,
    excluded: exclude.Excluded,
) -> None:
    """Makes or reopens the cache folder for these units.

    Raises:
        ConfigError: the folder holds the tokens of other sources, settings or another vocabulary.
        DataError: the vocabulary is not the one that the units were planned with.
    """
    model = vocabulary_path.read_bytes()
    vocabulary = vocabulary_from(model, str(vocabulary_path))
    names = _unit_names((unit.splits for unit in units[:1]), config, vocabulary)
    if [unit.name for unit in units[:1]] != list(names):
        raise DataError(
            "the vocabulary changed since this was planned",
            where=str(vocabulary_path),
            fix="let nothing write to it, then run the same command again",
        )
    identity = cache_identity(units, config, vocabulary)
    known = read_json(folder / "identity.json")
    complete = (folder / "tokens.json").exists()
    mended = known is not None and not complete and output.same_but_sources(known, identity)
    if known not in (None, identity) and not mended:
        changed = "; ".join(differences(known, identity))
        raise ConfigError(
            f"the token cache was made otherwise: {changed}",
            where=str(folder),
            fix="name another folder with --tokens, or remove this one",
        )
    write_json(folder / "identity.json", identity)
    for name in ("units", "parts"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    copy = folder / VOCABULARY_FILE
    if not copy.exists() or copy.read_bytes() != model:
        with atomic_path(copy) as temporary:
            temporary.write_bytes(model)
    if excluded.numbers:
        excluded.write(folder)


def write_index(folder: Path, units: Sequence[TokenizedUnit]) -> dict[str, Any]:
    """Writes tokens.json, the mark of a complete cache, and returns its content.

    Raises:
        DataError: no document at all, or the counts do not balance.
    """
    units = sorted(units, key=lambda unit: unit.order)
    tally = Tally()
    for unit in units:
        tally.merge(Tally.from_json(unit.tally))
    tally.check_balance()
    identity = read_json(folder / "identity.json")
    excluded = exclude.of_cache(folder, identity["settings"]["sources"]["exclude"])
    excluded.count_unknown((number for unit in units for number in unit.excluded), tally)
    if not any(unit.files for unit in units):
        reasons = ", ".join(f"{n} {reason}" for reason, n in tally.dropped("document").items())
        raise DataError(
            f"no document is left to build from ({reasons or 'none was read'})",
            where="; ".join(s.rpartition(" (")[0] for s in identity["sources"][:3]),
            fix="check the source's kind and the settings under sources",
        )
    index = {
        "schema_version": SCHEMA_VERSION,
        "settings": identity["settings"],
        "sources": sorted({s.rpartition(" (")[0] for s in identity["sources"]}),
        "files": [{"unit": unit.order, **file.to_json()} for unit in units for file in unit.files],
        "tally": tally.to_json(),
    }
    write_json(folder / "tokens.json", index)
    return index


def config_of(index: dict[str, Any], config: Config) -> Config:
    """The configuration with the groups that made the cache taken from its index.

    Raises:
        ConfigError: one of them was set to something else.
    """
    settings = index["settings"]
    values, usual = config.to_dict(), Config().to_dict()
    for group in ("sources", "sentences", "tokens"):
        for key, value in values[group].items():
            made = settings[group].get(key, value)
            if value not in (usual[group][key], made):
                raise ConfigError(
                    f"{group}.{key} is {value!r}, but the token cache was made with {made!r}",
                    where="tokens.json",
                    fix="leave it out, or make another cache: albert-data tokenize",
                )
    made = {group: settings[group] for group in ("sources", "sentences", "tokens")}
    return from_dict({**config.to_dict(), **made}, where="tokens.json")


def read_index(folder: Path) -> dict[str, Any]:
    """The index of a complete token cache.

    Raises:
        ConfigError: the folder holds none.
    """
    index = read_json(folder / "tokens.json")
    if index is None:
        raise ConfigError(
            "no complete token cache (it has no tokens.json)",
            where=str(folder),
            fix="make one: albert-data tokenize --source … --vocab … --output FOLDER",
        )
    if index["schema_version"] != SCHEMA_VERSION:
        raise ConfigError(
            f"a token cache of schema {index['schema_version']}, this version reads {SCHEMA_VERSION}",
            where=str(folder),
            fix="make it anew: albert-data tokenize",
        )
    copy = folder / VOCABULARY_FILE
    if load_vocabulary(copy).sha256 != index["settings"]["vocabulary"]["sha256"]:
        raise ConfigError(
            "this is not the vocabulary that the token cache was made with",
            where=str(copy),
            fix="put that one back, or make the cache anew: albert-data tokenize",
        )
    return index


def numbered_files(index: dict[str, Any]) -> Iterator[tuple[int, int, TokenFile]]:
    """(unit, number of the file in its unit, file) for every token file, in order."""
    numbers: Counter[int] = Counter()
    for entry in index["files"]:
        unit = entry["unit"]
        yield unit, numbers[unit], TokenFile(**{k: v for k, v in entry.items() if k != "unit"})
        numbers[unit] += 1
