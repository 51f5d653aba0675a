"""Words to ids: the encoder beside SentencePiece alone, of the same sentences in the same run.

    python benchmarks/words_to_ids.py BOOKS VOCABULARY     # one minute

BOOKS is a folder of plain text, VOCABULARY a SentencePiece model. Sentences are cut and cleaned first, then
encoded in lists of two million characters, as a build does. The three take turns; the medians are of this
process's own time, so that a busy machine changes less:

- `SentencePiece`: `encode` of the lists, in one thread; Python lists of ids come out.
- `new words`: an encoder that knows no word yet, its start and the search's tables included.
- `known words`: the same once more, as far into a large corpus.

Compiling comes first, with no cache of kernels and with one. All ids are compared: no figure is worth
anything of others.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import click
import numpy as np

from albert_data.config.settings import SentenceSettings
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.sentences import splitter
from albert_data.tokens import encoder as encoder_module
from albert_data.tokens.encoder import Encoder
from albert_data.tokens.vocabulary import load_vocabulary
from albert_data.tokens.writer import BATCH_CHARACTERS
from benchmarks.record import Record

ROUNDS = 7


def lists_of(books: Path) -> Iterator[list[str]]:
    """The books' sentences, cleaned, in lists."""
    split, sentences, size = splitter(SentenceSettings()), [], 0
    for path in sorted(books.rglob("*.txt")):
        lines = path.read_text(encoding="utf-8-sig").split("\n")
        for sentence in NORMALIZERS["albert"](split(lines)):
            sentences.append(sentence)
            size += len(sentence)
            if size >= BATCH_CHARACTERS:
                yield sentences
                sentences, size = [], 0
    yield sentences


def seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.process_time()
    made = function()
    return time.process_time() - begin, made


def compiling(vocabulary: str, cache: str) -> float:
    """CPU seconds of a first sentence that is looked up, in a process of its own."""
    environment = os.environ | {"XDG_CACHE_HOME": cache}
    command = [sys.executable, __file__, ".", vocabulary, "--first"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.split()[-1])


@click.command(help=__doc__)
@click.argument("books", type=Path)
@click.argument("vocabulary")
@click.option("--first", is_flag=True, hidden=True)
def main(books: Path, vocabulary: str, first: bool) -> None:
    loaded = load_vocabulary(vocabulary)
    encoder_module.FIRST_TEXT = 0
    # More words than the table first has room for.
    words = " ".join(map(str, range(10_000)))
    if first:
        print(seconds(lambda: Encoder(loaded).encode([words]))[0])
        return
    with tempfile.TemporaryDirectory() as cache:
        cold, warm = compiling(vocabulary, cache), compiling(vocabulary, cache)
    Encoder(loaded).encode([words])
    lists = list(lists_of(books))
    megabytes = sum(len(sentence.encode()) for own in lists for sentence in own) / 1e6
    times: dict[str, list[float]] = {"SentencePiece": [], "new words": [], "known words": []}

    def encode(encoder: Encoder) -> list[np.ndarray]:
        return [encoder.encode(own)[0] for own in lists]

    def alone() -> list[list[list[int]]]:
        return [loaded.processor.encode(own, num_threads=1) for own in lists]

    for _ in range(ROUNDS):
        encoder = Encoder(loaded)
        taken, whole = seconds(alone)
        times["SentencePiece"].append(taken)
        for name in ("new words", "known words"):
            taken, ids = seconds(partial(encode, encoder))
            times[name].append(taken)
    pieces = chain.from_iterable(chain.from_iterable(whole))
    expected = [part for i in pieces for part in loaded.resplit.get(i, [i])]
    same = "the same" if np.concatenate(ids).tolist() == expected else "OTHERS"
    with Record("words-to-ids", "what", "MB/s a core, median", "× SentencePiece") as record:
        record.row(f"ids of {megabytes:.1f} MB", f"{len(expected):,}", same)
        base = statistics.median(times["SentencePiece"])
        for name, own in times.items():
            median = statistics.median(own)
            record.row(name, f"{megabytes / median:.1f}", f"{base / median:.1f}")
        record.row("first sentence, no cache of kernels", f"{cold:.2f} CPU s", "")
        record.row("first sentence, kernels from the cache", f"{warm:.2f} CPU s", "")


if __name__ == "__main__":
    main()
