"""The plan of a build's sources: which splits there are and how they group; and reading as planned.

The plan does not depend on the order in which sources are named.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from albert_data.base.errors import ConfigError, DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import SourceSettings
from albert_data.corpus import leave_out
from albert_data.corpus.characters import clean_document
from albert_data.corpus.file_formats import find_files
from albert_data.corpus.file_sources import FileSource
from albert_data.corpus.source_protocol import Document, ReadContext, Source, Split, Unread
from albert_data.corpus.sources import SOURCES

SMALL_FILE = 16 * 2**20  # bytes; smaller whole files are not left alone in a unit
# Of a kind; beyond, units grow, up to MOST_GROWN times: blocks, and the exchange, follow their number.
MANY_UNITS, MOST_GROWN = 128, 8


def parse_source(spec: str) -> tuple[Source, str]:
    """(source, target) of `kind:target`.

    Raises:
        ConfigError: no such kind, or none given.
    """
    kind, colon, target = spec.partition(":")
    if colon and kind in SOURCES:
        return SOURCES[kind], target
    known = ", ".join(SOURCES)
    if not colon or "/" in kind or os.path.exists(spec):
        guess = _guess(spec)
        raise ConfigError(
            "a source is KIND:PATH", where=spec, fix=f"write {guess}:{spec}; the kinds are: {known}"
        )
    near = difflib.get_close_matches(kind.lower(), SOURCES, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}:{target}? " if near else ""
    raise ConfigError(
        f"no kind of source called {kind!r}", where=spec, fix=f"{hint}the kinds are: {known}"
    )


def plan_all(
    specs: Iterable[str], settings: SourceSettings, tally: Tally | None = None
) -> list[Split]:
    """The splits of all sources, sorted by (source, name, start).

    A file named twice, by whatever path or pattern, is planned once. Files of one kind with the
    same name get as many of their parent folders in front as tell them apart.

    Args:
        tally: counts, as the item `file`, what is read and what of folders and globs is not, by reason.

    Raises:
        ConfigError: no sources, or one that cannot be used.
    """
    specs = list(specs)
    if not specs:
        raise ConfigError("no source", where="--source", fix="name one: --source books:PATH")
    splits: dict[tuple[str, str, int], Split] = {}
    unread: list[Unread] = []
    for spec in specs:
        source, target = parse_source(spec)
        for split in source.plan(target, settings, unread):
            key = (split.source, _real(split.path), split.start)
            # Of two spellings of a path, and the names they give, the first by alphabet.
            rival = splits.get(key, split)
            splits[key] = min(rival, split, key=lambda s: (s.name, s.path))
    names = _unique_names(splits.values())
    for kind in {kind for kind, _ in names}:
        if isinstance(source := SOURCES[kind], FileSource):  # of two targets, one may be the other
            files = sorted(path for own, path in names if own == kind)
            find_files.refuse_copies(files, source.names())
    if tally is not None:
        _count_files({path for _, path in names}, unread, tally)
    named = [replace(s, name=names[s.source, _real(s.path)]) for s in splits.values()]
    return sorted(named, key=lambda s: (s.source, s.name, s.start))


def _count_files(read: set[str], unread: Iterable[Unread], tally: Tally) -> None:
    """Counts files once each, whatever the number of sources that come upon them.

    Args:
        read: real paths of those that some source reads.
    """
    left = {_real(file.path): file for file in sorted(unread, reverse=True)}
    tally.read("file", len(read | left.keys()))
    tally.keep("file", len(read))
    for path in sorted(left.keys() - read):
        tally.drop("file", left[path].reason, left[path].name)


def read_split(split: Split, context: ReadContext) -> Iterator[Document]:
    """The documents of a split of a plan, in the file's order, their characters cleaned up.

    Raises:
        DataError: broken input, as its source says; or the file changed since it was planned,
            under `sources.bad_input: drop` too. A change while it is read is seen at the end at the
            latest, so documents are good only when all have been given.
    """
    source = SOURCES[split.source]
    source.check_unchanged(split)
    try:
        for read in source.read(split, context):
            if source.cleans:
                yield read
                continue
            document = clean_document(read, context.tally, source.marks_holes)
            sample = f"{split.name}: {document.id} {document.title}"
            # What was cleaned may be empty, or too short, now.
            if document is read or not leave_out.by_itself(document, context, sample):
                yield document
    except (DataError, OSError):
        source.check_unchanged(
            split
        )  # a file that changes under its reader looks like a broken one
        raise
    source.check_unchanged(split)


def bytes_of_unit(weight: int, unit_bytes: int) -> int:
    """Bytes of a unit of a kind with so many: unit_bytes, or that doubled until there are not too many."""
    grown = 1
    while grown < MOST_GROWN and weight > MANY_UNITS * unit_bytes * grown:
        grown *= 2
    return unit_bytes * grown


def group_splits(splits: Sequence[Split], unit_bytes: int) -> list[list[Split]]:
    """Consecutive splits of one kind, joined into units of at least `bytes_of_unit`.

    Neighbouring parts of a file become one. A lighter last unit joins the one before it. A whole small
    file is not a unit by itself where its kind has more than one split, so that a book is not alone in
    its token file.
    """
    units: list[list[Split]] = []
    for kind in dict.fromkeys(split.source for split in splits):
        open_unit: list[Split] = []
        closed: list[list[Split]] = []
        own = [split for split in splits if split.source == kind]
        least = bytes_of_unit(sum(split.weight for split in own), unit_bytes)
        for split in own:
            open_unit.append(split)
            if sum(s.weight for s in open_unit) >= least and not _alone(open_unit):
                closed.append(open_unit)
                open_unit = []
        if open_unit and closed:
            closed[-1] += open_unit
        elif open_unit:
            closed.append(open_unit)
        units += map(_joined, closed)
    return units


def _joined(unit: list[Split]) -> list[Split]:
    """The splits, parts of a file that follow each other made one."""
    joined: list[Split] = []
    for split in unit:
        before = joined[-1] if joined else None
        if before and before.path == split.path and before.end == split.start:
            weight = before.weight + split.weight
            joined[-1] = replace(before, end=split.end, weight=weight)
        else:
            joined.append(split)
    return joined


def _alone(unit: list[Split]) -> bool:
    first = unit[0]
    whole = first.start == 0 and first.end is None
    return len(unit) == 1 and whole and first.weight < SMALL_FILE


def refuse_input_as_output(splits: Iterable[Split], *outputs: str) -> None:
    """Raises ConfigError where a file to write is one that is read."""
    inputs = {_real(split.path) for split in splits}
    for output in outputs:
        if _real(output) in inputs:
            fix = "name another file, outside the folders that are read"
            raise ConfigError("a file that is read would be written over", where=output, fix=fix)


def _real(path: str) -> str:
    return path if "://" in path else os.path.realpath(path)


def _unique_names(splits: Iterable[Split]) -> dict[tuple[str, str], str]:
    """A name for each (kind, real path); as given where no other file of its kind has it."""
    names = {(s.source, _real(s.path)): s.name for s in splits}
    while True:
        taken: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for file, name in names.items():
            taken.setdefault((file[0], name), []).append(file)
        clashes = [file for files in taken.values() if len(files) > 1 for file in files]
        if not clashes:
            return names
        for file in clashes:
            parts = [part for part in file[1].split("/") if part]
            own = names[file].count("/") + 1
            names[file] = "/".join(parts[-(own + 1) :])


def _guess(path: str) -> str:
    """The kind that a path's name suggests."""
    name = path.lower()
    fitting = (s.kind for s in SOURCES.values() if any(part in name for part in s.guessed_by))
    return next(fitting, "books")
