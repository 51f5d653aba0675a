"""Speed and memory of the main job against stated limits: `make bench`.

Works on the real corpora and vocabulary of ../shared/data. Every rate is printed beside the limit it
is compared with, measured in the same run: machines differ, ratios less. The kernels are compiled
before anything is timed.

    sentencepiece   encoding the same sentences, nothing else: no first build can be faster
    reference       what google-research/albert's script was measured at (one process, 512 tokens)
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

import mwparserfromhell
import psutil
from record import Record
from sentences import ADDED, compare_speed, read_books, sentencex_alone

from albert_data.config.settings import Config, SentenceSettings
from albert_data.corpus.normalize import NORMALIZERS
from albert_data.corpus.plan import plan_all
from albert_data.corpus.sentences import splitter
from albert_data.corpus.source_protocol import ReadContext
from albert_data.corpus.sources import SOURCES
from albert_data.corpus.wikitext.dump_pages import raw_pages
from albert_data.corpus.wikitext.extract import extract
from albert_data.tokens.vocabulary import load_vocabulary

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"
VOCABULARY = SHARED / "vocab/albert-30k-clean.model"
COMMAND = Path(sys.executable).with_name("albert-data")
REPEAT = 10  # copies of the corpus, so that start-up weighs little
LARGE = 30  # copies, for the worker processes
REFERENCE_BUILD = 0.20  # MB of text a second, dupe 1
REFERENCE_MASKING = {512: 113, 128: 428}  # examples a second


def main() -> None:
    if not SHARED.is_dir():
        sys.exit(f"the real corpora are not here: {SHARED}")
    with (
        tempfile.TemporaryDirectory(prefix="albert-bench-") as name,
        Record("main-job", "what", "measured", "limit or floor", "ratio") as record,
    ):
        folder = Path(name)
        once = make_corpus(folder / "once", 1)
        corpus = make_corpus(folder / "corpus", REPEAT)
        build(folder / "warm", 1, once)  # compiles kernels, warms the file cache
        for measure in (
            first_build(folder, once, corpus), masking(folder), sentences(), wikitext(), large(folder, once)
        ):  # fmt: skip
            for row in measure:
                record.row(*row)


def make_corpus(folder: Path, copies: int) -> list[str]:
    """The shared books and dumps, several times over; returns --source arguments."""
    for copy in range(copies):
        shutil.copytree(SHARED / "books", folder / "books" / str(copy))
        shutil.copytree(SHARED / "wiki", folder / "wiki" / str(copy))
    return [f"--source=books:{folder}/books", f"--source=wikipedia:{folder}/wiki"]


def run(*arguments: str) -> tuple[float, int]:
    """Runs a command; returns its seconds and the most memory that one of its processes had.

    Resident memory in bytes, looked at ten times a second; pages that processes share count in each.
    """
    began, peak = time.monotonic(), 0
    with tempfile.TemporaryFile() as log:
        process = psutil.Popen([str(COMMAND), *arguments], stdout=log, stderr=log)
        while process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                tree = [process, *process.children(recursive=True)]
                peak = max(peak, *(member.memory_info().rss for member in tree))
            time.sleep(0.1)
        if process.returncode:
            log.seek(0)
            sys.exit(log.read().decode())
    return time.monotonic() - began, peak


def build(output: Path, workers: int, sources: list[str], *extra: str) -> tuple[float, int]:
    return run(
        "build", *sources, f"--vocab={VOCABULARY}", f"--output={output}", f"--workers={workers}",
        "--set=pairs.dupe_factor=1", "--set=sources.unit_bytes=8388608", *extra,
    )  # fmt: skip


def first_build(folder: Path, once: list[str], corpus: list[str]):
    """One process and two, dupe 1, 512/77; SentencePiece alone on the same sentences, in turn."""
    for name, sources in (("books", slice(0, 1)), ("books and Wikipedia", slice(0, 2))):
        megabytes, before = sentencepiece_alone(once[sources])
        one, _ = build(folder / f"one-{name}", 1, corpus[sources])
        _, after = sentencepiece_alone(once[sources])
        rate, limit = REPEAT * megabytes / one, (before + after) / 2
        yield (
            f"first build of {name}, one process, start-up included (dupe 1, 512/77)",
            f"{rate:.1f} MB/s of text",
            f"{limit:.1f} MB/s: SentencePiece alone; floor 4; reference {REFERENCE_BUILD}",
            f"{rate / limit:.2f} of SentencePiece's speed",
        )


def sentencepiece_alone(sources: list[str]) -> tuple[float, float]:
    """(megabytes of sentences, MB/s of encoding them with one thread)."""
    specs = [source.removeprefix("--source=") for source in sources]
    config = Config()
    split, normalize = splitter(config.sentences), NORMALIZERS["albert"]
    processor = load_vocabulary(VOCABULARY).processor
    size, seconds = 0, 0.0
    for part in plan_all(specs, config.sources):
        for document in SOURCES[part.source].read(part, ReadContext(config.sources)):
            sentences = normalize(split(document.paragraphs))
            size += sum(len(s.encode()) for s in sentences)
            began = time.perf_counter()
            processor.encode(sentences, num_threads=1)
            seconds += time.perf_counter() - began
    return size / 1e6, size / 1e6 / seconds


def masking(folder: Path):
    """Re-masking from the token cache on one core, start-up of the command included and not."""
    for length, predictions, dupes, floor in ((512, 77, 20, 20_000), (128, 20, 8, 60_000)):
        settings = [
            f"--set=pairs.max_length={length}",
            f"--set=masking.max_predictions={predictions}",
        ]
        tokens, output = folder / "one-books" / "tokens", folder / f"remask-{length}"
        seconds, _ = run(
            "remask", str(tokens), f"--output={output}", "--workers=1",
            f"--set=pairs.dupe_factor={dupes}", *settings,
        )  # fmt: skip
        examples = json.loads((output / "manifest.json").read_text())["totals"]["examples"]
        shutil.rmtree(output)
        yield (
            f"remask, {length}/{predictions}, one process, start-up included",
            f"{examples / seconds:,.0f} examples/s",
            f"floor {floor:,}; reference {REFERENCE_MASKING[length]}",
            f"{examples / seconds / REFERENCE_MASKING[length]:.0f} x the reference",
        )


def sentences():
    """Cutting the books into sentences, against sentencex alone (`sentences.py` says how well)."""
    texts = read_books(SHARED / "books")
    megabytes, (alone, ours), _ = compare_speed(
        texts, (sentencex_alone, splitter(SentenceSettings()))
    )
    yield (
        "books to sentences, one core",
        f"{1 / ours:.1f} MB/s",
        f"sentencex alone: {1 / alone:.1f} MB/s on {megabytes:.1f} MB",
        f"{ours - alone:.3f} CPU s/MB more (at most {ADDED})",
    )


def wikitext():
    """Markup to prose, against mwparserfromhell's parse and strip_code on the same pages."""
    settings = Config().sources
    pages = []
    for part in plan_all([f"wikipedia:{SHARED}/wiki"], settings):
        for page in raw_pages(part, settings.max_document_bytes):
            text = ElementTree.fromstring(page.data).findtext("revision/text") or ""
            if not text.lower().startswith("#redirect"):
                pages.append(text)
    megabytes = sum(len(p.encode()) for p in pages) / 1e6
    began = time.perf_counter()
    for page in pages:
        extract(page)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    for page in pages:
        mwparserfromhell.parse(page).strip_code()
    theirs = time.perf_counter() - began
    yield (
        "wikitext to prose, one core",
        f"{megabytes / ours:.1f} MB/s",
        f"mwparserfromhell: {megabytes / theirs:.1f} MB/s",
        f"{theirs / ours:.1f} x",
    )


def large(folder: Path, once: list[str]):
    """Many copies of the corpus: two processes against one, and peak memory against one copy's."""
    corpus = make_corpus(folder / "large", LARGE)
    one, _ = build(folder / "large-one", 1, corpus)
    two, peak = build(folder / "large-two", 2, corpus)
    yield (
        f"two processes, corpus x {LARGE}, start-up included",
        f"{two:.1f} s",
        f"one process: {one:.1f} s",
        f"{one / two:.2f} x (floor 1.7)",
    )
    _, small = build(folder / "once-two", 2, once)
    yield (
        f"peak memory of a process, corpus x {LARGE}",
        f"{peak / 2**20:.0f} MiB",
        f"below 1 GB at any size; corpus once: {small / 2**20:.0f} MiB",
        f"{peak / small:.2f} x",
    )


if __name__ == "__main__":
    main()
