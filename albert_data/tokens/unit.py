"""Units: what one worker tokenises, splits of one source kind of about `sources.unit_bytes`.

A unit's name is a fingerprint of everything its files depend on, so finished units are kept by a later
run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from albert_data.base.tally import SAMPLES_PER_REASON, Counted, Tally
from albert_data.config.settings import Config
from albert_data.corpus import exclude_list, leave_out
from albert_data.corpus.left_out_list import ListingTally, row_of
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.plan import read_split
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import LEFT_OUT_AS_BROKEN, ReadContext, Split
from albert_data.corpus.sources import SOURCES
from albert_data.schema import ListFile, TokenFile, UnitMarker
from albert_data.storage import file_names
from albert_data.storage.sealed import read_marker, write_sealed
from albert_data.tokens import left_out_file
from albert_data.tokens.about_documents import about_documents
from albert_data.tokens.left_out_file import LeftOutWriter, described, left_out_writer
from albert_data.tokens.token_file import is_whole, name_documents, without_documents
from albert_data.tokens.vocabulary import Vocabulary
from albert_data.tokens.writer import TokenWriter

Report = Callable[..., None]


@dataclass(frozen=True)
class Unit:
    """What one worker tokenises.

    Attributes:
        order: place among the units of the build.
        name: names the unit's files: a fingerprint of all they depend on.
        splits: read one after the other.
    """

    order: int
    name: str
    splits: tuple[Split, ...]

    @property
    def weight(self) -> int:
        """Estimated bytes of input."""
        return sum(split.weight for split in self.splits)

    @property
    def cost(self) -> float:
        """Expected work, in bytes of plain text."""
        return sum(split.weight * SOURCES[split.source].cost for split in self.splits)


@dataclass(frozen=True)
class TokenizedUnit:
    """A finished unit: its token files in order, what was counted, and which of the names that are
    left out it had (numbers in the list), and the lists of what was left out. Its marker is a sealed file of
    these but the order."""

    order: int
    name: str
    files: tuple[TokenFile, ...]
    tally: Counted
    excluded: tuple[int, ...] = ()
    left_out: tuple[ListFile, ...] = ()

    @property
    def tokens(self) -> int:
        return sum(file.tokens for file in self.files)


def tokenize_unit(
    unit: Unit, folder: Path, config: Config, vocabulary: Vocabulary, report: Report
) -> TokenizedUnit:
    """Reads, splits and encodes one unit, or returns what an earlier run made of it.

    Args:
        report: called as report(documents=…, bytes=…) while reading.

    Raises:
        DataError: broken input, or a disk that is full.
    """
    marker = folder / file_names.UNITS / file_names.marker_name(unit.name)
    done = _finished(marker, unit, folder / file_names.PARTS)
    if done is not None:
        forgiven = done.tally.counts.get(LEFT_OUT_AS_BROKEN, 0)
        if not (forgiven and config.sources.bad_input == "fail"):
            report(documents=sum(f.documents for f in done.files), bytes=unit.weight)
            return done
    excluded = exclude_list.of_cache(folder, config.sources.exclude)
    matched: set[int] = set()
    listed = folder / file_names.LISTS / file_names.left_out_name(unit.name)
    with left_out_writer(listed) as rows:
        tally = ListingTally(rows.add)
        files = _tokenize(unit, folder, config, vocabulary, report, tally, rows, excluded, matched)
    tally.check_balance()
    left_out = described(listed, rows.rows)
    lists = (left_out,) if left_out else ()
    found = TokenizedUnit(
        unit.order, unit.name, files, tally.counted(), tuple(sorted(matched)), lists
    )
    write_sealed(
        marker, UnitMarker(unit.name, list(files), found.tally, list(found.excluded), left_out)
    )
    return found


def _tokenize(
    unit: Unit,
    folder: Path,
    config: Config,
    vocabulary: Vocabulary,
    report: Report,
    tally: Tally,
    rows: LeftOutWriter,
    excluded: exclude_list.Excluded,
    matched: set[int],
) -> tuple[TokenFile, ...]:
    """Writes a unit's token files.

    Args:
        tally: counts, and lists into `rows`, what is left out.
        matched: takes the numbers of documents of `excluded`.
    """
    writer = TokenWriter(
        folder / file_names.PARTS,
        unit.name,
        vocabulary,
        splitter(config.sentences),
        NORMALIZERS[config.tokens.normalization],
        config.tokens.part_bytes,
        config.sources,
        tally,
        config.tokens.word_segmenter,
    )
    for split in unit.splits:
        context = ReadContext(config.sources, ListingTally(rows.add, split))
        reported = 0  # text is only a part of the input: the rest is reported at the end
        for document in read_split(split, context):
            source = split.source_of(document)
            number = excluded.number(source, document.id)
            if number is None:
                writer.add(source, document)
            else:
                name = f"{source} {document.id} {document.title}"
                about = leave_out.about(document, source)
                context.tally.drop("document", leave_out.EXCLUDED, name, about=about)
                matched.add(number)
            step = min(sum(map(len, document.paragraphs)), split.weight - reported)
            report(documents=1, bytes=step)
            reported += step
        report(bytes=split.weight - reported)
        # Samples name files as the manifest does: without the folder of this machine.
        context.tally.rename(split.path, split.name)
        tally.merge(context.tally)
    return tuple(writer.close())


def _finished(marker: Path, unit: Unit, parts: Path) -> TokenizedUnit | None:
    """What an earlier run made of a unit; None unless its marker and every file are as they were."""
    done = read_marker(marker, UnitMarker)
    if done is None or done.name != unit.name:
        return None
    if not all(is_whole(parts, file, str(marker)) for file in done.files):
        return None
    if not left_out_file.is_whole(parts.parent / file_names.LISTS, done.left_out):
        return None
    lists = (done.left_out,) if done.left_out else ()
    excluded = tuple(done.excluded)
    return TokenizedUnit(unit.order, unit.name, tuple(done.files), done.tally, excluded, lists)


def without_repeats(
    unit: TokenizedUnit,
    folder: Path,
    repeats: Sequence[np.ndarray],
    reason: str,
    vocabulary: Vocabulary,
) -> TokenizedUnit:
    """The unit without documents that repeat others, which are counted as dropped.

    Args:
        repeats: for each of its files, bool [D].
        reason: under which they are counted.
        vocabulary: of their pieces.
    """
    listed = folder / file_names.LISTS / file_names.left_out_name(f"{unit.name}.repeats")
    with left_out_writer(listed) as writer:
        made = _without_repeats(unit, folder, repeats, reason, vocabulary, writer)
    repeated = described(listed, writer.rows)
    return dataclasses.replace(made, left_out=(*unit.left_out, *([repeated] if repeated else [])))


def _without_repeats(
    unit: TokenizedUnit,
    folder: Path,
    repeats: Sequence[np.ndarray],
    reason: str,
    vocabulary: Vocabulary,
    writer: LeftOutWriter,
) -> TokenizedUnit:
    tally, unk = Tally.of(unit.tally), vocabulary.unk
    files: list[TokenFile] = []
    for file, rows in zip(unit.files, repeats, strict=True):
        if not rows.any():
            files.append(file)
            continue
        places = np.flatnonzero(rows).tolist()
        tally.keep("document", -len(places))
        names = name_documents(folder / file_names.PARTS / file.path, places[:SAMPLES_PER_REASON])
        for name in names:
            tally.drop("document", reason, name)
        tally.drop("document", reason, n=len(places) - len(names))
        for about in about_documents(folder / file_names.PARTS / file.path, places, vocabulary):
            name = f"{about.source} {about.id} {about.title}".rstrip()
            writer.add(row_of("document", reason, name, 1, about))
        left = without_documents(folder / file_names.PARTS, file, rows, unk)
        files += [left] if left else []
    return dataclasses.replace(unit, files=tuple(files), tally=tally.counted())
