"""Shapes and dtypes of `examples/`, `records/` and the model, checked in every test run.

Their annotations (`base/arrays.py`) are notes without effect. Here jaxtyping's types take the place of
these notes, and beartype looks at the arguments and results of every Python function. Kernels are
compiled without checks; what they are given and return passes through such a function or tuple.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, get_type_hints

import jaxtyping
from beartype import BeartypeConf, beartype

from albert_data.base import arrays, kernels

CHECKED = (
    "albert_data.examples", "albert_data.records", "albert_data.tokens.documents",
    "model.tasks.features", "model.tasks.scoring",
)  # fmt: skip
# Each before those that import it. No import hook: Keras looks at the arguments of a layer's constructor.
OF_THE_MODEL = (
    "model.network.dropout", "model.network.layers", "model.network.heads",
    "model.network.pooled_head", "model.network.span_head", "model.network.span_or_none_head",
    "model.moments", "model.adamw", "model.lamb", "model.albert",
)  # fmt: skip
checked = beartype(conf=BeartypeConf(is_pep484_tower=True))  # an int is a float


def check_shapes() -> None:
    """Has wrong shapes refused from now on; to be called before the packages are imported."""
    for name in arrays.__all__:
        setattr(arrays, name, getattr(jaxtyping, name))
    compiled = kernels.compile_kernel
    kernels.compile_kernel = lambda function, **options: compiled(
        inspect.unwrap(function), **options
    )
    jaxtyping.install_import_hook(CHECKED, "tests.checked_shapes.checked")
    for module in CHECKED:
        for kind in _tuples_of(module):
            _check_fields(kind)


def check_shapes_of_model() -> None:
    """The same of the model's functions and of each layer's `call`; imports Keras."""
    for name in OF_THE_MODEL:
        module = importlib.import_module(name)  # noqa: TID251
        for key, thing in list(vars(module).items()):
            if getattr(thing, "__module__", None) != name:
                continue
            if inspect.isfunction(thing):
                setattr(module, key, jaxtyping.jaxtyped(thing, typechecker=checked))
            elif "call" in vars(thing):
                thing.call = jaxtyping.jaxtyped(thing.call, typechecker=checked)


def _tuples_of(name: str) -> Iterator[type]:
    """The named tuples that a module and those in it define."""
    module = importlib.import_module(name)  # noqa: TID251
    for kind in vars(module).values():
        if hasattr(kind, "_fields") and kind.__module__ == name:
            yield kind
    for inner in pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}."):
        yield from _tuples_of(inner.name)


def _check_fields(kind: Any) -> None:
    """Has a named tuple refuse arrays of other shapes than its fields say."""
    arrays_of = {
        name: hint
        for name, hint in get_type_hints(kind).items()
        if isinstance(hint, type) and issubclass(hint, jaxtyping.AbstractArray)
    }
    # A size such as D+1 can be told once a field of D has been seen.
    fields = sorted(arrays_of, key=lambda name: "+" in arrays_of[name].dim_str)
    make = kind.__new__

    @functools.wraps(make)
    def make_checked(cls, *args, **named):
        made = make(cls, *args, **named)
        with jaxtyping.jaxtyped("context"):
            for name in fields:
                value, hint = getattr(made, name), arrays_of[name]
                if not isinstance(value, hint):
                    given = (
                        f"{value.dtype}{list(value.shape)}" if hasattr(value, "dtype") else value
                    )
                    raise TypeError(f"{kind.__name__}.{name} is {given}, not {hint.__name__}")
        return made

    kind.__new__ = make_checked
