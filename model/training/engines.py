"""Which library a run computes with, decided before Keras is imported, which then has one for good.

Nothing here imports Keras, TensorFlow or JAX but ``load``.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..configs import SettingError
from ..failures import first_line
from ..host_memory import computes_here, keep_freed_memory

if TYPE_CHECKING:
    from .engine import Devices, Engine, Say

ENGINES = ("tensorflow", "jax")
STRATEGIES = ("auto", "tpu", "mirrored", "cpu")
_EXTRA = {"tensorflow": "train", "jax": "jax"}


def check_installed(name: str) -> None:
    """Looks for an engine's library without loading it.

    Raises:
        SettingError: it is not installed.
    """
    if name not in sys.modules and importlib.util.find_spec(name) is None:
        where, fix = _named(name)
        raise SettingError(f"{name} is not installed", where=where, fix=fix)


def _named(name: str) -> tuple[str, str]:
    return f"--engine {name}", f"pip install 'albert-data[{_EXTRA[name]}]'"


def load(name: str) -> Callable[[Devices, Say], Engine]:
    """Fixes the backend of Keras and returns ``open_engine`` of an engine.

    Raises:
        SettingError: its library is not installed or cannot be loaded, or this process has the other.
    """
    where, fix = _named(name)
    other = next(engine for engine in ENGINES if engine != name)
    if "keras" in sys.modules and sys.modules["keras"].config.backend() != name:
        problem = f"this process has Keras on {sys.modules['keras'].config.backend()} already"
        raise SettingError(problem, where=where, fix="start another process for it")
    if other in sys.modules:
        problem = f"this process has {other} already"
        raise SettingError(problem, where=where, fix="start another process for it")
    check_installed(name)
    if computes_here():
        keep_freed_memory()
    os.environ["KERAS_BACKEND"] = name
    try:
        if name == "jax":
            import jax  # noqa: F401 (what fails here is the library, what fails below may be we)
        else:
            import tensorflow  # noqa: F401
        import keras  # noqa: F401
    except Exception as error:  # of another version than its parts: whatever it raises
        problem = f"{name} cannot be loaded ({first_line(error)})"
        raise SettingError(problem, where=where, fix=fix) from error
    if name == "jax":
        from .jax_engine import open_engine
    else:
        from .tensorflow_engine import open_engine
    return open_engine
