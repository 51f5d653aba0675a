"""One pass over a token cache: which evaluation texts it holds, and which documents hold them.

Memory: about 30 bytes an n-gram of the evaluation texts, which are kept, and one token file; the
corpus may be of any size. Cost: see docs/contamination.md.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeAlias

import numpy as np

from albert_data.base.errors import DataError
from albert_data.base.gather import offsets_of
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.insight.contamination.evaluation import PARTS, EvaluationSet
from albert_data.insight.contamination.ngrams import SHORTEST, Needles, Ngrams, ngrams_of
from albert_data.insight.contamination.words import WordTable, word_table
from albert_data.schema import (
    ContaminatedDocument,
    Contamination,
    ContaminationSet,
    ExcludedDocuments,
    TokenIndex,
)
from albert_data.shards.provenance import read_names
from albert_data.storage import file_names
from albert_data.storage.atomic import atomic_path
from albert_data.tokens.cache import corpus_fingerprint, numbered_files, read_index
from albert_data.tokens.encoder import encoder
from albert_data.tokens.token_file import read_documents
from albert_data.tokens.vocabulary import Vocabulary, load_vocabulary

MOST_DOCUMENTS = 100  # named in the result
_SAMPLES, _SAMPLE_CHARACTERS = 5, 200
_BATCH = 10_000  # texts encoded at once

Progress = Callable[[int], None]
# Of a document: -n-grams, source, id, title, n-grams by part.
_Overlap: TypeAlias = tuple[int, str, str, str, list[int]]


@dataclass(frozen=True, eq=False)
class Group:
    """The texts of one part of an evaluation set, and their n-grams."""

    own: EvaluationSet
    part: str
    texts: list[str]
    ngrams: Ngrams


def search(
    tokens: Path,
    sets: Sequence[EvaluationSet],
    ngram: int,
    exclude: Path | None = None,
    threshold: int = 1,
    texts: Path | None = None,
    progress: Progress = lambda tokens: None,
) -> Contamination:
    """Looks for the n-grams of evaluation texts in a token cache.

    Args:
        tokens: folder of the cache.
        ngram: words of an n-gram.
        exclude: file to write the list of documents into that are to be left out.
        threshold: those are with this many n-grams or more.
        texts: file to write each evaluation text into that overlaps, a JSON object a line.
        progress: called with the number of tokens of each file that was searched.

    Raises:
        ConfigError: the folder is no complete token cache.
        DataError: a token file is damaged, or no text has words enough to be looked for.
    """
    index = read_index(tokens)
    vocabulary = load_vocabulary(tokens / file_names.VOCABULARY)
    normalization = index.settings.tokens["normalization"]
    groups = [
        Group(
            own,
            part,
            own.parts[part],
            _ngrams(own.parts[part], vocabulary, normalization, ngram),
        )
        for own in sets
        for part in PARTS
        if part in own.parts
    ]
    labels = [PARTS.index(group.part) for group in groups]
    needles = Needles([group.ngrams for group in groups], labels, len(PARTS))
    if len(needles.hashes) == 0:
        raise DataError(
            f"no text has the {min(SHORTEST, ngram)} words that can be looked for",
            where="--against",
            fix="name files with longer texts, or a smaller --ngram",
        )
    corpus = _Corpus(tokens, index, word_table(vocabulary))
    most: list[_Overlap] = []
    overlapping = excluded = 0
    with ExitStack() as stack:
        out = _open_list(stack, exclude, threshold, ngram)
        for found in corpus.overlaps(needles, progress):
            overlapping += len(found)
            most = heapq.nsmallest(MOST_DOCUMENTS, [*most, *found])
            over = [document for document in found if -document[0] >= threshold]
            excluded += len(over) if out else 0
            if out:
                out.writelines(f"{source}\t{name}\n" for _, source, name, *_ in over)
    if texts:
        _write_texts(texts, groups, needles)
    return Contamination(
        ngram=ngram,
        shortest=min(SHORTEST, ngram),
        corpus=corpus_fingerprint(index),
        words=corpus.words,
        sets=[result_of(group, needles) for group in groups],
        overlapping_documents=overlapping,
        documents=[_named(document) for document in most],
        excluded=ExcludedDocuments(threshold, excluded) if exclude else None,
    )


def _ngrams(texts: list[str], vocabulary: Vocabulary, normalization: str, ngram: int) -> Ngrams:
    """The n-grams of texts, made into words as the corpus was."""
    words, counts = [], [np.zeros(1, np.int64)]
    table, encode = word_table(vocabulary), encoder(vocabulary).encode
    for first in range(0, len(texts), _BATCH):
        ids, lengths = encode(NORMALIZERS[normalization](texts[first : first + _BATCH]))
        own, ends = table.words(ids, offsets_of(lengths))
        words.append(own)
        counts.append(np.diff(ends))
    return ngrams_of(np.concatenate(words), np.cumsum(np.concatenate(counts)), ngram)


class _Corpus:
    """The token files of a cache, searched one after the other; `words` counts theirs."""

    def __init__(self, folder: Path, index: TokenIndex, table: WordTable) -> None:
        self.folder, self.index, self.table = folder, index, table
        self.words = 0

    def overlaps(self, needles: Needles, progress: Progress) -> Iterator[list[_Overlap]]:
        """For each token file its documents with a needle."""
        for _, _, file in numbered_files(self.index):
            path = self.folder / file_names.PARTS / file.path
            documents = read_documents(path, file.crc32c)
            bounds = documents.sentence_offsets[documents.document_offsets]
            words, ends = self.table.words(documents.ids, bounds)
            self.words += len(words)
            hits = needles.search(words, ends)
            rows = np.flatnonzero(hits[:, 0])
            if len(rows):
                names = read_names(path).take(rows).to_pylist()
                yield [
                    (-own[0], name["source"], name["document"], name["title"], own[1:])
                    for own, name in zip(hits[rows].tolist(), names, strict=True)
                ]
            progress(file.tokens)


def _open_list(stack: ExitStack, path: Path | None, threshold: int, ngram: int) -> TextIO | None:
    """The list of documents to leave out, which takes its name when the stack is closed."""
    if path is None:
        return None
    temporary = stack.enter_context(atomic_path(path))
    out = stack.enter_context(temporary.open("w", encoding="utf-8"))
    out.write(f"# source TAB id of documents with {threshold} or more {ngram}-grams\n")
    out.write("# of evaluation texts; for: albert-data build|tokenize … --exclude THIS\n")
    return out


def _write_texts(path: Path, groups: list[Group], needles: Needles) -> None:
    """All texts that overlap: file, part, place, n-grams, those that were found, and the text."""
    with atomic_path(path) as temporary, temporary.open("w", encoding="utf-8") as out:
        for group in groups:
            counts, found = np.diff(group.ngrams.ends), needles.found_of(group.ngrams)
            places = group.own.places[group.part]
            for row in np.flatnonzero(found).tolist():
                line = {
                    "file": group.own.name,
                    "part": group.part,
                    "place": places[row],
                    "ngrams": int(counts[row]),
                    "ngrams_found": int(found[row]),
                    "text": group.texts[row],
                }
                out.write(json.dumps(line, ensure_ascii=False) + "\n")


def result_of(group: Group, needles: Needles) -> ContaminationSet:
    """How much of a part was found."""
    counts, found = np.diff(group.ngrams.ends), needles.found_of(group.ngrams)
    share = found / np.maximum(counts, 1)
    first = np.argsort(-share, kind="stable")[:_SAMPLES]
    return ContaminationSet(
        name=f"{'/'.join(Path(group.own.name).parts[-2:])} {group.part}",
        kind=group.own.kind,
        part=group.part,
        items=len(counts),
        matched=int((found > 0).sum()),
        too_short=int((counts == 0).sum()),
        ngrams=int(counts.sum()),
        ngrams_found=int(found.sum()),
        unusable_rows=sum(group.own.tally.dropped("row").values()),
        samples=[group.texts[i][:_SAMPLE_CHARACTERS] for i in first.tolist() if found[i]],
    )


def _named(document: _Overlap) -> ContaminatedDocument:
    ngrams, source, name, title, by_part = document
    parts = dict(zip(PARTS, by_part, strict=True))
    return ContaminatedDocument(source, name, title, -ngrams, **parts)
