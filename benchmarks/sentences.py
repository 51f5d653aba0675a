"""Where sentences end, against people's judgement: sentencex alone and the splitter of the library.

    python benchmarks/sentences.py ../UD_English-GUM ../UD_English-EWT --books ../shared/data/books

Reads all CoNLL-U files of each folder (Universal Dependencies; GUM's documents by genre, as their names
say it, others by file). A paragraph (`# newpar`) is given as plain text, reference marks such as `[5]` taken
out; a boundary is an inner end of a sentence, counted in characters that are no white space. F1 is of
boundaries found. Then what books cost and how much of their words stands in sentences of over 60.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import sentencex
from record import Record

from albert_data.config.settings import SentenceSettings, SourceSettings
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import ReadContext
from albert_data.corpus.sources.books import SOURCE as BOOKS

EXPOSITORY = ("bio", "academic", "textbook", "essay", "news", "voyage")
FLOORS = {"fiction": 95.5, "expository": 96.0}  # F1 in per cent, on GUM
# CPU seconds a MB of UTF-8 that the library may add to sentencex alone: 0.03 for correcting its cuts,
# 0.01 for cleaning and passing paragraphs, as before there were corrections.
ADDED = 0.04
LONG = 60  # words
REPEAT = 5
_GENRE = re.compile(r"GUM_([a-z]+)_")
_REFERENCE = re.compile(r" ?\[\d+\]")

Split = Callable[[list[str]], list[str]]
Paragraph = list[str]  # its sentences, each with the white space that follows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("treebank", nargs="+", type=Path, help="a folder of CoNLL-U files")
    parser.add_argument(
        "--books", type=Path, help="a folder of books, for speed and long sentences"
    )
    parser.add_argument(
        "--errors", action="store_true", help="print every wrong or missing boundary"
    )
    given = parser.parse_args()
    splitters = {"sentencex": sentencex_alone, "library": splitter(SentenceSettings())}
    with Record("sentences", "what", "sentencex alone", "library", "floor or limit") as record:
        for folder in given.treebank:
            for row in accuracy(folder, splitters, given.errors):
                record.row(*row)
        if given.books:
            for row in books(given.books, splitters):
                record.row(*row)


def sentencex_alone(paragraphs: list[str]) -> list[str]:
    """What sentencex makes of all at once, and nothing else."""
    found = sentencex.segment("en", "\n\n".join(paragraphs))
    return [stripped for sentence in found if (stripped := sentence.strip())]


def accuracy(folder: Path, splitters: dict[str, Split], errors: bool) -> Iterator[list[str]]:
    """A row a genre: F1 (precision, recall) in per cent."""
    groups = read_treebank(folder)
    if not groups:
        sys.exit(f"no CoNLL-U files in {folder}")
    if not groups.keys().isdisjoint(EXPOSITORY):
        groups["expository"] = [p for genre in EXPOSITORY for p in groups.get(genre, [])]
    for genre, paragraphs in groups.items():
        wanted = sum(len(paragraph) - 1 for paragraph in paragraphs)
        found = [_scores(paragraphs, split) for split in splitters.values()]
        floor = f"{FLOORS[genre]}" if genre in FLOORS else ""
        yield [f"{folder.name}, {genre}, {wanted} boundaries: F1 (P, R) in %", *found, floor]
        if errors and genre not in ("expository",):
            _print_errors(genre, paragraphs, splitters["library"])


def read_treebank(folder: Path) -> dict[str, list[Paragraph]]:
    """Paragraphs by genre, or by the file's name where documents have none."""
    groups: dict[str, list[Paragraph]] = defaultdict(list)
    for path in sorted(folder.rglob("*.conllu")):
        genre, begins = path.stem, True
        space = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("# newdoc"):
                match = _GENRE.search(line)
                genre, begins = match[1] if match else path.stem, True
            elif re.match(r"# newpar( |$)", line):
                begins = True
            elif line.startswith("# text = "):
                text = line.removeprefix("# text = ")
                if begins:
                    groups[genre].append([])
                elif groups[genre][-1]:
                    groups[genre][-1][-1] += space
                groups[genre][-1].append(text)
                begins = False
            elif line[:1].isdigit():
                space = "" if "SpaceAfter=No" in line.rpartition("\t")[2] else " "
    cleaned = {}
    for genre, paragraphs in sorted(groups.items()):
        cleaned[genre] = [
            [s for s in (_REFERENCE.sub("", sentence) for sentence in paragraph) if s.strip()]
            for paragraph in paragraphs
        ]
    return cleaned


