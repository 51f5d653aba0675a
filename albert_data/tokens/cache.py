"""The token cache: a folder of token files with an index, made once per corpus and vocabulary.

    vocab.model          a copy of the vocabulary
    exclude_list.txt          a copy of the list of documents that are left out by name, if there is one
    identity.json        what the cache is made of; another corpus or vocabulary is refused
    inputs.json          stamps and contents of the input files, so that these are not hashed again
    units/<name>.json    a finished unit: its token files and what was counted
    left-out/<name>.parquet  what the unit left out; left_out.parquet: what all did
    parts/<name>-*.parquet   token files; with tokens.dedup their signatures (.npy) beside them
    tokens.json          the index, written last: the cache is complete

Units are planned here and made by `unit.py`.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from albert_data.base.code import code_fingerprint
from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import NOTHING_COUNTED, Counted, Tally
from albert_data.config.load import from_dict, read_file
from albert_data.config.settings import Config, fingerprint
from albert_data.corpus import exclude_list
from albert_data.corpus.contents import with_contents
from albert_data.corpus.leave_out import NOTHING_LEFT
from albert_data.corpus.left_out_list import Row
from albert_data.corpus.plan import group_splits, plan_all
from albert_data.corpus.sentences import splitter_id
from albert_data.corpus.source_protocol import Content, Split
from albert_data.corpus.sources import SOURCES
from albert_data.schema import (
    SCHEMA_VERSION,
    CacheIdentity,
    CacheSettings,
    IndexedFile,
    InputFile,
    KnownInputs,
    TokenIndex,
)
from albert_data.storage import build_folder, file_names
from albert_data.storage.atomic import atomic_path, check_name, files_to_disk
from albert_data.storage.nearby import not_this
from albert_data.storage.sealed import (
    Damaged,
    beside,
    plain,
    read_marker,
    read_sealed,
    sizes,
    write_sealed,
)
from albert_data.storage.what_changed import changed_files, what_changed
from albert_data.tokens import left_out_file
from albert_data.tokens.segmenter import segmenter_id
from albert_data.tokens.unit import TokenizedUnit, Unit
from albert_data.tokens.unknown import refuse_unknown
from albert_data.tokens.vocabulary import Vocabulary, load_vocabulary

_UNREAD = "files-not-read"  # in the place of a unit's name
NO_INPUTS = KnownInputs()
_AGAIN = (
    "restore it, or run the command that made the token cache again: it makes what is not whole"
)


def token_settings(config: Config, vocabulary: Vocabulary) -> CacheSettings:
    """What token files depend on beside their input."""
    sources = dataclasses.asdict(config.sources)
    tokens = dataclasses.asdict(config.tokens)
    # What was made without an error does not depend on these.
    del sources["bad_input"], tokens["max_unknown"]
    return CacheSettings(
        sources=sources,
        sentences=dataclasses.asdict(config.sentences),
        splitter=splitter_id(config.sentences),
        tokens=tokens,
        vocabulary=vocabulary.identity(),
        schema=SCHEMA_VERSION,
        segmenter=segmenter_id(config.tokens.word_segmenter),
    )


def plan_units(
    sources: Sequence[str],
    config: Config,
    vocabulary: Vocabulary,
    tally: Tally | None = None,
    known: KnownInputs = NO_INPUTS,
    note: Callable[[str], None] = lambda line: None,
) -> list[Unit]:
    """The units of a build, in an order that does not depend on the order of the arguments.

    Args:
        tally: counts files, as `plan_all` does.
        known: files that need not be hashed again.
        note: is told of what takes a while.

    Raises:
        ConfigError: a source is unknown, or nothing matches it.
    """
    splits = plan_all(list(sources), config.sources, tally)
    for split in splits:
        check_name(split.path)
    splits = with_contents(splits, known, note)
    settings = plain(token_settings(config, vocabulary))
    units = []
    for order, group in enumerate(group_splits(splits, config.sources.unit_bytes)):
        identity = [(s.source, s.name, s.start, s.end, _content(s).digest) for s in group]
        kind = group[0].source
        name = f"{kind}-{fingerprint([settings, unit_code(kind), identity])[:20]}"
        units.append(Unit(order, name, tuple(group)))
    return units


def known_files(folder: Path) -> KnownInputs:
    """The input files that a token cache remembers; none where it cannot be read."""
    try:
        return read_marker(folder / file_names.INPUTS, KnownInputs) or NO_INPUTS
    except OSError:
        return NO_INPUTS


def unit_code(kind: str) -> str:
    """Fingerprint of the code that makes a unit of a kind of source; other kinds have no part in it."""
    module = type(SOURCES[kind]).__module__.removeprefix("albert_data.")
    return code_fingerprint("tokens.unit", module)


def cache_identity(units: Sequence[Unit], config: Config, vocabulary: Vocabulary) -> CacheIdentity:
    """What a cache is made of."""
    files = {f"{s.source}:{s.name}": _content(s) for u in units for s in u.splits}
    inputs = [InputFile(source, *content) for source, content in sorted(files.items())]
    return CacheIdentity(token_settings(config, vocabulary), inputs)


def _content(split: Split) -> Content:
    assert split.content is not None
    return split.content


def open_cache(
    folder: Path,
    identity: CacheIdentity,
    vocabulary_path: Path,
    excluded: exclude_list.Excluded,
    config: Config,
    unread: Sequence[Row] = (),
    inputs: KnownInputs = NO_INPUTS,
) -> list[str]:
    """Makes or reopens the folder of the cache that was planned as `identity`.

    Args:
        config: of the build that makes it; kept beside the tokens, as what variants begin with.
        unread: files that are not read, for the list of what is left out.
        inputs: its files, as a later run may know them.

    Returns:
        what changed since an unfinished cache was begun, and what becomes of what is there.

    Raises:
        ConfigError: the folder holds the tokens of other sources, settings or another vocabulary.
        DataError: the vocabulary is not the one that it was planned with.
    """
    model = vocabulary_path.read_bytes()
    if hashlib.sha256(model).hexdigest() != identity.settings.vocabulary.sha256:
        raise DataError(
            "the vocabulary changed since this was planned",
            where=str(vocabulary_path),
            fix="let nothing write to it, then run the same command again",
        )
    changed = _changed(folder, identity)
    write_sealed(folder / file_names.CACHE_IDENTITY, identity)
    write_sealed(folder / file_names.INPUTS, inputs)
    kept = folder / file_names.CONFIGURATION
    if not kept.exists() or not _any_made(folder):
        with atomic_path(kept) as temporary:
            temporary.write_text(config.to_yaml(), encoding="utf-8")
    for name in (file_names.UNITS, file_names.PARTS, file_names.LISTS):
        (folder / name).mkdir(parents=True, exist_ok=True)
    copy = folder / file_names.VOCABULARY
    if not copy.exists() or copy.read_bytes() != model:
        with atomic_path(copy) as temporary:
            temporary.write_bytes(model)
    if excluded.numbers:
        excluded.write(folder)
    listed = folder / file_names.LISTS / file_names.left_out_name(_UNREAD)
    left_out_file.join(unread, (), listed)
    return changed


def kept_configuration(folder: Path) -> Config | None:
    """The configuration of the build that made a cache; None where it is not there.

    Raises:
        ConfigError: the file is damaged or was edited.
    """
    path = folder / file_names.CONFIGURATION
    if not path.is_file():
        return None
    try:
        return read_file(path)
    except ConfigError as error:
        error.fix = "restore the file, or remove it"
        raise


def _changed(folder: Path, identity: CacheIdentity) -> list[str]:
    """Returns and raises what `open_cache` does of a cache that was begun as another."""
    complete = (folder / file_names.TOKEN_INDEX).exists()
    known = build_folder.read_identity(folder / file_names.CACHE_IDENTITY, CacheIdentity, complete)
    if known is None or known == identity:
        return []
    before, after = plain(known), plain(identity)
    if not complete and build_folder.same_but_files(before, after):
        return build_folder.others_kept(changed_files(before["files"], after["files"]))
    changed = what_changed(before, after)
    if not complete and not _any_made(folder):
        return build_folder.begun_anew(changed)
    raise ConfigError(
        f"the token cache was made otherwise: {'; '.join(changed)}",
        where=str(folder),
        fix="name another folder for the tokens, or remove this one",
    )


def _any_made(folder: Path) -> bool:
    """Whether a cache has a token file."""
    return any((folder / file_names.PARTS).glob("*"))


def write_index(
    folder: Path,
    units: Sequence[TokenizedUnit],
    max_unknown: float = 1.0,
    planned: Counted = NOTHING_COUNTED,
) -> TokenIndex:
    """Writes tokens.json, the mark of a complete cache, and returns its content.

    Args:
        planned: what was counted when the units were planned.

    Raises:
        DataError: no document at all, more `<unk>` than `max_unknown`, or the counts do not balance.
    """
    units = sorted(units, key=lambda unit: unit.order)
    tally = Tally.of(planned)
    for unit in units:
        tally.merge(Tally.of(unit.tally))
    tally.check_balance()
    identity = read_sealed(folder / file_names.CACHE_IDENTITY, CacheIdentity)
    if identity is None:
        raise DataError(
            "the file is gone", where=str(folder / file_names.CACHE_IDENTITY), fix=_AGAIN
        )
    excluded = exclude_list.of_cache(folder, identity.settings.sources["exclude"])
    excluded.count_unknown((number for unit in units for number in unit.excluded), tally)
    if not any(unit.files for unit in units):
        reasons = ", ".join(f"{n} {reason}" for reason, n in tally.dropped("document").items())
        raise DataError(
            f"no document is left to build from ({reasons or 'none was read'})",
            where="; ".join(file.source for file in identity.files[:3]),
            fix=NOTHING_LEFT,
        )
    index = TokenIndex(
        settings=identity.settings,
        sources=sorted(
            {file.source for file in identity.files}.union(
                *(file.sources for unit in units for file in unit.files)
            )
        ),
        files=[IndexedFile(**vars(file), unit=u.order) for u in units for file in u.files],
        tally=tally.counted(),
    )
    _check_files(index, str(folder))
    refuse_unknown(index, max_unknown)
    lists = [folder / file_names.LISTS / own.name for unit in units for own in unit.left_out]
    unread = folder / file_names.LISTS / file_names.left_out_name(_UNREAD)
    lists = [unread, *lists] if unread.exists() else lists
    left_out_file.join((), lists, folder / file_names.LEFT_OUT)
    for made in (folder / file_names.PARTS, folder / file_names.LISTS, folder):
        files_to_disk(made)  # before the index, which says that they are there
    write_sealed(folder / file_names.TOKEN_INDEX, index)
    return index


def _check_files(index: TokenIndex, where: str) -> None:
    """Raises Damaged unless the files of an index are told apart and hold all documents kept."""
    path, times = Counter(file.path for file in index.files).most_common(1)[0]
    if times > 1:
        raise Damaged(f"{path} is named twice", where=where, fix=_AGAIN)
    documents = sum(file.documents for file in index.files)
    kept = index.tally.counts.get("kept/document", 0)
    if documents != kept:
        problem = f"the token files hold {documents} documents, {kept} were kept"
        raise Damaged(problem, where=where, fix=_AGAIN)


def config_of(index: TokenIndex, config: Config) -> Config:
    """The configuration with the groups that made the cache taken from its index.

    Raises:
        ConfigError: one of them was set to something else.
    """
    settings = {name: getattr(index.settings, name) for name in ("sources", "sentences", "tokens")}
    # Not of the cache, but of who accepts it.
    settings["tokens"] = {**settings["tokens"], "max_unknown": config.tokens.max_unknown}
    values, usual = config.to_dict(), Config().to_dict()
    for group in settings:
        for key, value in values[group].items():
            made = settings[group].get(key, value)
            if value not in (usual[group][key], made):
                raise ConfigError(
                    f"{group}.{key} is {value!r}, but the token cache was made with {made!r}",
                    where=file_names.TOKEN_INDEX,
                    fix="leave it out, or make another cache: albert-data tokenize",
                )
    return from_dict({**config.to_dict(), **settings}, where=file_names.TOKEN_INDEX)


def cache_of(folder: Path) -> Path:
    """The token cache in a build's folder; any other folder itself."""
    within = folder / file_names.TOKENS
    is_cache = (folder / file_names.TOKEN_INDEX).is_file()
    return within if not is_cache and (within / file_names.TOKEN_INDEX).is_file() else folder


