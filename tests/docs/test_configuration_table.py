"""The table of docs/configuration.md is that of the dataclasses."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import pytest

from dev.configuration_table import PAGE, rows, with_table


def test_table_in_the_page_is_that_of_the_dataclasses() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == with_table(page), "run python -m dev.configuration_table"


def test_row_has_key_values_default_and_what_the_docstring_says() -> None:
    @dataclass
    class Group:
        """A group.

        Attributes:
            size_bytes: at most
                this many. See docs/design.md#pairs.
        """

        size_bytes: int = 3 * 2**20

    assert rows(Group, "files.") == [
        "| `files.size_bytes` | integer | 3 MiB | at most this many. See [design.md](design.md#pairs) |"
    ]


def test_key_without_a_word_in_the_docstring_is_an_error() -> None:
    silent = dataclasses.make_dataclass("Silent", [("key", int, 1)], namespace={"__doc__": "None."})
    with pytest.raises(KeyError, match="key"):
        rows(silent)


def test_page_without_the_marks_is_an_error() -> None:
    with pytest.raises(ValueError, match="0 pairs of marks"):
        with_table("# Configuration\n")
