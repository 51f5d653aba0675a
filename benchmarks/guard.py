"""Whether something has become slow: `make bench-short`, one to two minutes, on the demo's shards.

Each figure is CPU seconds of a yardstick over CPU seconds of our own work on the same data, measured in
turns in one run: machines and their load differ, ratios less. Compared with the committed ratio, a median
a quarter below it is a warning and one below half of it fails.

    python benchmarks/guard.py demo            compares
    python benchmarks/guard.py demo --commit   writes guard.json: the ratios of this commit

A row of the table is a name, what is measured and its yardstick; `guard.json` gets it by `--commit`.
"""

from __future__ import annotations

import hashlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMITTED = Path(__file__).with_name("guard.json")
RUNS = 5
WARN, FAIL = 0.75, 0.5  # of the committed ratio
DUPES = 100
WORDS = 20_000  # lines


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
    """What is measured, and the yardstick that it is compared with in the same run."""

    name: str
    work: Callable[[Data], object]
    yardstick: Callable[[Data], object]


ROWS = (
    Row("remask 512/77 : copy, SHA-256 and write", Data.remask, _write_once),
    Row("verify : copy and SHA-256", _verify, _hash_once),
    Row("words to ids : SentencePiece", _encode, _sentencepiece),
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
            ratios[row.name] = round(ratio_of(row, data), 4)
            verdicts.append(verdict(ratios[row.name], committed.get(row.name)))
            print(
                f"{verdicts[-1]:6} {row.name}: {ratios[row.name]:.3f}, "
                f"committed {committed.get(row.name, '–')}",
                flush=True,
            )
    if "--commit" in options:
        COMMITTED.write_text(json.dumps(ratios, indent=2) + "\n")
        return 0
    if "slower" in verdicts:
        print("warning: slower than the committed ratio by a quarter or more")
    return int("FAILED" in verdicts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
