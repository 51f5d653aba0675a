"""The kinds of input, by the name that stands before the colon of `--source`: a file each.

Each module of this folder describes its kind by the object `SOURCE`; there is no other list of them. A
kind is called as its file is, without `_`.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module  # noqa: TID251
from pkgutil import iter_modules

from albert_data.corpus.source_protocol import Source

__all__ = ["SOURCES"]


class _Sources(Mapping[str, Source]):
    """The sources by kind, each imported when it is asked for: books need nothing of wikitext."""

    def __init__(self) -> None:
        # Found by looking, and by no name in a string, so that a new kind is one file.
        names = (module.name for module in iter_modules(__path__))
        self._modules = {name.replace("_", ""): name for name in names}

    def __getitem__(self, kind: str) -> Source:
        source: Source = import_module(f"{__name__}.{self._modules[kind]}").SOURCE
        return source

    def __contains__(self, kind: object) -> bool:
        return kind in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)


SOURCES: Mapping[str, Source] = _Sources()
