"""Whether something has become slow: `make bench-short`, one to two minutes, on the demo's shards.

Each figure is CPU seconds of a yardstick over CPU seconds of our own work on the same data, measured in
turns in one run: machines and their load differ, ratios less. Compared with the committed ratio, a median
a quarter below it is a warning and one below half of it fails.

    python benchmarks/guard.py demo            compares
    python benchmarks/guard.py demo --commit   writes guard.json: the ratios of this commit
    python benchmarks/guard.py demo --record   keeps them as a dated file, too (`make bench`)

A row of the table is a name, what is measured and its yardstick; `guard.json` gets it by `--commit`.
"""

from __future__ import annotations

import bz2
import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from itertools import islice
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from benchmarks.record import Record  # noqa: E402

COMMITTED = Path(__file__).with_name("guard.json")
RUNS = 5
WARN, FAIL = 0.75, 0.5  # of the committed ratio
DUPES = 100
WORDS = 20_000  # lines
DUMPS = 60  # times the demo's Wikipedia, 10 MB of XML
BATCHES = 100  # of 256 records


@dataclass
class Data:
    """What is measured with: the demo's token cache, and larger shards made of it.

    Attributes:
        demo: folder that `make demo` has made.
        folder: to write into.
    """

    demo: Path
    folder: Path
    _made: int = field(default=0)

    @cached_property
    def shards(self) -> Path:
        return self.remask()

    @cached_property
    def shard_bytes(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.shards.glob("shards-*")))

    @cached_property
    def lines(self) -> list[str]:
        text = [path.read_text() for path in sorted(ROOT.glob("examples/corpus/books/*.txt"))]
        lines = [line for line in "\n".join(text).splitlines() if line]
        return (lines * (1 + WORDS // len(lines)))[:WORDS]

    @cached_property
    def dump(self) -> Path:
        """One stream of bzip2."""
        text = (ROOT / "examples/corpus/wikipedia.xml").read_bytes()
        first, last = text.index(b"<page>"), text.rindex(b"</page>") + len(b"</page>")
        path = self.folder / "dump.xml.bz2"
        path.write_bytes(bz2.compress(text[:first] + text[first:last] * DUMPS + text[last:]))
        return path

    def remask(self) -> Path:
        """Shards of 512 tokens from the demo's token cache."""
        from albert_data.cli import main

        self._made += 1
        output = self.folder / str(self._made)
        given = ["--config=paper", f"--set=pairs.dupe_factor={DUPES}", "--workers=1"]
        with (
            open(os.devnull, "w") as nothing,
            redirect_stdout(nothing),
            redirect_stderr(nothing),
        ):
            main(["remask", f"{self.demo}/shards/tokens", f"--output={output}", *given])
        return output


def _write_once(data: Data) -> None:
    """What nothing that makes shards can do without: the bytes copied, hashed and written once."""
    content = bytearray(data.shard_bytes)
    hashlib.sha256(content).digest()
    (data.folder / "written").write_bytes(content)


def _hash_once(data: Data) -> None:
    hashlib.sha256(bytearray(data.shard_bytes)).digest()


def _verify(data: Data) -> None:
    from albert_data.insight.verify import verify

    verify(data.shards)


def _encode(data: Data) -> None:
    from albert_data.tokens.encoder import Encoder
    from albert_data.tokens.vocabulary import load_vocabulary

    Encoder(load_vocabulary(data.demo / "vocab.model")).encode(data.lines)


def _sentencepiece(data: Data) -> None:
    import sentencepiece

    sentencepiece.SentencePieceProcessor(str(data.demo / "vocab.model")).encode(data.lines)


def _read_pages(data: Data) -> None:
    from albert_data.corpus.source_protocol import Split
    from albert_data.corpus.wikitext.dump_pages import raw_pages

    split = Split("wikipedia", data.dump.name, str(data.dump), 0, None)
    assert len(list(raw_pages(split, 2**23))) % DUMPS == 0


def _unpack(data: Data) -> None:
    bz2.decompress(data.dump.read_bytes())


def _read_batches(data: Data) -> None:
    from benchmarks.reading import open_shards, ours

    _take(ours(open_shards(data.shards), data.folder))


def _read_by_tf_data(data: Data) -> None:
    from benchmarks.reading import by_tf_data, open_shards

    _take(by_tf_data(open_shards(data.shards), data.folder))


def _take(batches: Iterator[object]) -> None:
    for _ in islice(batches, BATCHES):
        pass


def _program(*command: str) -> Callable[[Data], None]:
    def run(data: Data) -> None:
        subprocess.run(
            [sys.executable, *command],
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    return run


@dataclass(frozen=True)
class Row:
    """What is measured, and the yardstick that it is compared with in the same run.

    Attributes:
        needs: a package of the yardstick's, without which the row is left out.
    """

    name: str
    work: Callable[[Data], object]
    yardstick: Callable[[Data], object]
    needs: str = "numpy"


ROWS = (
    Row("remask 512/77 : copy, SHA-256 and write", Data.remask, _write_once),
    Row("verify : copy and SHA-256", _verify, _hash_once),
    Row("words to ids : SentencePiece", _encode, _sentencepiece),
    Row("pages of a packed dump : bz2", _read_pages, _unpack),
    Row("batches of records : tf.data", _read_batches, _read_by_tf_data, needs="tensorflow"),
    Row(
        "albert-data --help : import numpy",
        _program("-m", "albert_data", "--help"),
        _program("-c", "import numpy"),
    ),
    Row(
        "a wrong option : import numpy",
        _program("-m", "albert_data", "build", "--wrong"),
        _program("-c", "import numpy"),
    ),
)


def cpu_seconds(work: Callable[[Data], object], data: Data) -> float:
    """Of this process and of those that it waited for."""

    def now() -> float:
        own, children = (
            resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

    began = now()
    work(data)
    return now() - began


def ratio_of(row: Row, data: Data, runs: int = RUNS) -> float:
    """The median of the yardstick's CPU time over ours, of runs in turns after one to warm up."""
    row.work(data), row.yardstick(data)
    pairs = [(cpu_seconds(row.yardstick, data), cpu_seconds(row.work, data)) for _ in range(runs)]
    return statistics.median(yardstick / own for yardstick, own in pairs)


def verdict(measured: float, committed: float | None) -> str:
    """`ok`, `slower`, `FAILED` or, of a row without a committed ratio, `new`."""
    if committed is None:
        return "new"
    share = measured / committed
    return "FAILED" if share < FAIL else "slower" if share < WARN else "ok"


def main(arguments: list[str]) -> int:
    demo, *options = arguments
    committed = json.loads(COMMITTED.read_text()) if COMMITTED.exists() else {}
    ratios, verdicts = {}, []
    with tempfile.TemporaryDirectory(prefix="albert-guard-") as folder:
        data = Data(Path(demo), Path(folder))
        for row in ROWS:
            if not find_spec(row.needs):
                print(f"       {row.name}: left out, {row.needs} is not installed")
                continue
            ratios[row.name] = round(ratio_of(row, data), 4)
            verdicts.append(verdict(ratios[row.name], committed.get(row.name)))
            print(
                f"{verdicts[-1]:6} {row.name}: {ratios[row.name]:.3f}, "
                f"committed {committed.get(row.name, '–')}",
                flush=True,
            )
    if "--record" in options:
        with Record("yardsticks", "what : its yardstick", "times as fast", "committed") as record:
            for name, ratio in ratios.items():
                record.row(name, f"{ratio:.3f}", f"{committed.get(name, '–')}")
    if "--commit" in options:
        COMMITTED.write_text(json.dumps(committed | ratios, indent=2) + "\n")
        return 0
    if "slower" in verdicts:
        print("warning: slower than the committed ratio by a quarter or more")
    return int("FAILED" in verdicts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