def _ends(sentences: list[str]) -> set[int]:
    """Inner ends of sentences, in characters that are no white space."""
    return set(accumulate(len("".join(sentence.split())) for sentence in sentences[:-1]))


def _scores(paragraphs: list[Paragraph], split: Split) -> str:
    counts: Counter[str] = Counter()
    for paragraph in paragraphs:
        wanted, found = _ends(paragraph), _ends(split(["".join(paragraph)]))
        counts["right"] += len(wanted & found)
        counts["found"] += len(found)
        counts["wanted"] += len(wanted)
    precision = counts["right"] / max(counts["found"], 1)
    recall = counts["right"] / max(counts["wanted"], 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"{f1:.1%} ({precision:.1%}, {recall:.1%})".replace("%", "")


def _print_errors(genre: str, paragraphs: list[Paragraph], split: Split) -> None:
    for paragraph in paragraphs:
        text = "".join(paragraph)
        places = [i for i, character in enumerate(text) if not character.isspace()]
        wanted, found = _ends(paragraph), _ends(split([text]))
        for end in sorted(wanted ^ found):
            at = places[end - 1] + 1
            kind = "wrong  " if end in found else "missing"
            print(f"  {genre} {kind} {text[max(at - 50, 0) : at]}|{text[at : at + 40]}")


def books(folder: Path, splitters: dict[str, Split]) -> Iterator[list[str]]:
    """The share of words in long sentences, and CPU seconds a MB."""
    texts = read_books(folder)
    megabytes, (alone, library), found = compare_speed(texts, tuple(splitters.values()))
    shares = []
    for sentences in found:
        words = [len(sentence.split()) for sentence in sentences]
        shares.append(f"{sum(n for n in words if n > LONG) / sum(words):.1%}")
    name = f"{len(texts)} books, {megabytes:.1f} MB"
    yield [f"{name}: words in sentences of over {LONG}", *shares, ""]
    limit = f"{library - alone:.3f} more; at most {ADDED}"
    yield [f"{name}: CPU seconds a MB", f"{alone:.3f}", f"{library:.3f}", limit]


def read_books(folder: Path) -> list[list[str]]:
    """The paragraphs of each book."""
    settings = SourceSettings()
    return [
        document.paragraphs
        for plan in BOOKS.plan(str(folder), settings)
        for document in BOOKS.read(plan, ReadContext(settings))
    ]


def compare_speed(
    texts: list[list[str]], splitters: tuple[Split, ...]
) -> tuple[float, list[float], list[list[str]]]:
    """Runs splitters in turn: megabytes, and for each its median CPU seconds a MB and sentences."""
    megabytes = sum(len(p.encode()) for text in texts for p in text) / 1e6
    seconds: list[list[float]] = [[] for _ in splitters]
    found: list[list[str]] = [[] for _ in splitters]
    for _ in range(REPEAT):
        for i, split in enumerate(splitters):
            began = time.process_time()
            sentences = [split(text) for text in texts]
            seconds[i].append(time.process_time() - began)
            found[i] = [sentence for text in sentences for sentence in text]
    return megabytes, [sorted(taken)[REPEAT // 2] / megabytes for taken in seconds], found


if __name__ == "__main__":
    main()
