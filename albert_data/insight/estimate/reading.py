"""The chosen parts of one kind of source, as token files made by the build's own code."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from albert_data.base.errors import DataError
from albert_data.base.tally import Tally
from albert_data.config.settings import Config
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.plan import read_split
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import Document, ReadContext, Split
from albert_data.insight.estimate.excerpts import Excerpts, Seen
from albert_data.insight.estimate.look import Look
from albert_data.schema import TokenFile
from albert_data.tokens.vocabulary import Vocabulary
from albert_data.tokens.writer import TokenWriter

_clock = time.process_time


@dataclass(frozen=True)
class Reading:
    """What was read of one kind.

    Attributes:
        look: what was opened.
        seen: every document looked at.
        whole: token files of documents taken whole.
        parts: token files of documents of which some parts were taken.
        opening: CPU seconds of finding documents in what was opened.
        taking: CPU seconds of extracting, splitting and encoding what was taken.
    """

    look: Look
    seen: list[Seen]
    whole: list[TokenFile]
    parts: list[TokenFile]
    opening: float
    taking: float

    @property
    def files(self) -> list[TokenFile]:
        return [*self.whole, *self.parts]

    def rate(self, whole: bool) -> float:
        """Pieces a character of documents taken whole or in parts; of all, where there are none."""
        own = [d for d in self.seen if d.whole == whole and d.taken] or self.seen
        return sum(d.tokens for d in own) / max(sum(d.taken for d in own), 1)

    def tokens(self, whole: bool) -> float:
        """Pieces of all documents of the corpus that are taken whole or in parts where looked at."""
        return (
            self.look.scale * self.rate(whole) * sum(d.size for d in self.seen if d.whole == whole)
        )

    def documents(self, whole: bool) -> float:
        """How many of them are kept."""
        own = [d for d in self.seen if d.whole == whole]
        taken = [d for d in own if d.taken]
        kept = sum(d.tokens > 0 for d in taken) / len(taken) if whole and taken else 1.0
        return self.look.scale * len(own) * kept


def read_kind(
    look: Look, config: Config, vocabulary: Vocabulary, folder: Path, seed: int
) -> Reading:
    """Reads the chosen parts into token files in `folder`.

    Raises:
        DataError: broken input, or no document in what was opened.
    """
    excerpts = Excerpts(look.share, f"{seed} {look.kind}")
    files: dict[bool, list[TokenFile]] = {True: [], False: []}
    names: dict[tuple[str, str], Seen] = {}
    opening = taking = 0.0

    def writer(number: int, whole: bool) -> TokenWriter:
        return TokenWriter(
            folder,
            f"{look.kind}-{'whole' if whole else 'parts'}-{number:05d}",
            vocabulary,
            splitter(config.sentences),
            NORMALIZERS[config.tokens.normalization],
            config.tokens.part_bytes,
            config.sources,
            Tally(),
            config.tokens.word_segmenter,
        )

    for number, unit in enumerate(look.opened):
        writers = {whole: writer(number, whole) for whole in (True, False)}
        for split in unit:
            mark = _clock()
            for document in _documents(split, look, excerpts, config):
                found = excerpts.asked or _clock()
                opening += found - mark
                if document.paragraphs:
                    source = split.source_of(document)
                    names[source, document.id] = excerpts.seen[-1]
                    writers[excerpts.seen[-1].whole].add(source, document)
                excerpts.asked, mark = None, _clock()
                taking += mark - found
            opening += _clock() - mark
            excerpts.split += 1
        mark = _clock()
        for whole, own in writers.items():
            files[whole] += own.close()
        taking += _clock() - mark
    reading = Reading(look, excerpts.seen, files[True], files[False], opening, taking)
    if not reading.files:
        problem = f"no document was found in what was looked at of {look.kind}"
        raise DataError(problem, where="--sample", fix="take a larger --sample; check the source")
    if look.share < 1:
        _count_tokens(reading, names, folder)
    return reading


def _documents(split: Split, look: Look, excerpts: Excerpts, config: Config) -> Iterator[Document]:
    """Documents with the paragraphs that were chosen, which may be none."""
    choose: Callable[[list[str]], list[str]] | None = excerpts.of_paragraphs
    context = ReadContext(config.sources)
    if look.share == 1:
        choose = excerpts.all_of
    elif look.unread:
        context = replace(context, excerpt=excerpts.of_markup)
        choose = None
    try:
        for document in read_split(split, context):
            if choose and document.sentences is not None:
                chosen = choose(document.sentences)
                document = replace(document, paragraphs=chosen, presegmented=True, sentences=None)
            elif choose:
                document = replace(document, paragraphs=choose(list(document.paragraphs)))
            yield document
    except DataError as error:
        ends = "truncated" in error.problem or "cut off" in error.problem
        if split.path not in look.cut or not ends:
            raise


def _count_tokens(reading: Reading, names: dict[tuple[str, str], Seen], folder: Path) -> None:
    """Fills in the pieces of each document that was seen."""
    for file in reading.files:
        table = pq.ParquetFile(folder / file.path).read(["source", "id", "pieces"])
        tokens = pc.list_value_length(table["pieces"]).to_pylist()
        for source, name, count in zip(
            table["source"].to_pylist(), table["id"].to_pylist(), tokens, strict=True
        ):
            names[source, name].tokens += count
