"""What a user sees when a program of this folder fails: one line, exit code 1, no traceback."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

import click
import tensorflow as tf

# Where in a graph it happened, and what TensorFlow writes around it.
_AROUND = re.compile(
    r"\{\{.*?\}\}|\[\[.*?\]\]|\[Op:.*|Detected at node.*"
    r"|<stack traces unavailable>|Graph execution error:"
)


@contextlib.contextmanager
def one_line_errors() -> Iterator[None]:
    """Turns wrong input, files that cannot be read or written, and a device's refusal into one line.

    Anything else is a defect of ours and keeps its traceback.

    Raises:
        click.ClickException: in place of ValueError, OSError and TensorFlow's errors.
    """
    try:
        yield
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    except tf.errors.ResourceExhaustedError as error:
        raise click.ClickException(
            f"out of memory or disk: {first_line(error)}; for memory, set a smaller "
            "micro_batch_size or recompute=layers"
        ) from error
    except tf.errors.OpError as error:
        raise click.ClickException(first_line(error)) from error


def first_line(error: Exception) -> str:
    """What went wrong, without the graph's part of TensorFlow's message."""
    text = _AROUND.sub("", getattr(error, "message", None) or str(error))
    told = (line.strip() for line in text.splitlines())
    return next((line for line in told if line), type(error).__name__)


def read_json(path: str) -> dict[str, Any]:
    """A JSON file, local or remote.

    Raises:
        ValueError: it is not JSON; names the file and the place.
    """
    with tf.io.gfile.GFile(path) as file:
        try:
            return json.load(file)
        except ValueError as error:
            raise ValueError(f"{os.fspath(path)}: damaged ({error})") from error
