"""What a reader needs beside `albert-data`, said in one line where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needed(package: str) -> Iterator[None]:
    """Around an import: its failure names what to install.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise ModuleNotFoundError(
            f"{package} is not installed here: pip install {package} "
            "(albert_data.open_shards(…).batches(…) gives NumPy arrays without it)",
            name=package,
        ) from None
