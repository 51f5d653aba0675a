"""What the search runs: small corpora, the commands that read them, and what these promise to make.

Everything is drawn from few choices, so that a fault-free run of each is made once and compared with often.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from albert_data.config.settings import Config
from albert_data.tokens.train_vocabulary import train_vocabulary
from dev.faults import damage, training

CORPORA = 4
_SYLLABLES = (
    "ba be bri co da del e fer fo gan gre ha hol in ja ka lin lo mar me ni no or pa per qui ro sa ster ta "
    "tin u va ver wen wi xo ya ze zu"
).split()
# What a run of the same command may leave other than before: times, and stamps of input files.
_NOT_PROMISED = {"run.json", "inputs.json", ".lock"}
# Of a token cache beside what it is for: names and contents of files that went before a change of the input.
_PROMISED_OF_TOKENS = {"tokens.json", "vocab.model", "config.yaml", "left_out.parquet"}


def content_of(output: Path) -> dict[str, str]:
    """SHA-256 (hex) by name of every file that a command promises to make alike each time."""
    found = {}
    for path in sorted(output.rglob("*")):
        *folders, name = path.relative_to(output).parts
        if name in _NOT_PROMISED or path.is_dir():
            continue
        of_tokens = "tokens" in folders or (output / "identity.json").exists()
        if of_tokens and (name not in _PROMISED_OF_TOKENS or folders[-1:] == ["left-out"]):
            continue
        if name == "ablation.json":  # seconds stand in it
            continue
        found[str(path.relative_to(output))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def is_needed(name: str) -> bool:
    """Whether a file of a shard set must be whole, as docs/output-folder.md has it."""
    last = Path(name).name
    return last.startswith(("shards-", "provenance-")) or last in ("manifest.json", "vocab.model")


class Job(NamedTuple):
    """A command.

    Attributes:
        arguments: of (folder of the corpus, folder of what was made before, output, settings) → its words.
        settings: choices of `--set`, one of which is drawn.
        checked: what a run does not look at of a whole output, `verify` does.
        workers: whether it takes `--workers`.
        of_a_build: it reads what a build of the corpus made.
        engine: of a job of the trainer, whose corpus is the shards of that build; empty: of the library.
        content: of its output → SHA-256 by name of what it promises to make alike each time.
        is_needed: of a name in its output → whether that file must be whole.
        change: what else may become of its input. Of texts it is good input still; shards are damaged, and
            put back before the last command.
    """

    arguments: Callable[[Path, Path, Path, list[str]], list[str]]
    settings: tuple[tuple[str, ...], ...] = ((),)
    checked: bool = True
    workers: bool = True
    of_a_build: bool = False
    engine: str = ""
    content: Callable[[Path], dict[str, str]] = content_of
    is_needed: Callable[[str], bool] = is_needed
    change: Callable[[random.Random, Path], str] = damage.change_input


def sources_of(corpus: Path) -> list[str]:
    """The options that name a corpus."""
    kinds = {"books": "books", "jsonl": "rows.jsonl", "wikipedia": "pages.xml"}
    return [f"--source={kind}:{corpus / name}" for kind, name in kinds.items()]


def _build(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    vocabulary = f"--vocab={before / 'vocab.model'}"
    return ["build", *sources_of(corpus), vocabulary, f"--output={output}", *_SMALL, *settings]


def _tokenize(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    return ["tokenize", *_build(corpus, before, output, settings)[1:]]


def _remask(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    tokens = before / f"built-{corpus.name}" / "tokens"
    return ["remask", str(tokens), f"--output={output}", *settings]


def _ablate(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    tokens = before / f"built-{corpus.name}" / "tokens"
    return ["ablate", str(before / "grid.yaml"), f"--tokens={tokens}", f"--output={output}"]


def _export(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    shards = before / f"built-{corpus.name}"
    return ["export", str(shards), f"--output={output}", *settings]


def _vocab(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    given = ["--size=150", f"--output={output / 'vocab.model'}"]
    return ["vocab", *sources_of(corpus), *given, *settings]


def _report(corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    shards = before / f"built-{corpus.name}"
    return ["report", str(shards), f"--output={output / 'report.html'}"]


def _train(engine: str, corpus: Path, before: Path, output: Path, settings: list[str]) -> list[str]:
    return training.arguments_of(engine, corpus, output)


_SMALL = ["--config=tiny.yaml", "--set=shards.count=3", "--set=sources.unit_bytes=2000"]
JOBS = {
    "build": Job(
        _build,
        (
            (),
            ("--set=tokens.dedup=minhash", "--set=pairs.objective=nsp"),
            ("--set=shards.compression=gzip", "--set=masking.mode=dynamic"),
            ("--hold-out=10%",),
            ("--set=tokens.dedup=exact", "--set=tokens.part_bytes=2000"),
        ),
    ),
    "tokenize": Job(_tokenize, checked=False),
    "remask": Job(
        _remask, (("--set=masking.max_ngram=1",), ("--set=pairs.max_length=32",)), of_a_build=True
    ),
    "ablate": Job(_ablate, of_a_build=True),
    "export": Job(
        _export, (("--to=parquet",), ("--to=npz",)), checked=False, workers=False, of_a_build=True
    ),
    "vocab": Job(_vocab, checked=False, workers=False),
    "report": Job(_report, checked=False, workers=False, of_a_build=True),
}
# The trainer's, which are run where they are asked for: a run takes a minute.
TRAINING = {
    name: Job(
        partial(_train, engine), checked=False, workers=False, of_a_build=True, engine=engine,
        content=training.content_of_run, is_needed=training.is_of_a_checkpoint,
        change=training.damage_shards,
    )
    for name, engine in (("train", "tensorflow"), ("train-jax", "jax"))
}  # fmt: skip
# How often each is drawn.
WEIGHTS = {
    "build": 12, "tokenize": 3, "remask": 4, "ablate": 2, "export": 2, "vocab": 1, "report": 1,
    "train": 1, "train-jax": 1,
}  # fmt: skip


def write_corpus(folder: Path, number: int) -> Path:
    """Books, JSON lines and a dump of Wikipedia, some 20 kB in all; the same for the same number."""
    draw = random.Random(number)
    (folder / "books").mkdir(parents=True)
    for book in range(2 + number % 2):
        text = "\n\n".join(_paragraph(draw) for _ in range(12))
        (folder / "books" / f"book-{book}.txt").write_text(text + "\n")
    rows = [{"text": f"{_paragraph(draw)} {_paragraph(draw)}"} for _ in range(12)]
    rows += rows[:2]  # near-duplicates and exact ones are there to be left out
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    pages = "".join(
        f"<page><title>Page {n}</title><ns>0</ns><id>{n}</id><revision><id>{n}</id>"
        f"<model>wikitext</model><format>text/x-wiki</format>"
        f"<text>'''{_paragraph(draw)}''' {_paragraph(draw)}\n\n== Life ==\n{_paragraph(draw)}</text>"
        "</revision></page>\n"
        for n in range(1, 9)
    )
    site = "<siteinfo><sitename>Wikipedia</sitename><dbname>enwiki</dbname></siteinfo>"
    (folder / "pages.xml").write_text(f"<mediawiki>\n{site}\n{pages}</mediawiki>\n")
    return folder


def _paragraph(draw: random.Random) -> str:
    words = ["".join(draw.choices(_SYLLABLES, k=draw.randint(1, 3))) for _ in range(60)]
    sentences = (" ".join(draw.choices(words, k=draw.randint(4, 14))) for _ in range(5))
    return " ".join(f"{s[0].upper()}{s[1:]}." for s in sentences)


def write_common(folder: Path) -> None:
    """What commands are given beside a corpus: a vocabulary and a grid."""
    folder.mkdir()
    sources = [f"books:{write_corpus(folder / 'text', 99) / 'books'}"]
    train_vocabulary(sources, folder / "vocab.model", 150, Config())
    (folder / "grid.yaml").write_text(
        "base: {config: tiny}\nvariants:\n"
        "  one: {masking.max_ngram: 1}\n  nsp: {pairs.objective: nsp, shards.count: 2}\n"
    )


def leftovers_of(output: Path) -> list[str]:
    """Temporary and work files, of which a command that ended well leaves none."""
    names = (str(path.relative_to(output)) for path in output.rglob("*"))
    return sorted(n for n in names if Path(n).name.startswith(".tmp-") or Path(n).name == "work")
