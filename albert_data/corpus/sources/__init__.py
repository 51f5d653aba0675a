"""The kinds of input, by the name that stands before the colon of `--source`: a file each.

Each module of this folder describes its kind by the object `SOURCE`; there is no other list of them.
"""

from importlib import import_module  # noqa: TID251
from pkgutil import iter_modules

from albert_data.corpus.source_protocol import Source

__all__ = ["SOURCES"]

# Found by looking, and by no name in a string, so that a new kind is one file.
_MODULES = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]

SOURCES: dict[str, Source] = {module.SOURCE.kind: module.SOURCE for module in _MODULES}
