"""Shards for part c of the GPU check, made here, on a CPU: `python -m benchmarks.gpu_check.make_shards`.

    .venv/bin/python -m benchmarks.gpu_check.make_shards --source books:BOOKS --source wikipedia:DUMP \
        --vocab albert-30k.model

Out: OUTPUT/{sop,nsp,none}.tar.xz with folders train/ and held-out/ of unmasked records, 128 positions.
Held out are every eighth book and every tenth other document: the training shards are built without them,
the held-out ones of nothing else, so that both segments of a held-out pair, of `nsp` too, come from
documents that no training example has seen. Ten passes over the same text with other pairs repeat long
runs of pieces, which xz with a window of 256 MiB finds: 200 MB of records become 15 MB (gzip: 55).

Cost: on two cores some seconds for tokens and records, a minute and a half of xz for 200 MB.
"""

from __future__ import annotations

import lzma
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import click
import pyarrow.parquet as pq

DUPES = {"sop": (10, 2), "nsp": (4, 2), "none": (4, 2)}  # passes with other pairs: train, held-out
BOOK_EVERY, OTHER_EVERY, FIRST = 8, 10, 3


def names_in(tokens: Path) -> list[str]:
    """`source TAB id` of every document of a token cache, sorted."""
    columns = ["source", "id"]
    files = sorted(tokens.glob("parts/**/*.parquet"))
    rows = [row for file in files for row in pq.read_table(file, columns=columns).to_pylist()]
    return sorted(f"{row['source']}\t{row['id']}" for row in rows)


def held_out(names: list[str]) -> set[str]:
    """The documents to hold out, of a sorted list: all kinds of text have their share."""
    books = [name for name in names if name.startswith("books:")]
    others = [name for name in names if not name.startswith("books:")]
    return {*books[FIRST::BOOK_EVERY], *others[FIRST::OTHER_EVERY]}


def _albert_data(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "albert_data", *arguments], check=True)


def pack(objective: Path, packed: Path) -> None:
    """Packs what a reader needs of an objective's two shard sets."""
    window = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 2**28}]
    with (
        lzma.open(packed, "wb", filters=window) as file,
        tarfile.open(fileobj=file, mode="w") as tar,
    ):
        for pattern in ("vocab.model", "manifest.json", "shards-*"):
            for path in sorted(objective.glob(f"*/{pattern}")):
                tar.add(path, str(path.relative_to(objective)))


@click.command(help=__doc__)
@click.option("--source", "sources", multiple=True, required=True)
@click.option("--vocab", required=True)
@click.option("--objective", "objectives", multiple=True, default=list(DUPES), show_default=True)
@click.option("--output", default="gpu-data", show_default=True, type=click.Path(path_type=Path))
@click.option("--work", default="/tmp/gpu-check", type=click.Path(path_type=Path))
def main(
    sources: tuple[str, ...], vocab: str, objectives: tuple[str, ...], output: Path, work: Path
) -> None:
    inputs = [word for source in sources for word in ("--source", source)]
    shutil.rmtree(work, ignore_errors=True)
    _albert_data("tokenize", *inputs, "--vocab", vocab, "--output", str(work / "all"))
    names = names_in(work / "all")
    apart = held_out(names)
    lists = {"train": apart, "held-out": set(names) - apart}
    for part, left_out in lists.items():
        (work / f"{part}.txt").write_text("".join(f"{name}\n" for name in sorted(left_out)))
        _albert_data(
            "tokenize", *inputs, "--vocab", vocab, "--output", str(work / part),
            "--exclude", str(work / f"{part}.txt"),
        )  # fmt: skip
    print(f"{len(names)} documents, {len(apart)} held out")
    output.mkdir(exist_ok=True)
    for objective in objectives:
        for part, times in zip(lists, DUPES[objective], strict=True):
            settings = {
                "pairs.objective": objective, "pairs.max_length": 128, "pairs.dupe_factor": times,
                "masking.max_predictions": 20, "shards.count": 4, "shards.provenance": "false",
            }  # fmt: skip
            pairs = [word for k, v in settings.items() for word in ("--set", f"{k}={v}")]
            folder = str(work / objective / part)
            _albert_data(
                "remask", str(work / part), "--config", "dynamic", *pairs, "--output", folder
            )
        pack(work / objective, output / f"{objective}.tar.xz")


if __name__ == "__main__":
    main()
