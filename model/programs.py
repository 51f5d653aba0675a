"""Where the commands of this folder begin: each imports its program and says what that lacks."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

import click

from .libraries import missing_extra


@contextlib.contextmanager
def _installed() -> Iterator[None]:
    """Ends the process with a message where a library of an extra is not there."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # what TensorFlow finds on this machine
    try:
        yield
    except ModuleNotFoundError as error:
        refusal = missing_extra(error)
        if refusal is None:
            raise
        click.echo(f"error: {refusal}", err=True)
        sys.exit(refusal.exit_code)


def train() -> None:
    with _installed():
        from .train_tpu import main

        main()


def finetune() -> None:
    with _installed():
        from .finetune import main

        main()


def evaluate() -> None:
    with _installed():
        from .evaluate import main

        main()


def analysis() -> None:
    with _installed():
        from .analysis import main

        main()


def convert() -> None:
    with _installed():
        from .convert.main import main

        main()


def try_model() -> None:
    with _installed():
        from .try_model import main

        main()


def runs() -> None:
    with _installed():
        from .run_page import main

        main()


def export() -> None:
    with _installed():
        from .export import main

        main()


def check_tpu() -> None:
    with _installed():
        from .check_tpu import main

        main()


def check_hugging_face() -> None:
    with _installed():
        from .convert.check_hugging_face import main

        main()
