"""How `albert-data` begins: what it imports takes a while, and Ctrl-C must not show Python's traceback."""

from __future__ import annotations

# `signal` itself imports enough for a Ctrl-C to fall into.
import _signal as signal  # type: ignore[import-not-found]


def main() -> None:
    """Runs the command line; until that is imported, Ctrl-C ends the process in silence."""
    interrupted = signal.getsignal(signal.SIGINT)
    if interrupted is not signal.SIG_IGN:  # as a shell asks of what it runs in the background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from albert_data.cli import main as run

    signal.signal(signal.SIGINT, interrupted)
    run()


if __name__ == "__main__":
    main()
