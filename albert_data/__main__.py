"""How `albert-data` begins: what it imports takes a while, and Ctrl-C must not show Python's traceback."""

from __future__ import annotations

# `signal` itself imports enough for a Ctrl-C to fall into.
import _signal as signal  # type: ignore[import-not-found]
import atexit
import gc
import os
import sys

# pyarrow and Numba import these where they are installed, to ask whether an argument is one of theirs or to
# find BLAS: a second that no command has any use for.
_UNUSED = ("pandas", "scipy", "cffi")


class _WithoutUnused:
    """Finds nothing, and says of these libraries that they are not there."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        if name in _UNUSED:
            raise ModuleNotFoundError(f"no command uses {name}", name=name)


def main() -> None:
    """Runs the command line; until that is imported, Ctrl-C ends the process in silence."""
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted is not signal.SIG_IGN:  # as a shell asks of what it runs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.meta_path.insert(0, _WithoutUnused)
    # Or at its end Python looks through all there is for garbage: a tenth of a second.
    atexit.register(gc.freeze)
    # Arrow's own pool keeps what was freed: 40 MB of a worker's 345.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    from albert_data.base.waiting import waiting
    from albert_data.cli import main as run

    signal.signal(signal.SIGINT, interrupted)
    waiting.tell(lambda line: print(line, file=sys.stderr, flush=True))
    run()


if __name__ == "__main__":
    main()
