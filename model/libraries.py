"""A library that is not installed is one message, no traceback.

The base installation has neither TensorFlow nor JAX nor Keras; the extras of pyproject.toml bring them.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import TracebackType

import click

from albert_data.base.errors import ConfigError

# Library → the extra that brings it.
_EXTRAS = {
    **dict.fromkeys(("tensorflow", "keras", "safetensors", "tensorboard"), "train"),
    **dict.fromkeys(("jax", "jaxlib"), "jax"),
    **dict.fromkeys(("sklearn", "scipy"), "finetune"),
    **dict.fromkeys(("googleapiclient", "oauth2client"), "tpu"),
}


def missing_extra(error: BaseException) -> ConfigError | None:
    """What to say of a library that is not installed; None of any other error."""
    if not isinstance(error, ModuleNotFoundError):
        return None
    library = (error.name or "").partition(".")[0]
    extra = _EXTRAS.get(library)
    if extra is None:
        return None
    if extra == "train" and library != "tensorflow" and find_spec("jax") is not None:
        extra = "jax"  # the engine of this environment
    fix = f"pip install 'albert-data[{extra}]'"
    return ConfigError(f"this needs {library}, which is not installed", fix=fix)


def as_file() -> None:
    """The same for a module that is run (`python FILE`, `python -m`), whose imports stand in it."""
    usual = sys.excepthook

    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        refusal = missing_extra(error)
        if refusal is None:
            usual(kind, error, traceback)
        else:
            click.echo(f"error: {refusal}", err=True)
            raise SystemExit(refusal.exit_code)

    sys.excepthook = hook