def read_index(folder: Path) -> TokenIndex:
    """The index of a complete token cache; its seal, and that its files are there, is checked.

    Raises:
        ConfigError: the folder holds none.
        DataError: it is damaged, or a token file is missing or has another size.
    """
    index = read_sealed(folder / file_names.TOKEN_INDEX, TokenIndex)
    if index is None:
        problem, fix = not_this(
            folder,
            file_names.TOKEN_INDEX,
            "no complete token cache (it has no tokens.json)",
            "name one: of a build it is OUTPUT/tokens, or what --tokens named; or make one: "
            "albert-data tokenize --source … --vocab … --output FOLDER",
        )
        raise ConfigError(problem, where=str(folder), fix=fix)
    where = str(folder / file_names.TOKEN_INDEX)
    _check_files(index, where)
    parts = folder / file_names.PARTS
    here = sizes(parts)
    for file in index.files:
        path = beside(parts, file.path, where)
        if here.get(path.name) != file.bytes:
            what = "has another size" if path.name in here else "is missing"
            raise DataError(f"a token file {what}", where=str(path), fix=_AGAIN)
    copy = folder / file_names.VOCABULARY
    if load_vocabulary(copy).sha256 != index.settings.vocabulary.sha256:
        raise ConfigError(
            "this is not the vocabulary that the token cache was made with",
            where=str(copy),
            fix="put that one back, or make the cache anew: albert-data tokenize",
        )
    return index


def numbered_files(index: TokenIndex) -> Iterator[tuple[int, int, IndexedFile]]:
    """(unit, number of the file in its unit, file) for every token file, in order."""
    numbers: Counter[int] = Counter()
    for file in index.files:
        yield file.unit, numbers[file.unit], file
        numbers[file.unit] += 1


def corpus_fingerprint(index: TokenIndex) -> str:
    """Of the content of a cache's token files: `fingerprints.sources` of manifests made from it."""
    return fingerprint([(file.unit, file.content) for file in index.files])
