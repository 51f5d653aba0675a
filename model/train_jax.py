"""``python model/train_jax.py``: the program of ``train_tpu`` with ``--engine jax``."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:  # run as a file: what the imports below start from
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    __package__ = "model"

if __name__ == "__main__":
    from .libraries import as_file  # and the package says what Keras computes with

    as_file()

from .train_tpu import main

if __name__ == "__main__":
    main(["--engine", "jax", *sys.argv[1:]])
