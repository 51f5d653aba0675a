"""One reader under Atheris: `python -m dev.fuzz.one READER FINDINGS CORPUS [libFuzzer's options]`."""

from __future__ import annotations

import hashlib
import logging
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import atheris

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ["albert_data", "albert_model", "albert_pipelines"]


def _compiled() -> list[str]:
    """Modules with kernels: their compiler knows no instrumented bytecode."""
    paths = [p.relative_to(ROOT) for p in (ROOT / "albert_data").rglob("*.py")]
    return [
        ".".join(path.with_suffix("").parts)
        for path in paths
        if "\n@kernel" in (ROOT / path).read_text() or path.parent.name == "base"
    ]


def _instrumented() -> Any:
    return atheris.instrument_imports(include=_PACKAGES, exclude=_compiled())


with _instrumented():
    from dev.fuzz.targets import TARGETS


def main() -> None:
    name, findings, corpus = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    logging.disable()
    warnings.simplefilter("ignore")
    target = TARGETS[name]
    with _instrumented():
        read = target.read()
    for seed in target.seeds:
        (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    known: set[str] = set()

    def one(data: bytes) -> None:
        try:
            read(data)
        except target.right:
            pass
        except Exception as error:
            _note(error, data, findings, known)

    for seed in target.seeds:  # kernels are compiled before the time of an input counts
        one(seed)
    options = [f"-max_len={target.most_bytes}", *sys.argv[4:]]
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def _note(error: Exception, data: bytes, findings: Path, known: set[str]) -> None:
    """Keeps an input that raised what it may not, once for each kind of error and place that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        frame for frame in frames if "/albert_" in frame.filename or "/model/" in frame.filename
    ]
    place = (ours or frames)[-1]
    key = f"{type(error).__name__}-{Path(place.filename).stem}-{place.lineno}"
    if key in known:
        return
    known.add(key)
    (findings / f"{key}.input").write_bytes(data)
    (findings / f"{key}.txt").write_text("".join(traceback.format_exception(error)))


if __name__ == "__main__":
    main()
